import { defineCommand } from "../../../cli/command.ts";

/** `gt mail read`. */
export const command = defineCommand({
  name: "gt mail read",
  summary: "Show a message; your own counts as acknowledged from then on",
  aliases: ["show"],
  positionals: [
    { name: "message", summary: "Its id, or the beginning of it", required: true, completes: "message" },
  ],
  examples: [
    { line: "gt mail read hq-msg-4f2a9c1x", summary: "One message in full" },
    { line: "gt mail read 4f2a --json", summary: "By the beginning of its id" },
  ],
  async run({ args, ports, actor, out }) {
    const [{ openTown }, { readMessage }, { messageRow, messageText }, { answerLine }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/mail/mail.ts"),
      import("../../mail_shape.ts"),
      import("../../../ui/mail_answer.ts"),
    ]);
    const { ledger } = openTown(ports);
    const message = readMessage(ledger, { actor, id: args.message as string });
    out.result(messageRow(ledger.view, message));
    for (const line of messageText(out.style, message)) out.line(line);
    const reader = { by: actor, role: ports.env.get("GT_ROLE") };
    const answer = answerLine(ledger.view, { message, reader });
    if (answer !== undefined) out.line(out.style.dim(`\n${answer}`));
  },
});
