import { defineCommand } from "../../cli/command.ts";

/** `bd info`. */
export const command = defineCommand({
  name: "bd info",
  summary: "Show what this ledger is: where, whose, how large",
  examples: [
    { line: "bd info", summary: "For a person" },
    { line: "bd info --json", summary: "For a script, sizes in bytes" },
  ],
  async run(context) {
    const { out } = context;
    const [{ withLedger }, { ledgerFacts, sizePhrase }, { printable }] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../bd_support/ledger_facts.ts"),
      import("../../lib/printable.ts"),
    ]);
    await withLedger(context, (ledger) => {
      const facts = ledgerFacts(context.ports, ledger);
      const { style } = out;
      const row = (name: string, value: string) => out.line(`${style.dim(name.padEnd(13))}${value}`);
      row("ledger", printable(facts.path));
      row("ids", style.cyan(`${printable(facts.prefix)}-…`));
      row("this clone", `${facts.replica}, ${facts.operations} operations`);
      row("other clones", facts.other_replicas === 0 ? "none known" : String(facts.other_replicas));
      row("beads", `${facts.issue_count}, of which ${facts.open_count} open`);
      row("logs", sizePhrase(facts.sizes.logs));
      row("index", sizePhrase(facts.sizes.index));
      row("issues.jsonl", sizePhrase(facts.sizes.projection));
      row("version", `bd ${facts.version}`);
      out.result(facts);
    });
  },
});
