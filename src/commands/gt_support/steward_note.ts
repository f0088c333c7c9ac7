import type { Ports } from "../../ports/ports.ts";
import { isLoopRunning } from "../../town/loops/loop.ts";
import { stewardLoop } from "../../town/loops/loops.ts";
import { townPaths } from "../../town/paths.ts";
import { rootHere, type Town } from "../../town/town.ts";

/** What is to be said of a run that is left to the steward of a town; undefined while that one is there. */
export function stewardNote(town: Pick<Town, "paths">): string | undefined {
  if (isLoopRunning({ town }, stewardLoop.name) !== "gone") return undefined;
  return "Nobody drives it before the town runs: gt start";
}

/** {@linkcode stewardNote} for the town of the place; undefined outside of every town. */
export function stewardNoteHere(ports: Ports): string | undefined {
  const root = rootHere(ports);
  return root === undefined ? undefined : stewardNote({ paths: townPaths(root) });
}
