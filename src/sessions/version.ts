import { CommandError } from "../lib/errors.ts";
import { tmuxMissing } from "./tmux.ts";
import type { SessionPorts } from "./session.ts";

/** The oldest tmux with everything that sessions need. */
export const oldestTmux = "3.2";

/** The version of the tmux on PATH: `3.3a`. @throws CommandError `tmux_missing`. */
export async function tmuxVersion(ports: SessionPorts): Promise<string> {
  try {
    const finished = await ports.processes.run(["tmux", "-V"], { cwd: "/" });
    return /\d+\.\d+\S*/.exec(finished.stdout)?.[0] ?? finished.stdout.trim();
  } catch (error) {
    throw tmuxMissing(error);
  }
}

/** Returns the version of tmux. @throws CommandError `tmux_missing` or `tmux_too_old`. */
export async function requireTmux(ports: SessionPorts): Promise<string> {
  const version = await tmuxVersion(ports);
  const [major = 0, minor = 0] = version.split(".").map((part) => parseInt(part, 10) || 0);
  // A build from the main branch calls itself "master" and is newer than any release.
  if (version.includes("master") || major > 3 || (major === 3 && minor >= 2)) return version;
  throw new CommandError("refused", `Cannot use tmux "${version}": gt needs ${oldestTmux} or newer`, {
    code: "tmux_too_old",
    hints: ["Upgrade tmux, for example: sudo apt-get install tmux"],
  });
}
