import { defineCommand } from "../../../cli/command.ts";

/** `gt convoy show`. */
export const command = defineCommand({
  name: "gt convoy show",
  summary: "Show a convoy and where each of its beads stands",
  positionals: [{
    name: "convoy",
    summary: "Its id, its name, or the beginning of either",
    required: true,
    completes: "convoy",
  }],
  examples: [
    { line: "gt convoy show hq-cv-auth-feature", summary: "By its id" },
    { line: 'gt convoy show "Auth feature" --json', summary: "By its name, for a script" },
  ],
  async run({ ports, args, out }) {
    const [{ openTown }, { convoyState, findConvoy }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/convoys/convoys.ts"),
    ]);
    const town = openTown(ports);
    const { view } = town.ledger;
    const state = convoyState(view, findConvoy(view, args.convoy as string));
    if (out.json) {
      const { convoyJson } = await import("../../../ui/status_json.ts");
      out.result(convoyJson(state));
      return;
    }
    const [{ convoyLines }, { readPauses }] = await Promise.all([
      import("../../../ui/convoy_text.ts"),
      import("../../../refinery/pause.ts"),
    ]);
    const options = {
      ...{ style: out.style, columns: ports.terminal.lineWidth(), now: ports.clock.now() },
      pauses: readPauses(ports, { paths: town.paths, rigs: Object.keys((await town.config()).rigs) }),
    };
    for (const line of convoyLines(state, options)) out.line(line);
    const { owner, watchers } = state.metadata;
    out.line(
      out.style.dim(`owner ${owner}${watchers.length > 0 ? `, watched by ${watchers.join(", ")}` : ""}`),
    );
  },
});
