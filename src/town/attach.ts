import { CommandError } from "../lib/errors.ts";
import { workerSession } from "../work/attempt.ts";
import { liveAssignments } from "../work/attempt_store.ts";
import type { LoopDeps } from "./loops/loop.ts";
import { findSession } from "./session_lookup.ts";
import { townSessions } from "./town_sessions.ts";

/** Shows a session in this terminal until its user leaves it; returns its name. @throws {CommandError} */
export async function attachTo(deps: LoopDeps, text: string): Promise<string> {
  const { ports, town } = deps;
  const sessions = townSessions(deps);
  const listed = await sessions.list();
  if (listed.kind === "unknown") {
    throw new CommandError("refused", `Cannot attach to "${text}": ${listed.reason}`, {
      code: "sessions_unknown",
      hints: ["gt doctor"],
    });
  }
  const names = listed.kind === "sessions" ? listed.sessions.map(({ name }) => name).sort() : [];
  const beads = new Map(
    liveAssignments(town.ledger.view).flatMap(({ bead, attempt }): [string, string][] =>
      attempt.worker === undefined ? [] : [[bead.id, workerSession(attempt.worker)]]
    ),
  );
  const name = findSession(names, { text, beads });
  if (!ports.terminal.isTerminal) {
    throw new CommandError("refused", `Cannot attach to "${name}": this is not a terminal`, {
      code: "no_terminal",
      hints: [`Read its log instead: ${town.paths.logs}`, "gt status"],
    });
  }
  const { argv, env } = sessions.attachCommand(name);
  const finished = await ports.processes.run(argv, { env, inherit: true });
  if (finished.code !== 0) {
    throw new CommandError("refused", `Cannot attach to "${name}": tmux ended with ${finished.code}`, {
      code: "attach_failed",
      hints: ["gt status"],
    });
  }
  return name;
}
