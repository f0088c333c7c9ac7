import type { Ports } from "../../ports/ports.ts";
import { readDesired } from "../../town/desired.ts";
import { isLoopRunning } from "../../town/loops/loop.ts";
import { rigLoop, stewardLoop } from "../../town/loops/loops.ts";
import { townPaths } from "../../town/paths.ts";
import { rootHere, type Town } from "../../town/town.ts";

type Deps = { ports: Pick<Ports, "files">; town: Pick<Town, "paths"> };

/** What is to be said of a run that is left to the steward of a town; undefined while that one is there, or is about to be. */
export function stewardNote(deps: Deps): string | undefined {
  if (isLoopRunning(deps, stewardLoop.name) !== "gone" || isStartedAgain(deps)) return undefined;
  return "Nobody drives it before the town runs: gt start";
}

/** Whether the steward of a town that is up has ended and somebody is there who starts it again: any witness does. */
function isStartedAgain({ ports, town }: Deps): boolean {
  if (readDesired(ports, town.paths) === "down") return false;
  return ports.files.list(town.paths.rigs)
    .some((rig) => isLoopRunning({ town }, rigLoop("witness", rig).name) !== "gone");
}

/** {@linkcode stewardNote} for the town of the place; undefined outside of every town. */
export function stewardNoteHere(ports: Ports): string | undefined {
  const root = rootHere(ports);
  return root === undefined ? undefined : stewardNote({ ports, town: { paths: townPaths(root) } });
}
