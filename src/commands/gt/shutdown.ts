import { defineCommand } from "../../cli/command.ts";

/** `gt shutdown`. */
export const command = defineCommand({
  name: "gt shutdown",
  summary: "Stop everything in the town; it stays down until gt start",
  description:
    "Agents get a moment to finish their turn (`limits.stop_grace`), then every session ends. Worktrees and hooks " +
    "stay as they are, and what is only in a worktree is kept under a rescue ref as well: after gt start the same work " +
    "goes on.",
  flags: { now: { type: "boolean", summary: "Do not wait for agents to finish their turn" } },
  aliases: ["stop", "down"],
  examples: [
    { line: "gt shutdown", summary: "Let agents finish what they are saying" },
    { line: "gt shutdown --now", summary: "At once" },
  ],
  exits: { 1: "something could not be ended; what is said, and nothing is started again" },
  async run({ ports, out, flags }) {
    const [{ openTown }, { stopServer, stopTown }, { claimShutdown }] = await Promise.all([
      import("../../town/town.ts"),
      import("../../town/stop.ts"),
      import("../../town/switching.ts"),
    ]);
    const town = openTown(ports);
    const deps = { ports, town };
    const lock = claimShutdown(deps);
    const grace = flags.now === true
      ? 0
      : await town.config().then((config) => config.limits.stop_grace, () => 10_000);
    const stopped = await stopTown(deps, { graceMs: grace, progress: (text) => out.note(text) });
    for (const { worktree, ref } of stopped.rescued) out.line(`kept ${worktree} as ${out.style.bold(ref)}`);
    for (const trouble of stopped.troubles) out.note(out.style.red(trouble));
    if (stopped.foreign.length > 0) {
      out.note(`Left alone, not the town's: ${stopped.foreign.join(", ")}`);
    }
    const count = stopped.ended.length;
    const what = count === 0 ? "" : `: ${count === 1 ? "1 session" : `${count} sessions`} ended`;
    out.line(
      stopped.wasDown && stopped.ended.length === 0 ? "The town is down already" : `The town is down${what}`,
    );
    out.result({
      state: "down",
      was_down: stopped.wasDown,
      ended: stopped.ended,
      rescued: stopped.rescued,
      troubles: stopped.troubles,
    });
    // Ends the session this may run in: nothing can be said afterwards.
    await stopServer(deps);
    lock?.release();
    return stopped.troubles.length > 0 ? 1 : 0;
  },
});
