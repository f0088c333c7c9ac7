import { defineCommand } from "../../../cli/command.ts";

/** `gt convoy status`. */
export const command = defineCommand({
  name: "gt convoy status",
  summary: "Show how far a convoy is; --watch follows it until it lands",
  description:
    "Without a name it is the only convoy under way. --watch redraws on a terminal, and prints a line for each step " +
    "where there is none.",
  positionals: [{
    name: "convoy",
    summary: "Its id, its name, or the beginning of either",
    completes: "convoy",
  }],
  flags: {
    watch: { type: "boolean", short: "w", summary: "Follow it until it lands" },
    "fail-fast": { type: "boolean", summary: "With --watch: stop as soon as a bead needs a person" },
  },
  examples: [
    { line: "gt convoy status", summary: "The only one there is" },
    { line: "gt convoy status auth --watch", summary: "Follow one to its end" },
  ],
  exits: { 1: "with --watch: it was closed without landing, or (--fail-fast) a bead needs a person" },
  async run({ ports, args, flags, out }) {
    const [{ openTown }, { convoyState, findConvoy, onlyConvoy }, { readPauses }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/convoys/convoys.ts"),
      import("../../../refinery/pause.ts"),
    ]);
    const town = openTown(ports);
    const { ledger, paths } = town;
    const rigs = Object.keys((await town.config()).rigs);
    const pauses = () => readPauses(ports, { paths, rigs });
    const convoy = args.convoy === undefined
      ? onlyConvoy(ledger.view)
      : findConvoy(ledger.view, args.convoy as string);
    if (!flags.watch) {
      const [{ convoyLines }, { convoyJson }] = await Promise.all([
        import("../../../ui/convoy_text.ts"),
        import("../../../ui/status_json.ts"),
      ]);
      const state = convoyState(ledger.view, convoy);
      out.result(convoyJson(state));
      const { clock, terminal } = ports;
      const options = {
        ...{ style: out.style, columns: terminal.lineWidth(), now: clock.now() },
        pauses: pauses(),
      };
      for (const line of convoyLines(state, options)) out.line(line);
      return;
    }
    const { watchConvoy } = await import("../../../ui/convoy_watch.ts");
    const ended = await watchConvoy({ ports, ledger, out, pauses }, {
      convoy: convoy.key,
      failFast: flags["fail-fast"] === true,
    });
    return ended === "landed" ? 0 : ended === "interrupted" ? 130 : 1;
  },
});
