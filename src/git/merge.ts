import { excerptConflicts } from "./conflict.ts";
import { reasonOf } from "./failure.ts";
import { inRepository, type Repository } from "./git.ts";

/** How a merge without a checkout went. */
export type Merged =
  | { kind: "clean"; tree: string }
  | {
    kind: "conflict";
    /** The files in conflict. */
    files: string[];
    /** The merged tree, with conflict markers in those files. */
    tree: string;
    /** What git says about each conflict, and the marked places, for someone who has to resolve them. */
    text: string;
  }
  | { kind: "failed"; reason: string };

/** Merges two commits into a tree; no worktree, branch or index is touched. */
export async function mergeTree(
  repository: Repository,
  options: { ours: string; theirs: string; maxText?: number },
): Promise<Merged> {
  const args = [
    "merge-tree",
    "--write-tree",
    "-z",
    "--name-only",
    "--messages",
    options.ours,
    options.theirs,
  ];
  const finished = await inRepository(repository, args);
  if (finished.code !== 0 && finished.code !== 1) return { kind: "failed", reason: reasonOf(finished) };
  const { tree, files, messages } = parseMerge(finished.stdout);
  if (!/^[0-9a-f]{40,64}$/.test(tree)) return { kind: "failed", reason: reasonOf(finished) };
  if (finished.code === 0) return { kind: "clean", tree };
  const excerpt = await conflictText(repository, { tree, files });
  const text = `${messages.join("")}\n${excerpt}`.slice(0, options.maxText ?? 16_000);
  return { kind: "conflict", tree, files, text };
}

/** Reads `<tree> NUL (<file> NUL)* NUL (<count> NUL (<path> NUL)* <type> NUL <message> NUL)*`. */
function parseMerge(text: string): { tree: string; files: string[]; messages: string[] } {
  const fields = text.split("\0");
  const tree = fields[0] ?? "";
  const files: string[] = [];
  let at = 1;
  while (at < fields.length && fields[at] !== "") files.push(fields[at++]!);
  at++;
  const messages: string[] = [];
  while (at < fields.length && /^\d+$/.test(fields[at]!)) {
    at += Number(fields[at]) + 1;
    const [type = "", message = ""] = fields.slice(at, at + 2);
    if (type !== "Auto-merging") messages.push(message);
    at += 2;
  }
  return { tree, files: [...new Set(files)], messages };
}

/** The marked places of the files in conflict, each file below its name. */
async function conflictText(
  repository: Repository,
  options: { tree: string; files: readonly string[] },
): Promise<string> {
  const files = options.files.filter((file) => !file.includes("\n")).slice(0, 20);
  const excerpts: string[] = [];
  for (const file of files) {
    const args = ["cat-file", "blob", `${options.tree}:${file}`];
    const finished = await inRepository(repository, args, { read: true });
    if (finished.code !== 0) continue;
    const excerpt = excerptConflicts(finished.stdout, { context: 3, maxLines: 120 });
    if (excerpt !== "") excerpts.push(`--- ${file}\n${excerpt}`);
  }
  return excerpts.join("\n");
}
