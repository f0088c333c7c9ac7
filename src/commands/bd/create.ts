import { defineCommand } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";

/** `bd create`. */
export const command = defineCommand({
  name: "bd create",
  summary: "Make a bead",
  description:
    "A dependency is written TYPE:ID, or ID alone for `blocks`: the new bead waits for it. Types that hold a bead back are blocks, parent-child, " +
    "conditional-blocks and waits-for; related, discovered-from and others only tell.\n\n" +
    "With --file, the headings and list items of a Markdown file become beads below each other, all of them or none; items of a numbered list wait for " +
    "the one before. A title may end in attributes: {#name P1 .label @who type=bug after=name}. docs/plan.md says it all.",
  positionals: [{ name: "title", summary: "What is to be done, in a line" }],
  flags: {
    title: { type: "string", summary: "The title, instead of the argument", placeholder: "TITLE" },
    type: {
      type: "string",
      short: "t",
      summary: "task, bug, feature, epic, chore or decision",
      default: "task",
    },
    priority: {
      type: "string",
      short: "p",
      summary: "0 (critical) to 4, or P0 to P4",
      default: "2",
      placeholder: "P",
    },
    description: {
      type: "string",
      short: "d",
      summary: "What there is to know",
      placeholder: "TEXT",
      aliases: ["body"],
    },
    "body-file": {
      type: "string",
      summary: "Read the description from a file; - is standard input",
      placeholder: "FILE",
      completes: "file",
      aliases: ["description-file"],
    },
    file: {
      type: "string",
      short: "f",
      summary: "Make the beads of a plan in Markdown; - is standard input",
      placeholder: "PLAN",
      completes: "file",
    },
    stdin: { type: "boolean", summary: "Read the description from standard input" },
    labels: { type: "list", short: "l", summary: "Labels", placeholder: "LABEL", aliases: ["label"] },
    assignee: { type: "string", short: "a", summary: "Who is to do it", placeholder: "NAME" },
    parent: {
      type: "string",
      summary: "Make it a child of this bead",
      placeholder: "BEAD",
      completes: "bead",
    },
    deps: { type: "list", summary: "What it depends on", placeholder: "TYPE:BEAD", completes: "bead" },
    id: { type: "string", summary: "Its id, such as cs-login; made up by default", placeholder: "ID" },
    design: { type: "string", summary: "How it is to be done", placeholder: "TEXT" },
    acceptance: { type: "string", summary: "When it counts as done", placeholder: "TEXT" },
    notes: { type: "string", summary: "Remarks", placeholder: "TEXT" },
    "external-ref": { type: "string", summary: "Its name elsewhere: gh-9, a URL", placeholder: "REF" },
    due: { type: "string", summary: "When it is due: 2026-11-23, tomorrow, 3d", placeholder: "WHEN" },
    defer: { type: "string", summary: "Keep it out of `ready` until then", placeholder: "WHEN" },
    estimate: { type: "number", short: "e", summary: "Estimated minutes", placeholder: "MINUTES" },
    metadata: { type: "string", summary: "A JSON object, or @FILE that holds one", placeholder: "JSON" },
    "spec-id": {
      type: "string",
      summary: "The specification it comes from",
      placeholder: "ID",
      hidden: true,
    },
    ephemeral: { type: "boolean", summary: "Passing work that `list` and `ready` leave out", hidden: true },
    silent: { type: "boolean", summary: "Print only the id" },
    "dry-run": { type: "boolean", summary: "Check everything and show the bead, but make nothing" },
    force: { type: "boolean", summary: "Taken for older scripts", hidden: true },
  },
  aliases: ["new"],
  examples: [
    { line: `bd create "Log in with a passkey" -t feature -p 1 -l auth`, summary: "A feature" },
    {
      line: `bd create "Sign-in form" --id cs-form --silent`,
      summary: "With an id of your own, printing only that",
    },
    { line: "bd create -f plan.md --dry-run", summary: "What a plan would become" },
  ],
  async run(context) {
    const { args, flags, out } = context;
    if (flags.file !== undefined) {
      const { planAndPrint } = await import("../bd_support/planning.ts");
      return await planAndPrint(context);
    }
    const title = (args.title ?? flags.title) as string | undefined;
    if (title === undefined || title.trim() === "") {
      throw new CommandError("usage", "Missing TITLE for `bd create`", {
        code: "missing_argument",
        hints: [`bd create "What is to be done"`],
      });
    }
    const [{ withLedger }, { createFromFlags }, { issueShape }, { doneLine, priorityWord }, { printable }] =
      await Promise
        .all([
          import("../bd_support/ledger.ts"),
          import("../bd_support/create_from_flags.ts"),
          import("../../beads/export_shape.ts"),
          import("../bd_support/marks.ts"),
          import("../../lib/printable.ts"),
        ]);
    await withLedger(context, (ledger) => {
      const dry = flags["dry-run"] === true;
      const { bead, shape } = createFromFlags(context, { ledger, title, shapeOf: issueShape });
      if (flags.silent === true || out.quiet) out.answer(bead.id);
      else {
        out.line(
          dry
            ? `Would create ${printable(bead.id)}: ${printable(bead.title)}`
            : doneLine(out.style, { verb: "Created", bead }),
        );
        const facts = [priorityWord(out.style, bead.priority), printable(bead.issue_type)];
        if (bead.assignee !== undefined) facts.push(`@${printable(bead.assignee)}`);
        if (bead.labels.length > 0) facts.push(bead.labels.map(printable).join(", "));
        if (bead.blocked) facts.push(out.style.red("blocked"));
        out.line(`  ${facts.join(out.style.dim(" · "))}`);
      }
      out.result(shape);
    });
  },
});
