import { createSessions, type Sessions } from "../sessions/sessions.ts";
import { socketPath } from "../sessions/socket.ts";
import type { Ports } from "../ports/ports.ts";
import type { Town } from "./town.ts";

/** The tmux sessions of a town. */
export function townSessions({ ports, town }: { ports: Ports; town: Town }): Sessions {
  return createSessions(ports, { socket: socketPath(town.root), confFile: town.paths.tmuxConf });
}
