import { defineCommand } from "../../../cli/command.ts";

/** `bd mol pour`. */
export const command = defineCommand({
  name: "bd mol pour",
  summary: "Make beads of a molecule: an epic, and a step for each of its steps",
  description:
    "They are beads like any other, and stay until they are burned or squashed. Only a checklist can be poured, whose " +
    "steps somebody does one by one, with commands between them that `bd close STEP --continue` runs; one with gates, " +
    "conditions or anything more is run: `gt mol run`.",
  positionals: [{ name: "molecule", summary: "Its name or file", required: true, completes: "molecule" }],
  flags: {
    var: {
      type: "list",
      whole: true,
      summary: "Value of one of its variables; may be given several times",
      placeholder: "NAME=VALUE",
    },
    title: {
      type: "string",
      summary: "Title of the epic; that of the molecule by default",
      placeholder: "TITLE",
    },
    id: { type: "string", summary: "Its id", placeholder: "ID" },
    assignee: { type: "string", short: "a", summary: "Who is to do it", placeholder: "WHO" },
    parent: { type: "string", summary: "The bead it is a part of", placeholder: "BEAD", completes: "bead" },
    "dry-run": { type: "boolean", short: "n", summary: "Only say what would be made" },
  },
  examples: [
    { line: "bd mol pour bug-hunt --title 'The crash on start'", summary: "A checklist of your own" },
    { line: "bd mol pour design --dry-run", summary: "What would it make?" },
  ],
  exits: { 1: "there is no such molecule, it is no checklist, or lacks a value; nothing is made" },
  async run(context) {
    const { args, flags, out, ports, actor } = context;
    const [
      { withLedger },
      { pourableNamed },
      { libraryHere },
      { givenVars },
      { pourEpic },
      { tryOut },
      { present },
    ] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../bd_support/pouring.ts"),
      import("../../gt_support/library.ts"),
      import("../../gt_support/given_vars.ts"),
      import("../../../molecules/poured/poured.ts"),
      import("../../bd_support/try_out.ts"),
      import("../../../lib/present.ts"),
    ]);
    const { printable } = await import("../../../lib/printable.ts");
    const given = givenVars(flags.var as readonly string[] | undefined);
    const library = libraryHere(ports);
    const pourable = await pourableNamed({ ports, library }, { name: args.molecule as string, given });
    const dry = flags["dry-run"] === true;
    const text = (name: string) => flags[name] as string | undefined;
    const named = present({
      title: text("title"),
      id: text("id"),
      assignee: text("assignee"),
      parent: text("parent"),
    });
    await withLedger(context, (ledger) => {
      const { root, steps, ids } = tryOut(ledger, {
        actor,
        dry,
        change: (transaction) => pourEpic(transaction, { ...pourable, ...named, random: ports.random }),
      });
      const { style } = out;
      out.line(
        `${dry ? "Would make" : `${style.green("✓")} Poured`} ${style.bold(style.cyan(root.id))} ${
          printable(root.title)
        }`,
      );
      for (const step of steps) out.line(`  ${style.cyan(step.id)}  ${printable(step.title)}`);
      out.line(dry ? style.dim("nothing is written (--dry-run)") : `bd mol current ${root.id}`);
      out.result({
        ...(dry ? { dry_run: true } : {}),
        new_epic_id: root.id,
        id_mapping: ids,
        created: steps.length + 1,
        attached: 0,
        phase: "liquid",
      });
    });
  },
});
