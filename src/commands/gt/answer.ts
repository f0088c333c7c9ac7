import { defineCommand } from "../../cli/command.ts";

/** `gt answer`. */
export const command = defineCommand({
  name: "gt answer",
  summary: "Answer what the worker of a bead asked; its work goes on",
  positionals: [
    { name: "bead", summary: "The bead that waits", required: true, completes: "bead" },
    { name: "text", summary: "The answer", required: true, variadic: true },
  ],
  examples: [
    { line: 'gt answer cs-login "Keep the old endpoint"', summary: "Answer; the worker goes on" },
    { line: 'gt answer cs-login "Keep it" --json', summary: "The same, for a script" },
  ],
  async run({ args, ports, actor, out }) {
    const [{ openTown }, { answer }, { ring }, { whyQueued }] = await Promise.all([
      import("../../town/town.ts"),
      import("../../agents/questions.ts"),
      import("../../agents/nudge.ts"),
      import("../../agents/doorbell.ts"),
    ]);
    const town = openTown(ports);
    const text = (args.text as readonly string[]).join(" ");
    const given = answer({ ports, town }, { from: actor, bead: args.bead as string, text });
    const { outcome, because } = await ring({ ports, town }, given);
    const { bead, reader, wasWaiting, message } = given;
    out.result({
      bead,
      to: reader.name,
      message: message.id,
      outcome,
      was_waiting: wasWaiting,
      ...(because === undefined ? {} : { because }),
    });
    const who = wasWaiting
      ? `${reader.name} goes on with ${bead}`
      : `${reader.name} was not waiting; it has mail`;
    out.line(outcome === "queued" ? `${who} at its next turn: ${whyQueued(because!)}` : `${who}.`);
  },
});
