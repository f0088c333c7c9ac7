import { Cron } from "croner";

/**
 * The first minute after `after` (ms since the epoch) that a cron line matches, in a time zone; undefined for one that
 * never comes. A time that the clocks skip comes when they have skipped it.
 */
export function nextCron(
  line: string,
  { after, timezone = "UTC" }: { after: number; timezone?: string },
): number | undefined {
  const cron = new Cron(line, { mode: "5-part", timezone, paused: true });
  return cron.nextRun(new Date(after))?.getTime();
}
