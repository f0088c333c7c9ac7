import { defineCommand } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";

/** `gt wake`. */
export const command = defineCommand({
  name: "gt wake",
  summary: "Make every program of the town look again now",
  description:
    "After sleep, a lost network or a rate limit: the steward, the witnesses and the refineries look again at once " +
    "and forget their pauses; what was not running is started. Nothing is lost without it: they look again by themselves.",
  examples: [
    { line: "gt wake", summary: "After the machine slept" },
    { line: "gt wake --json", summary: "For a script" },
  ],
  exits: { 1: "the town is down" },
  async run({ ports, out }) {
    const [{ openTown }, { readDesired, wakeLoops }, { isLoopRunning }] = await Promise.all([
      import("../../town/town.ts"),
      import("../../town/desired.ts"),
      import("../../town/loops/loop.ts"),
    ]);
    const town = openTown(ports);
    const isDown = readDesired(ports, town.paths) === "down";
    if (isDown || isLoopRunning({ town }, "steward") === "gone") {
      throw new CommandError(
        "refused",
        `Cannot wake the town: ${isDown ? "it is shut down" : "its steward does not run"}`,
        {
          code: "town_down",
          hints: ["gt start"],
        },
      );
    }
    wakeLoops(ports, town.paths);
    out.line("Woken: everything is looked at again now");
    out.result({ woken: true });
  },
});
