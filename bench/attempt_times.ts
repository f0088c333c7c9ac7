import { join } from "node:path";
import type { BenchTown } from "./bench_town.ts";

/** How long a bead may take to a state, in ms. */
const PATIENCE = 30_000;

/**
 * Waits until the log says that a bead's attempt is in a state, and returns when that was, in ms since the epoch.
 *
 * Reads the log's file and calls nothing, so that waiting takes no time from what is measured.
 */
export async function waitForState(
  town: BenchTown,
  { id, state }: { id: string; state: string },
): Promise<number> {
  for (const until = Date.now() + PATIENCE; Date.now() < until;) {
    const since = stateTime(town, { id, state });
    if (since !== undefined) return since;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${id} is not ${state} after ${PATIENCE} ms: ${(await town.bd("show", id)).stdout}`);
}

function stateTime(town: BenchTown, { id, state }: { id: string; state: string }): number | undefined {
  const logs = join(town.root, ".beads", "ops");
  for (const replica of Deno.readDirSync(logs)) {
    for (const segment of Deno.readDirSync(join(logs, replica.name))) {
      for (const line of Deno.readTextFileSync(join(logs, replica.name, segment.name)).split("\n")) {
        if (!line.includes(`"b":"${id}@`) || !line.includes(`"state":"${state}"`)) continue;
        const operation = JSON.parse(line);
        if (operation.f.set?.["metadata.attempt"]?.state === state) return operation.t[0];
      }
    }
  }
  return undefined;
}
