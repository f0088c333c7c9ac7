import { defineCommand } from "../../cli/command.ts";

/** `gt start`. */
export const command = defineCommand({
  name: "gt start",
  summary: "Start the town, or bring back what is missing",
  description:
    "Starts the steward, which starts the coordinator and, for each rig, a witness and a refinery, each in its " +
    "tmux session on the town's own server. Returns when the steward answers. It may be called at any time: after a " +
    "crash or a reboot everything goes on where it was.",
  examples: [
    { line: "gt start", summary: "In a town" },
    { line: "gt start --json", summary: "What runs, for a script" },
  ],
  exits: { 1: "git, tmux or an agent is missing, or the steward does not answer" },
  async run({ ports, out }) {
    const [{ openTown }, { startTown }] = await Promise.all([
      import("../../town/town.ts"),
      import("../../town/start.ts"),
    ]);
    const town = openTown(ports);
    const started = await startTown({ ports, town });
    const { style } = out;
    out.line(`${style.green("✓")} ${started.wasRunning ? "The town runs already" : "The town is up"}`);
    for (const { name, state } of started.programs) {
      const detail = name === "coordinator" ? style.dim(` (agent ${started.agent})`) : "";
      const isUp = state !== "gone";
      out.line(
        `  ${isUp ? style.green("●") : style.yellow("○")} ${name}${detail}${
          isUp ? "" : " is still starting"
        }`,
      );
    }
    const rigs = Object.entries((await town.config()).rigs);
    const [first] = rigs;
    out.line();
    out.line(
      first
        ? `gt sling ${first[1].prefix}-… ${first[0]}   give a bead to a worker`
        : "gt rig add NAME URL-or-path",
    );
    out.line("gt attach coordinator   talk to the coordinator (Ctrl-a d leaves it)");
    out.line("gt status   see what is going on");
    out.result({
      state: "up",
      was_running: started.wasRunning,
      programs: started.programs,
      coordinator_agent: started.agent,
    });
  },
});
