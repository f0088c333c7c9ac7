import { defineCommand } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";

/** `bd init`. */
export const command = defineCommand({
  name: "bd init",
  summary: "Make a ledger in this folder",
  description:
    "The ledger is the folder .beads. It keeps out of the way of git: `git status` stays clean, and `bd sync` keeps it in a ref of its own. " +
    "An issues.jsonl that is there already is taken over. In a folder that has a ledger, nothing is changed.",
  flags: {
    prefix: {
      type: "string",
      short: "p",
      summary: "What ids begin with; the folder's name by default",
      placeholder: "PREFIX",
    },
    force: {
      type: "boolean",
      short: "f",
      summary: "Make one although a ledger above this folder would be used",
    },
  },
  ignored: [
    "--backend=",
    "--branch=",
    "--contributor",
    "--server",
    "--setup-exclude",
    "--skip-agents",
    "--skip-hooks",
    "--skip-merge-driver",
    "--stealth",
    "--team",
  ],
  examples: [
    { line: "bd init", summary: "Ids begin with the folder's name" },
    { line: "bd init --prefix cs", summary: "Ids begin with cs-" },
  ],
  async run({ flags, out, ports }) {
    const [{ makeLedger }, { printable }] = await Promise.all([
      import("../bd_support/make_ledger.ts"),
      import("../../lib/printable.ts"),
    ]);
    const given = flags.prefix as string | undefined;
    if (given !== undefined && !/^[a-z0-9]+(-[a-z0-9]+)*-?$/i.test(given)) {
      throw new CommandError(
        "usage",
        `Cannot use prefix "${given}": it needs letters, digits and single dashes`,
        {
          code: "bad_prefix",
          hints: ["bd init --prefix cs"],
        },
      );
    }
    const made = await makeLedger(ports, {
      force: flags.force === true,
      ...(given === undefined ? {} : { prefix: given.toLowerCase().replace(/-$/, "") }),
    });
    const { style } = out;
    if (made.created) {
      out.line(
        `${style.green("✓")} Made a ledger in ${printable(made.folder)}: ids begin with ${
          style.cyan(`${made.prefix}-`)
        }`,
      );
      if (made.received > 0) out.line(`  with ${made.received} operations of other clones`);
      if (made.adopted > 0) out.line(`  took over ${made.adopted} beads from issues.jsonl`);
      out.line(style.dim(`  next: bd create "A first task"`));
    } else {
      out.line(
        `There is a ledger in ${printable(made.folder)} already: ids begin with ${
          style.cyan(`${made.prefix}-`)
        }`,
      );
      if (given !== undefined && given !== made.prefix) {
        out.line(style.dim(`  to change that: bd config set prefix ${given}`));
      }
    }
    for (const { line, reason } of made.refused) {
      out.note(`issues.jsonl line ${line} was left out: ${printable(reason)}`);
    }
    out.result(made);
  },
});
