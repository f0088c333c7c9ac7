import { defineCommand } from "../../../cli/command.ts";

/** `gt mail inbox`. */
export const command = defineCommand({
  name: "gt mail inbox",
  summary: "List your mail: urgent first, then the oldest",
  aliases: ["list", "ls"],
  positionals: [{ name: "address", summary: "Look into somebody else's mailbox, such as worker-1" }],
  flags: {
    unread: { type: "boolean", summary: "Only what was not acknowledged yet" },
    all: { type: "boolean", short: "a", summary: "Archived mail as well" },
  },
  examples: [
    { line: "gt mail inbox", summary: "Your mail" },
    {
      line: "gt mail inbox coordinator --unread --json",
      summary: "What the coordinator has not acknowledged",
    },
  ],
  async run({ args, flags, ports, actor, out }) {
    const [{ openTown }, { inbox, mailboxNamed }, { messageRow, messageLine }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/mail/mail.ts"),
      import("../../mail_shape.ts"),
    ]);
    const { view } = openTown(ports).ledger;
    const asked = (args.address as string | undefined) ?? actor;
    const address = asked === actor ? actor : mailboxNamed(view, asked);
    const messages = inbox(view, { address, unread: flags.unread === true, archived: flags.all === true });
    out.result(messages.map((message) => messageRow(view, message)));
    if (messages.length === 0) {
      out.line(flags.unread ? `No unread mail for ${address}` : `No mail for ${address}`);
    }
    for (const message of messages) out.line(messageLine(out.style, message));
    if (messages.length > 0) out.line(out.style.dim("Read one: gt mail read ID"));
  },
});
