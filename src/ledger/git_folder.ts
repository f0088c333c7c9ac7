import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Where the git repository around a folder keeps what is common to its worktrees, and the top of the worktree. */
export interface GitFolder {
  directory: string;
  top: string;
}

/** The git repository around a folder, found without calling git; undefined where there is none. */
export function findGitFolder(folder: string): GitFolder | undefined {
  for (let top = resolve(folder);; top = dirname(top)) {
    const directory = gitFolderAt(top);
    if (directory !== undefined) return { directory, top };
    if (dirname(top) === top) return undefined;
  }
}

/** Whether the repository's own configuration names a remote; one that only another file names is not seen. */
export function namesRemote({ directory }: GitFolder, remote: string): boolean {
  return readText(join(directory, "config"))?.includes(`[remote "${remote}"]`) ?? false;
}

function gitFolderAt(top: string): string | undefined {
  const path = join(top, ".git");
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return undefined;
  if (found.isDirectory()) return statSync(join(path, "HEAD"), { throwIfNoEntry: false }) ? path : undefined;
  // A worktree or a submodule: the file says where its repository is, which may itself have a common one.
  const given = /^gitdir: (.*?)\s*$/.exec(readText(path) ?? "")?.[1];
  if (given === undefined) return undefined;
  const own = resolve(top, given);
  const common = readText(join(own, "commondir"))?.trim();
  return common === undefined ? own : resolve(own, common);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
