import { defineCommand } from "../../../cli/command.ts";

/** `gt mail archive`. */
export const command = defineCommand({
  name: "gt mail archive",
  summary: "Take messages out of your inbox; they stay readable",
  positionals: [{
    name: "message",
    summary: "Their ids, or the beginnings of them",
    required: true,
    variadic: true,
    completes: "message",
  }],
  examples: [
    { line: "gt mail archive hq-msg-4f2a9c1x", summary: "One message" },
    { line: "gt mail archive 4f2a 77bc --json", summary: "Two, by the beginnings of their ids" },
  ],
  async run({ args, ports, actor, out }) {
    const [{ openTown }, { archive }, { messageRow }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/mail/mail.ts"),
      import("../../mail_shape.ts"),
    ]);
    const { ledger } = openTown(ports);
    const messages = archive(ledger, { actor, ids: args.message as readonly string[] });
    out.result(messages.map((message) => messageRow(ledger.view, message)));
    out.line(messages.length === 1 ? `Archived ${messages[0]!.id}` : `Archived ${messages.length} messages`);
  },
});
