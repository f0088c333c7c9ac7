import { defineCommand } from "../../../cli/command.ts";

/** `gt mail reply`. */
export const command = defineCommand({
  name: "gt mail reply",
  summary: "Answer a message, in its thread; the message counts as acknowledged",
  positionals: [
    { name: "message", summary: "Its id, or the beginning of it", required: true, completes: "message" },
  ],
  flags: {
    message: {
      type: "string",
      short: "m",
      summary: "The answer",
      placeholder: "TEXT",
      aliases: ["body"],
    },
    urgent: { type: "boolean", short: "u", summary: "Show it before all other mail" },
  },
  examples: [
    { line: 'gt mail reply hq-msg-4f2a9c1x -m "Yes, keep it"', summary: "Answer its sender" },
    { line: 'gt mail reply 4f2a -m "Yes" --json', summary: "By the beginning of its id" },
  ],
  async run({ args, flags, ports, actor, out }) {
    const [{ openTown }, { reply }, { messageRow }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/mail/mail.ts"),
      import("../../mail_shape.ts"),
    ]);
    const { ledger } = openTown(ports);
    const message = reply(ledger, {
      actor,
      id: args.message as string,
      body: flags.message as string | undefined ?? "",
      urgent: flags.urgent === true,
      random: ports.random,
    });
    out.result(messageRow(ledger.view, message));
    out.line(`Sent to ${message.to}  ${out.style.dim(message.id)}`);
  },
});
