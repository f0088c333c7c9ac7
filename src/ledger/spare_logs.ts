import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { findGitFolder } from "./git_folder.ts";
import { isReplicaName, listReplicas, type Segment, segmentPath } from "./log_files.ts";

/**
 * A second name for a segment within the git folder, which `git clean` and `git stash --all` leave alone: what is
 * appended under one name is there under both. Where the file system has no such names there is none.
 */
export function keepSpare(folder: string, segment: Segment): void {
  const spare = spareFolder(folder);
  if (spare === undefined) return;
  const path = segmentPath(folder, segment);
  const name = join(spare, path.slice(join(folder, "ops").length + 1));
  try {
    mkdirSync(dirname(name), { recursive: true });
    const there = statSync(name, { throwIfNoEntry: false });
    if (there?.ino === statSync(path).ino) return;
    const fresh = `${name}.${process.pid}.tmp`;
    linkSync(path, fresh);
    renameSync(fresh, name);
  } catch {
    // The log itself is written; only the second name is missing.
  }
}

/** Whether the git folder around a ledger keeps logs of one that was there. */
export function hasSpareLogs(folder: string): boolean {
  const spare = spareFolder(folder);
  return spare !== undefined && existsSync(spare) && readdirSync(spare).some(isReplicaName);
}

/** Brings the logs back whose folder was removed; does nothing where there are logs. */
export function takeSpareLogs(folder: string): void {
  const spare = spareFolder(folder);
  if (spare === undefined || listReplicas(folder).length > 0 || !hasSpareLogs(folder)) return;
  for (const replica of readdirSync(spare).filter(isReplicaName)) {
    const target = join(folder, "ops", replica);
    const fresh = join(folder, "ops", `.${replica}.${process.pid}.tmp`);
    mkdirSync(fresh, { recursive: true });
    for (const name of readdirSync(join(spare, replica)).filter((one) => one.endsWith(".jsonl"))) {
      copyFileSync(join(spare, replica, name), join(fresh, name));
    }
    if (existsSync(target)) rmSync(fresh, { recursive: true });
    else renameSync(fresh, target);
  }
}

/** Only the ledger that commands find by itself has spare logs, not one that is made for a moment. */
function spareFolder(folder: string): string | undefined {
  if (basename(folder) !== ".beads") return undefined;
  const git = findGitFolder(folder);
  return git && join(git.directory, "beads", "ops");
}
