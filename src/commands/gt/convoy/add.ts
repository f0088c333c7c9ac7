import { defineCommand } from "../../../cli/command.ts";

/** `gt convoy add`. */
export const command = defineCommand({
  name: "gt convoy add",
  summary: "Add beads to a convoy; one that has landed is under way again",
  positionals: [
    {
      name: "convoy",
      summary: "Its id, its name, or the beginning of either",
      required: true,
      completes: "convoy",
    },
    { name: "bead", summary: "Ids of beads that exist", required: true, variadic: true, completes: "bead" },
  ],
  examples: [
    { line: "gt convoy add hq-cv-auth-feature cs-middleware", summary: "One more" },
    { line: "gt convoy add auth cs-a cs-b", summary: "The beginning of its name is enough" },
  ],
  exits: { 1: "a bead is unknown (all of them are listed); nothing is written" },
  async run({ ports, args, out, actor }) {
    const [{ openTown }, { addToConvoy }, { convoyState, findConvoy }, { convoyJson }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/convoys/convoy_changes.ts"),
      import("../../../town/convoys/convoys.ts"),
      import("../../../ui/status_json.ts"),
    ]);
    const { ledger } = openTown(ports);
    const { key } = findConvoy(ledger.view, args.convoy as string);
    const beads = args.bead as readonly string[];
    const convoy = ledger.write(actor, (transaction) => addToConvoy(transaction, { convoy: key, beads }));
    const state = convoyState(ledger.view, convoy);
    out.result(convoyJson(state));
    out.line(
      `${out.style.green("✓")} ${out.style.bold(convoy.id)} tracks ${
        state.total === 1 ? "1 bead" : `${state.total} beads`
      }`,
    );
  },
});
