import { defineCommand } from "../../cli/command.ts";

/** `bd undefer`. */
export const command = defineCommand({
  name: "bd undefer",
  summary: "Bring deferred beads back",
  positionals: [{ name: "bead", summary: "Ids", required: true, variadic: true, completes: "bead" }],
  examples: [
    { line: "bd undefer cs-login", summary: "Ready again, unless something holds it back" },
    { line: "bd undefer cs-login cs-form", summary: "Several at once" },
  ],
  async run(context) {
    const { deferBeads, UNDEFERRED } = await import("../bd_support/deferring.ts");
    await deferBeads(context, { verb: "Undeferred", fields: UNDEFERRED });
  },
});
