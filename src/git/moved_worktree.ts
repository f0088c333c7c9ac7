import { dirname, join, relative } from "node:path";
import type { Repository } from "./git.ts";
import { administrationOf } from "./status.ts";

/**
 * Makes worktrees a repository's own again whose links still name the place from which both were moved or copied
 * together; returns their paths.
 *
 * Worktree and repository name each other by absolute paths. In a copy they would go on working on the original.
 * A worktree that belongs to something else is left alone.
 */
export function reattachWorktrees(repository: Repository, options: { paths: readonly string[] }): string[] {
  return options.paths.filter((path) => {
    const link = movedLink(repository, path);
    if (link === undefined) return false;
    const { files } = repository.git.ports;
    files.writeText(join(link.place, "gitdir"), `${join(path, ".git")}\n`);
    files.writeText(join(path, ".git"), `gitdir: ${link.place}\n`);
    return true;
  });
}

/** The worktrees that {@linkcode reattachWorktrees} would make the repository's own again. */
export function movedWorktrees(repository: Repository, options: { paths: readonly string[] }): string[] {
  return options.paths.filter((path) => movedLink(repository, path) !== undefined);
}

/** The repository's folder for a worktree that came here together with it, unless their links are right. */
function movedLink(repository: Repository, path: string): { place: string } | undefined {
  const { git, folder } = repository;
  const { files } = git.ports;
  if (files.kind(join(path, ".git")) !== "file") return undefined;
  const named = administrationOf(git, path);
  if (named === undefined) return undefined;
  const place = join(folder, "worktrees", relative(dirname(named), named));
  const back = files.readText(join(place, "gitdir"))?.trimEnd();
  if (back === undefined) return undefined;
  const isHere = (one: string, other: string) => (files.realPath(one) ?? one) === files.realPath(other);
  const own = join(path, ".git");
  if (isHere(named, place) && isHere(back, own)) return undefined;
  // Both name the same place as the other's, as seen from where the repository was.
  const root = dirname(folder);
  const before = dirname(dirname(dirname(named)));
  const isPair = relative(before, named) === relative(root, place) &&
    [before, root].some((at) => back === join(at, relative(root, own)));
  return isPair ? { place } : undefined;
}
