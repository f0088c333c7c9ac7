import { defineCommand } from "../../../cli/command.ts";

/** `gt mail check`. */
export const command = defineCommand({
  name: "gt mail check",
  summary: "Say whether there is mail that you have not acknowledged",
  description:
    "With --hook it is what Claude Code calls when a turn begins: prints mail that the agent has not been shown yet, urgent first and no more than fits, and never fails.",
  flags: { hook: { type: "boolean", summary: "Called by the agent's own hook when a turn begins" } },
  examples: [
    { line: "gt mail check", summary: "Is there anything new?" },
    { line: "gt mail check --json", summary: "The same, for a script" },
  ],
  exits: { 1: "there is none (not with --hook)" },
  async run({ flags, ports, actor, out }) {
    if (flags.hook === true) {
      const [{ runHook }, { answerPrompt }] = await Promise.all([
        import("../../../agents/hook_call.ts"),
        import("../../../agents/turn_end.ts"),
      ]);
      runHook(ports, {
        name: "mail check",
        actor,
        work: (deps) => answerPrompt(deps, (text) => out.answer(text)),
      });
      return 0;
    }
    const [{ openTown }, { inbox }, { messageRow, messageLine }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/mail/mail.ts"),
      import("../../mail_shape.ts"),
    ]);
    const { view } = openTown(ports).ledger;
    const messages = inbox(view, { address: actor, unread: true });
    out.result(messages.map((message) => messageRow(view, message)));
    out.line(messages.length === 0 ? `No unread mail for ${actor}` : `${messages.length} unread:`);
    for (const message of messages.slice(0, 10)) out.line(messageLine(out.style, message));
    return messages.length === 0 ? 1 : 0;
  },
});
