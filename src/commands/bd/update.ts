import { defineCommand } from "../../cli/command.ts";

/** `bd update`. */
export const command = defineCommand({
  name: "bd update",
  summary: "Change beads",
  description:
    "All changes to all the beads named happen together or not at all. An empty value removes what was there: --assignee ''. " +
    "With --claim a bead is taken only if nobody has it, however many try at once.",
  positionals: [{ name: "bead", summary: "Ids", required: true, variadic: true, completes: "bead" }],
  flags: {
    claim: { type: "boolean", summary: "Take it: assignee and in_progress in one step" },
    status: { type: "string", short: "s", summary: "open, in_progress, blocked, deferred, closed, …" },
    priority: { type: "string", short: "p", summary: "0 (critical) to 4, or P0 to P4", placeholder: "P" },
    assignee: { type: "string", short: "a", summary: "Who is to do it", placeholder: "NAME" },
    title: { type: "string", summary: "The title" },
    type: { type: "string", short: "t", summary: "task, bug, feature, epic, chore or decision" },
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
    stdin: { type: "boolean", summary: "Read the description from standard input" },
    design: { type: "string", summary: "How it is to be done", placeholder: "TEXT" },
    acceptance: { type: "string", summary: "When it counts as done", placeholder: "TEXT" },
    notes: { type: "string", summary: "Remarks, in place of those there are", placeholder: "TEXT" },
    "append-notes": { type: "string", summary: "One more remark below those there are", placeholder: "TEXT" },
    "external-ref": { type: "string", summary: "Its name elsewhere: gh-9, a URL", placeholder: "REF" },
    parent: {
      type: "string",
      summary: "Make it a child of this bead",
      placeholder: "BEAD",
      completes: "bead",
    },
    "add-label": { type: "list", summary: "Add labels", placeholder: "LABEL" },
    "remove-label": { type: "list", summary: "Take labels away", placeholder: "LABEL" },
    "set-labels": { type: "list", summary: "Have exactly these labels", placeholder: "LABEL" },
    due: { type: "string", summary: "When it is due: 2026-11-23, tomorrow, 3d", placeholder: "WHEN" },
    defer: { type: "string", summary: "Keep it out of `ready` until then", placeholder: "WHEN" },
    estimate: { type: "number", short: "e", summary: "Estimated minutes", placeholder: "MINUTES" },
    metadata: { type: "string", summary: "A JSON object, or @FILE: set its keys", placeholder: "JSON" },
    "set-metadata": { type: "list", whole: true, summary: "Set one key", placeholder: "KEY=VALUE" },
    "unset-metadata": { type: "list", summary: "Remove keys", placeholder: "KEY" },
    "spec-id": { type: "string", summary: "The specification it comes from", hidden: true },
    force: { type: "boolean", short: "f", summary: "Although a worker is at it, or others hold it back" },
  },
  ignored: ["--session="],
  examples: [
    { line: "bd update cs-login --claim", summary: "Take it, if nobody else has" },
    {
      line: "bd update cs-login -p 1 --add-label auth --append-notes 'needs the new API'",
      summary: "Several things at once",
    },
  ],
  async run(context) {
    const { args, out } = context;
    const [
      { withLedger },
      { changeBead, changeOf },
      { resolveBead },
      { issueShape },
      { doneLine },
      { refuseUnmerged },
    ] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../bd_support/change.ts"),
      import("../../beads/ids.ts"),
      import("../../beads/export_shape.ts"),
      import("../bd_support/marks.ts"),
      import("../bd_support/unmerged.ts"),
    ]);
    await withLedger(context, async (ledger) => {
      await refuseUnmerged(context, { ledger, verb: "update" });
      const changed = ledger.write(context.actor, (transaction) => {
        const change = changeOf(context, transaction);
        const keys = (args.bead as readonly string[]).map((text) => resolveBead(transaction, text).key);
        return keys.map((key) => changeBead(transaction, { key, change }));
      });
      const verb = context.flags.claim === true ? "Claimed" : "Updated";
      for (const bead of changed) out.line(doneLine(out.style, { verb, bead }));
      out.result(changed.map((bead) => issueShape(ledger.view, bead)));
    });
  },
});
