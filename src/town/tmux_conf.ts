import { tmuxConfiguration } from "../sessions/configuration.ts";
import { sessionNames } from "./session_names.ts";
import { filePart } from "./town_part.ts";

/** `.gt/tmux.conf`: what the town's own tmux server reads; it names the rigs its keys jump to. */
export const tmuxConf = filePart("tmux configuration", {
  path: (town) => town.paths.tmuxConf,
  text: async (town) =>
    tmuxConfiguration({ names: sessionNames, rigs: Object.keys((await town.config()).rigs) }),
});
