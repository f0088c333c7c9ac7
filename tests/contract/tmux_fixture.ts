import { createClock } from "../../src/ports/clock.ts";
import { createTestEnv } from "../../src/ports/env.ts";
import { createFiles } from "../../src/ports/files.ts";
import { createProcesses } from "../../src/ports/process.ts";
import { tmuxConfiguration } from "../../src/sessions/configuration.ts";
import { createSessions, type Sessions } from "../../src/sessions/sessions.ts";
import type { SessionOrder, SessionPorts } from "../../src/sessions/session.ts";

/** A private tmux server in a folder with a space and an umlaut in its name. */
export interface Stage {
  folder: string;
  ports: SessionPorts;
  sessions: Sessions;
  /** Runs tmux on the server as a person would. */
  tmux(...args: string[]): Promise<string>;
  /** An order to run a shell script. */
  order(name: string, script: string, more?: Partial<SessionOrder>): SessionOrder;
  /** Waits until the condition holds, at most ten seconds. */
  until<T>(probe: () => Promise<T | undefined | false> | T | undefined | false): Promise<T>;
}

/** Runs a test on a server of its own, and ends that server. */
export async function onStage(
  run: (stage: Stage) => Promise<void>,
  variables: Record<string, string> = {},
): Promise<void> {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "gt ü # " }));
  const socket = `${folder}/tmux.sock`;
  const confFile = `${folder}/tmux.conf`;
  Deno.writeTextFileSync(
    confFile,
    tmuxConfiguration({
      names: { coordinator: "gt-coordinator", witness: "gt-witness-", refinery: "gt-refinery-" },
      rigs: ["csm"],
    }),
  );
  const env = { PATH: Deno.env.get("PATH")!, HOME: folder, LC_ALL: "C", SHELL: "/bin/false", ...variables };
  const ports: SessionPorts = {
    clock: createClock(),
    env: createTestEnv(env, folder),
    files: createFiles(),
    processes: createProcesses([], "gt"),
  };
  const sessions = createSessions(ports, { socket, confFile });
  const stage: Stage = {
    folder,
    ports,
    sessions,
    async tmux(...args) {
      const finished = await ports.processes.run(["tmux", "-u", "-S", socket, ...args], { env, cwd: "/" });
      if (finished.code !== 0) throw new Error(finished.stderr);
      return finished.stdout.trimEnd();
    },
    order: (name, script, more = {}) => ({
      name,
      cwd: folder,
      env: {},
      argv: ["sh", "-c", script],
      tags: { town: folder, role: "worker" },
      ...more,
    }),
    async until(probe) {
      const giveUpAt = ports.clock.monotonic() + 10_000;
      while (ports.clock.monotonic() < giveUpAt) {
        const found = await probe();
        if (found) return found;
        await ports.clock.sleep(10);
      }
      throw new Error(`never came true: ${probe}`);
    },
  };
  try {
    await run(stage);
  } finally {
    await sessions.killServer();
    Deno.removeSync(folder, { recursive: true });
  }
}
