import type { Finished } from "../ports/process.ts";
import { sessionEnvironment } from "./environment.ts";
import { askTmux, type Tmux, tmuxArgv, troubleOf } from "./tmux.ts";
import type { ServerState } from "./session.ts";

/** Reads the process id of the server. */
export async function readServerPid(tmux: Tmux): Promise<ServerState> {
  return stateOf(await askTmux(tmux, ["display-message", "-p", "#{pid}"]));
}

/** Makes a running server read its configuration again. */
export async function configureServer(tmux: Tmux): Promise<ServerState> {
  const state = await readServerPid(tmux);
  if (state.kind !== "running") return state;
  const read = await tmux.run(["source-file", tmux.confFile]);
  return read.code === 0 ? state : stateOf(read);
}

function stateOf(finished: Finished): ServerState {
  if (finished.code === 0) return { kind: "running", pid: Number(finished.stdout.trim()) };
  const trouble = troubleOf(finished);
  return trouble.kind === "absent" ? { kind: "unknown", reason: finished.stderr.trim() } : trouble;
}

/** Ends the server; one that does not run is fine. */
export async function killServer(tmux: Tmux): Promise<void> {
  await tmux.run(["kill-server"]);
}

/** Words and environment that show a session in this terminal, from inside the same server or from outside. */
export function attachCommand(tmux: Tmux, name: string): { argv: string[]; env: Record<string, string> } {
  const { env, files } = tmux.ports;
  const around = env.get("TMUX")?.split(",")[0];
  const real = (path: string) => files.realPath(path) ?? path;
  const inside = around !== undefined && real(around) === real(tmux.socket);
  const verb = inside ? "switch-client" : "attach-session";
  const variables = inside ? env.all() : sessionEnvironment(env.all());
  return { argv: [...tmuxArgv(tmux), verb, "-t", `=${name}`], env: variables };
}
