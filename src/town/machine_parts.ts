import { dirname, join } from "node:path";
import { createGit } from "../git/git.ts";
import { requireGit } from "../git/version.ts";
import { formatDuration } from "../lib/duration.ts";
import { isoTime } from "../ports/time.ts";
import { socketPath } from "../sessions/socket.ts";
import { requireTmux } from "../sessions/version.ts";
import type { Town } from "./town.ts";
import { fail, ok, type TownPart, warn } from "./town_part.ts";

/** How far the clock may be off, in ms. */
const tolerance = 60_000;

/** What a town needs from its machine. Nothing of it can be made from here. */
export const machineParts: readonly TownPart[] = [
  { name: "git", look: async (town) => ok(await requireGit(createGit(town.ports))) },
  { name: "tmux", look: async (town) => ok(await requireTmux(town.ports)) },
  { name: "disk", look: lookAtDisk },
  { name: "clock", look: lookAtClock },
  { name: "tmux socket", look: lookAtSocket },
];

function lookAtDisk(town: Town) {
  const { files, processes } = town.ports;
  const probe = join(town.paths.runtime, `.probe-${processes.pid}`);
  // Longer than a block, so that a full disk is noticed.
  files.writeText(probe, "x".repeat(64 * 1024), { flush: true });
  files.remove(probe);
  return ok(`${town.root} can be written`);
}

/** Compares the clock with the disk's, and with the newest operation of the ledger. */
function lookAtClock(town: Town) {
  const { clock, files, processes } = town.ports;
  const probe = join(town.paths.runtime, `.probe-${processes.pid}`);
  files.writeText(probe, "");
  const now = clock.now();
  const written = files.stat(probe)?.modified ?? now;
  files.remove(probe);
  const apart = Math.abs(written - now);
  if (apart > tolerance) {
    return warn(`the disk's clock is ${formatDuration(apart)} off`, "Set the clock of both machines");
  }
  const [row] = town.ledger.view.rows<{ ms: number | null }>("SELECT MAX(updated) AS ms FROM beads");
  const ahead = (row?.ms ?? 0) - now;
  return ahead > tolerance
    ? warn(
      `the ledger holds changes from ${formatDuration(ahead)} in the future`,
      "Set the clock, here or where they were made",
    )
    : ok(isoTime(now));
}

function lookAtSocket(town: Town) {
  const path = socketPath(town.root);
  const folder = dirname(path);
  const { files } = town.ports;
  if (folder === town.paths.runtime || !files.exists(folder)) return ok(path);
  return files.kind(folder) === "folder"
    ? ok(`${path} (the town's own path is too long)`)
    : fail(`${folder} is not a folder`);
}
