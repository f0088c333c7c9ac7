import { defineCommand } from "../../../cli/command.ts";

/** `gt mail thread`. */
export const command = defineCommand({
  name: "gt mail thread",
  summary: "Show the conversation that a message belongs to, oldest first",
  positionals: [
    { name: "message", summary: "Its id, or the beginning of it", required: true, completes: "message" },
  ],
  examples: [
    { line: "gt mail thread hq-msg-4f2a9c1x", summary: "All of the conversation" },
    { line: "gt mail thread 4f2a --json", summary: "The same, for a script" },
  ],
  async run({ args, ports, out }) {
    const [{ openTown }, { threadOf }, { messageRow, messageText }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/mail/mail.ts"),
      import("../../mail_shape.ts"),
    ]);
    const { view } = openTown(ports).ledger;
    const messages = threadOf(view, args.message as string);
    out.result(messages.map((message) => messageRow(view, message)));
    messages.forEach((message, at) => {
      if (at > 0) out.line();
      for (const line of messageText(out.style, message)) out.line(line);
    });
  },
});
