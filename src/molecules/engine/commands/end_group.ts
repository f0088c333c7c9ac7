import type { Ports } from "../../../ports/ports.ts";
import { type ProcessRow, processTree } from "../../../sessions/process_tree.ts";

/** How long whoever was told to end has for it, in ms. */
const GRACE_MS = 2_000;
/** How often whoever is waited for is looked at, at least, in ms. */
export const LOOK_MS = 50;

/** What ending processes needs. */
export type EndingPorts = Pick<Ports, "clock" | "env" | "files" | "processes">;

/**
 * Ends a process group by the id of its first process, and what that has started outside of the group: each is told
 * first, and killed when it is still there after two seconds, or as soon as somebody is in a hurry.
 *
 * What has become a daemon, so that nobody of them is its parent any more, is not found.
 */
export async function endGroup(ports: EndingPorts, pid: number): Promise<void> {
  const { processes } = ports;
  // Whose child it was cannot be seen any more once its parent has ended.
  const beyond = (await startedBy(ports, pid)).filter(({ group }) => group !== pid);
  processes.signal(-pid, "SIGTERM");
  await gone(ports, () => processes.observe(-pid) !== "alive");
  processes.signal(-pid, "SIGKILL");
  // Whoever cares for those by itself has done so by now.
  const left = () => beyond.filter((row) => processes.observe(row.pid, row.mark) === "alive");
  for (const row of left()) processes.signal(row.pid, "SIGTERM");
  await gone(ports, () => left().length === 0);
  for (const row of left()) processes.signal(row.pid, "SIGKILL");
}

/** Nobody is found where the processes of the machine cannot be read. */
async function startedBy(ports: EndingPorts, pid: number): Promise<readonly ProcessRow[]> {
  try {
    return await processTree(ports, pid) ?? [];
  } catch {
    return [];
  }
}

async function gone({ clock, processes }: EndingPorts, isGone: () => boolean): Promise<void> {
  const giveUpAt = clock.monotonic() + GRACE_MS;
  const isOver = () => processes.isHurried() || clock.monotonic() >= giveUpAt;
  for (let pause = 5; !isGone() && !isOver(); pause = Math.min(LOOK_MS, pause * 2)) await clock.sleep(pause);
}
