import { defineCommand } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";

/** `bd ready`. */
export const command = defineCommand({
  name: "bd ready",
  summary: "List the work that can begin now, the most urgent first",
  description:
    "Open beads that nothing holds back: no open dependency, none of an ancestor's, and not deferred.",
  positionals: [{
    name: "bead",
    summary: "With --explain: only of these",
    variadic: true,
    completes: "bead",
  }],
  flags: {
    limit: {
      type: "number",
      short: "n",
      summary: "At most this many; 0 for all",
      default: 100,
      placeholder: "N",
    },
    assignee: { type: "string", short: "a", summary: "Assigned to this one", placeholder: "NAME" },
    unassigned: { type: "boolean", short: "u", summary: "Assigned to nobody" },
    priority: { type: "string", short: "p", summary: "Of this priority", placeholder: "P" },
    type: { type: "string", short: "t", summary: "Of this type" },
    label: {
      type: "list",
      short: "l",
      summary: "With all of these labels",
      placeholder: "LABEL",
      aliases: ["labels"],
    },
    parent: {
      type: "string",
      summary: "Below this bead, at any depth",
      placeholder: "BEAD",
      completes: "bead",
    },
    sort: {
      type: "string",
      short: "s",
      summary: "priority (then age), oldest, or hybrid: what is new first by priority",
      values: ["priority", "hybrid", "oldest"],
      default: "priority",
    },
    "include-deferred": { type: "boolean", summary: "Deferred ones too" },
    "include-ephemeral": { type: "boolean", summary: "Passing ones too" },
    explain: { type: "boolean", summary: "Say of every open bead why it is ready or not" },
  },
  examples: [
    { line: "bd ready", summary: "What can begin" },
    { line: "bd ready --unassigned --label auth -n 5", summary: "What I could take" },
    { line: "bd ready --explain cs-login", summary: "Why it is ready, or not" },
  ],
  async run(context) {
    const { flags, out } = context;
    const names = context.args.bead as readonly string[];
    if (names.length > 0 && flags.explain !== true) {
      throw new CommandError("usage", `Unexpected argument "${names[0]}" for \`bd ready\``, {
        code: "unexpected_argument",
        hints: [`bd ready --explain ${names.join(" ")}`, `bd show ${names[0]}`],
      });
    }
    const { withLedger } = await import("../bd_support/ledger.ts");
    await withLedger(context, async ({ view }) => {
      if (flags.explain === true) {
        const { printReasons } = await import("../bd_support/reasons.ts");
        printReasons(context, view);
        return;
      }
      const [{ eachReady }, { readyFilter }, { oneMore, printFound }] = await Promise.all([
        import("../../beads/ready.ts"),
        import("../bd_support/ready_filter.ts"),
        import("../bd_support/found.ts"),
      ]);
      const limit = flags.limit as number;
      const first = printFound(context, {
        view,
        beads: eachReady(view, { ...readyFilter(context, view), limit: oneMore(limit) }),
        limit,
        none: "Nothing is ready. See what waits, and for what: bd blocked",
      });
      if (first) out.line(out.style.dim(`take one: bd update ${first.id} --claim`));
    });
  },
});
