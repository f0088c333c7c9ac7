import { defineCommand } from "../../../cli/command.ts";

/** `gt mail send`. */
export const command = defineCommand({
  name: "gt mail send",
  summary: "Send a message; agents see it at their next turn",
  positionals: [
    {
      name: "to",
      summary:
        "overseer, coordinator, worker-1, crew/ann, @workers, @rig/RIG, a bead for its worker, or a run",
      required: true,
      completes: "worker",
    },
  ],
  flags: {
    subject: {
      type: "string",
      short: "s",
      summary: "One line; the text's first line by default",
      placeholder: "TEXT",
    },
    message: { type: "string", short: "m", summary: "The text", placeholder: "TEXT", aliases: ["body"] },
    urgent: { type: "boolean", short: "u", summary: "Show it before all other mail" },
  },
  examples: [
    { line: 'gt mail send coordinator -s "Plan" -m "Split the login bead"', summary: "To the coordinator" },
    { line: 'gt mail send @workers -m "The main branch is frozen until noon"', summary: "To every worker" },
  ],
  async run({ args, flags, ports, actor, out }) {
    const [{ openTown }, { sendMessage }, { recipientsOf }, { messageRow }, { runReader }] = await Promise
      .all([
        import("../../../town/town.ts"),
        import("../../../town/mail/mail.ts"),
        import("../../../agents/recipients.ts"),
        import("../../mail_shape.ts"),
        import("../../../molecules/engine/gates/run_mail.ts"),
      ]);
    const town = openTown(ports);
    const { ledger } = town;
    const address = args.to as string;
    const run = runReader(ledger.view, address);
    const readers = run ? [] : recipientsOf(ledger.view, { address, config: await town.config() });
    const messages = sendMessage(ledger, {
      from: actor,
      to: run ? [run] : readers.map(({ name, work }) => ({ name, about: work?.bead.key })),
      subject: flags.subject as string | undefined ?? "",
      body: flags.message as string | undefined ?? "",
      urgent: flags.urgent === true,
      random: ports.random,
    });
    out.result(messages.map((message) => messageRow(ledger.view, message)));
    for (const message of messages) out.line(`Sent to ${message.to}  ${out.style.dim(message.id)}`);
  },
});
