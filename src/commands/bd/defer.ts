import { defineCommand } from "../../cli/command.ts";

/** `bd defer`. */
export const command = defineCommand({
  name: "bd defer",
  summary: "Put beads off: `ready` leaves them out",
  description: "With --until they come back by themselves; without it they stay deferred until `bd undefer`.",
  positionals: [{ name: "bead", summary: "Ids", required: true, variadic: true, completes: "bead" }],
  flags: { until: { type: "string", summary: "2026-11-23, tomorrow, 3d", placeholder: "WHEN" } },
  examples: [
    { line: "bd defer cs-login --until tomorrow", summary: "Not today" },
    { line: "bd defer cs-login", summary: "Not for now" },
  ],
  async run(context) {
    const { flags, ports } = context;
    const { deferBeads, deferralOf } = await import("../bd_support/deferring.ts");
    const fields = deferralOf(flags.until as string | undefined, ports.clock.now());
    await deferBeads(context, { verb: "Deferred", fields });
  },
});
