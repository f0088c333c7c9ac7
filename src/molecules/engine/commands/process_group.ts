import type { Ports } from "../../../ports/ports.ts";

type GroupPorts = Pick<Ports, "clock" | "processes">;

/** How long a command has to end after it was told to, in ms. */
export const GRACE_MS = 2_000;
/** How often a command that another process began is looked at, in ms. */
export const LOOK_MS = 50;

/** Waits until nobody of a process group lives, but no longer than until `endBy`; kills who is left then. */
export async function killRest(
  { clock, processes }: GroupPorts,
  { pid, endBy }: { pid: number; endBy: number },
): Promise<void> {
  for (
    let pause = 5;
    processes.observe(-pid) === "alive" && clock.now() < endBy;
    pause = Math.min(LOOK_MS, pause * 2)
  ) {
    await clock.sleep(pause);
  }
  processes.signal(-pid, "SIGKILL");
}

/** Tells a process group to end, and sees to it that it does. */
export async function endGroup({ clock, processes }: GroupPorts, pid: number): Promise<void> {
  processes.signal(-pid, "SIGTERM");
  await killRest({ clock, processes }, { pid, endBy: clock.now() + GRACE_MS });
}
