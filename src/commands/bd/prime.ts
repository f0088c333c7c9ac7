import { defineCommand } from "../../cli/command.ts";

/** `bd prime`. */
export const command = defineCommand({
  name: "bd prime",
  summary: "Tell an agent how to work with this ledger, in few words",
  description: "Meant for the start of an agent's session. A file .beads/PRIME.md is printed in its place.",
  examples: [
    { line: "bd prime", summary: "The text" },
    { line: "bd prime --json", summary: "As {text}" },
  ],
  ignored: ["--full", "--mcp", "--stealth"],
  async run(context) {
    const { out, ports } = context;
    const [{ withLedger }, { primeText }, { join }] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../bd_support/prime_text.ts"),
      import("node:path"),
    ]);
    await withLedger(context, ({ view, folder }) => {
      const text = ports.files.readText(join(folder, "PRIME.md")) ??
        primeText(view, { actor: context.actor, now: ports.clock.now() });
      out.answer(text.trimEnd());
      out.result({ text });
    });
  },
});
