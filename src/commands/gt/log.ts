import { defineCommand } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";

/** `gt log`. */
export const command = defineCommand({
  name: "gt log",
  summary: "Show what happened in the town, the latest last",
  flags: {
    bead: { type: "string", summary: "Only about this bead", placeholder: "ID", completes: "bead" },
    lines: { type: "number", short: "n", summary: "How many events", placeholder: "N", default: 30 },
  },
  examples: [
    { line: "gt log", summary: "The last 30 events" },
    { line: "gt log --bead cs-login -n 100", summary: "The life of one bead" },
  ],
  async run({ ports, flags, out }) {
    const [{ openTown }, { lastEvents }, { eventLine }] = await Promise.all([
      import("../../town/town.ts"),
      import("../../town/events.ts"),
      import("../../ui/event_text.ts"),
    ]);
    const limit = flags.lines as number;
    if (!Number.isInteger(limit) || limit < 1) {
      throw new CommandError("usage", `Cannot show ${limit} events: -n takes a whole number from 1`, {
        code: "bad_number",
      });
    }
    const { view } = openTown(ports).ledger;
    let bead: string | undefined;
    if (flags.bead !== undefined) {
      const { resolveBead } = await import("../../beads/ids.ts");
      bead = resolveBead(view, flags.bead as string).id;
    }
    const events = lastEvents(view, { limit, ...(bead === undefined ? {} : { bead }) });
    out.result(events);
    const now = ports.clock.now();
    for (const event of events) out.line(eventLine(event, { style: out.style, now }));
    if (events.length === 0) out.line("Nothing has happened yet");
  },
});
