import { tmuxConfiguration } from "../sessions/configuration.ts";
import { sessionNames } from "./session_names.ts";
import type { Town } from "./town.ts";
import { filePart } from "./town_part.ts";
import { townSessions } from "./town_sessions.ts";

/** `.gt/tmux.conf`: what the town's own tmux server reads; it names the rigs its keys jump to. */
export const tmuxConf = filePart("tmux configuration", {
  path: (town) => town.paths.tmuxConf,
  text: async (town) =>
    tmuxConfiguration({ names: sessionNames, rigs: Object.keys((await town.config()).rigs) }),
});

/** Brings `.gt/tmux.conf` up to date, and a server that runs along with it. */
export async function renewTmuxConf(town: Town): Promise<void> {
  if ((await tmuxConf.look(town)).condition === "ok") return;
  await tmuxConf.make!(town);
  const sessions = townSessions({ ports: town.ports, town });
  if (town.ports.files.exists(sessions.socket)) await sessions.configure();
}
