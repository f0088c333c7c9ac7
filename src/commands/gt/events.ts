import { defineCommand } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";

/** `gt events`. */
export const command = defineCommand({
  name: "gt events",
  summary: "Stream what happens in the town, one event a line",
  description:
    "Events come in the order in which they reached this machine. With --json each is an object on a line of its own.",
  flags: {
    follow: { type: "boolean", short: "f", summary: "Go on with what happens from now on; Ctrl-C ends it" },
    since: {
      type: "string",
      summary: "From this time on: 10m, 2h, 2026-03-01, or a full time",
      placeholder: "WHEN",
    },
    bead: { type: "string", summary: "Only about this bead", placeholder: "ID", completes: "bead" },
  },
  examples: [
    { line: "gt events --follow", summary: "Watch" },
    { line: "gt events --since 1h --json", summary: "The last hour, for a script" },
  ],
  async run({ ports, flags, out }) {
    const [{ openTown }, { createEventReader, latestArrival }, { eventLine }] = await Promise.all([
      import("../../town/town.ts"),
      import("../../town/events.ts"),
      import("../../ui/event_text.ts"),
    ]);
    const { clock } = ports;
    const { ledger } = openTown(ports);
    const since = flags.since === undefined
      ? undefined
      : await parseSince(flags.since as string, clock.now());
    let bead: string | undefined;
    if (flags.bead !== undefined) {
      const { resolveBead } = await import("../../beads/ids.ts");
      bead = resolveBead(ledger.view, flags.bead as string).id;
    }
    const onlyNew = flags.follow === true && since === undefined && bead === undefined;
    const reader = createEventReader(ledger.view, {
      ...(since === undefined ? {} : { since }),
      ...(bead === undefined ? {} : { bead }),
      arrival: onlyNew ? latestArrival(ledger.view) : 0,
    });
    const stop = new AbortController();
    if (flags.follow) ports.processes.onStop(() => stop.abort());
    let version = -1;
    do {
      const now = ledger.version();
      if (now !== version) {
        version = now;
        for (const event of reader.next()) {
          out.event({ ...event });
          out.line(eventLine(event, { style: out.style, now: clock.now() }));
        }
      }
      if (flags.follow) await clock.sleep(150, stop.signal);
    } while (flags.follow && !stop.signal.aborted);
  },
});

/** A time in ms since the epoch, from a duration that ends now or a time. */
async function parseSince(text: string, now: number): Promise<number> {
  const [{ parseDuration }, { parseInstant }] = await Promise.all([
    import("../../lib/duration.ts"),
    import("../../ports/time.ts"),
  ]);
  const ago = parseDuration(text);
  const since = ago === undefined ? parseInstant(text) : now - ago;
  if (since !== undefined) return since;
  throw new CommandError("usage", `Cannot read "${text}" as a time`, {
    code: "bad_time",
    hints: ["10m, 2h or 3d ago; 2026-03-01; 2026-03-01T09:30:00Z"],
  });
}
