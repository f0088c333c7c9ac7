import { join } from "node:path";
import { createGit } from "../../git/git.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Ports } from "../../ports/ports.ts";

/** The hooks of git after which, or before which, beads are shared. */
export const HOOKS = ["post-checkout", "post-merge", "pre-push"] as const;

/** A line that every hook of ours holds. */
const MARK = "made by bd hooks install; bd hooks uninstall takes it away";

/** What a hook that was there before is called while ours calls it. */
const KEPT = ".before-bd";

/** How a hook stands. */
export interface HookState {
  name: string;
  path: string;
  /** `other`: another program's or the user's own; `chained`: ours, which calls the one that was there before. */
  state: "absent" | "installed" | "chained" | "outdated" | "other";
}

/**
 * The text of a hook: first the one that was there before, whose answer counts, then a sync in the background.
 *
 * Git is never held up and never told of a failure; variables of git that point at a repository are left behind. A
 * linked worktree syncs the ledger of the main one.
 */
function hookText(name: string): string {
  return `#!/bin/sh
# ${name} ${MARK}
before="$0${KEPT}"
if [ -x "$before" ]; then
  "$before" "$@" || exit $?
fi
if command -v bd >/dev/null 2>&1; then
  (
    common=$(git rev-parse --path-format=absolute --git-common-dir)
    unset $(git rev-parse --local-env-vars)
    cd "$(dirname "$common")" && bd sync --quiet </dev/null >/dev/null 2>&1 &
  ) >/dev/null 2>&1
fi
exit 0
`;
}

/** The folder of this repository's hooks. @throws {CommandError} `no_repository`, or `hooks_elsewhere`. */
export async function hooksFolder(ports: Ports): Promise<string> {
  const git = createGit(ports);
  const cwd = ports.env.cwd();
  const found = await git.run(cwd, ["rev-parse", "--path-format=absolute", "--git-common-dir"], {
    read: true,
  });
  if (found.code !== 0) {
    throw new CommandError("refused", "Cannot use hooks: this folder is in no git repository", {
      code: "no_repository",
      hints: ["git init"],
    });
  }
  // Asked without the runner's own settings, of which core.hooksPath is one.
  const configured = await ports.processes.run(["git", "config", "--get", "core.hooksPath"], { cwd });
  if (configured.code === 0) {
    throw new CommandError("refused", `Cannot use hooks: core.hooksPath is "${configured.stdout.trim()}"`, {
      code: "hooks_elsewhere",
      hints: ["Another program keeps the hooks there; add this line to them: bd sync --quiet &"],
    });
  }
  return join(found.stdout.trim(), "hooks");
}

/** How each of the hooks stands. */
export function hookStates({ files }: Pick<Ports, "files">, folder: string): HookState[] {
  return HOOKS.map((name) => {
    const path = join(folder, name);
    if (files.kind(path) === undefined) return { name, path, state: "absent" };
    const text = files.readText(path) ?? "";
    if (!text.includes(MARK)) return { name, path, state: "other" };
    if (text !== hookText(name)) return { name, path, state: "outdated" };
    return { name, path, state: files.exists(path + KEPT) ? "chained" : "installed" };
  });
}

/**
 * Installs the hooks, all or none. With `chain` one that is there is kept and called first.
 *
 * @throws {CommandError} `hook_exists` naming those of others.
 */
export function installHooks(
  { files }: Pick<Ports, "files">,
  { folder, chain }: { folder: string; chain: boolean },
): HookState[] {
  const states = hookStates({ files }, folder);
  const others = states.filter(({ state }) => state === "other");
  if (others.length > 0 && !chain) {
    throw new CommandError(
      "refused",
      `Cannot install hooks: ${others.map(({ name }) => name).join(", ")} ${
        others.length === 1 ? "is" : "are"
      } there already`,
      {
        code: "hook_exists",
        hints: ["bd hooks install --chain keeps what is there and calls it first"],
      },
    );
  }
  const kept = others.filter(({ path }) => files.exists(path + KEPT));
  if (kept.length > 0) {
    throw new CommandError("refused", `Cannot install hooks: "${kept[0]!.path + KEPT}" is in the way`, {
      code: "hook_exists",
      hints: ["move it away first"],
    });
  }
  for (const { name, path, state } of states) {
    if (state === "other") files.rename(path, path + KEPT);
    files.writeText(path, hookText(name), { mode: 0o755 });
  }
  return hookStates({ files }, folder);
}

/** Takes the hooks away, and puts back what was there before. Those of others are left alone. */
export function uninstallHooks({ files }: Pick<Ports, "files">, folder: string): HookState[] {
  const states = hookStates({ files }, folder);
  for (const { path, state } of states) {
    if (state === "other" || state === "absent") continue;
    if (files.exists(path + KEPT)) files.rename(path + KEPT, path);
    else files.remove(path);
  }
  return hookStates({ files }, folder);
}

/** Words for how a hook stands. */
export const HOOK_PHRASES: Readonly<Record<HookState["state"], string>> = {
  absent: "not installed",
  installed: "installed",
  chained: "installed, after the hook that was there",
  outdated: "installed by another version: bd hooks install renews it",
  other: "another program's",
};
