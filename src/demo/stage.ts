import { join } from "node:path";
import { commitAll } from "../git/checkout.ts";
import { createGit } from "../git/git.ts";
import { CommandError } from "../lib/errors.ts";
import type { Ports } from "../ports/ports.ts";
import type { Finished } from "../ports/process.ts";
import { type SampleBead, sampleCheck, sampleFiles } from "./sample.ts";

/** The folders of a demonstration. */
export interface Stage {
  /** The temporary folder that holds all of it. */
  root: string;
  /** The bare repository that work lands in. */
  remote: string;
  town: string;
}

/** Runs commands of this program as a person would. */
export interface Caller {
  /** Runs `gt …` or `bd …`. @throws {CommandError} with what it said when it is refused. */
  call(words: readonly string[], options?: { quiet?: boolean }): Promise<Finished>;
}

/** Makes the caller; `print` gets each command before it runs. */
export function createCaller(ports: Ports, options: { cwd: string; print: (line: string) => void }): Caller {
  const env = demoEnvironment(ports);
  return {
    async call([program, ...words], { quiet } = {}) {
      if (!quiet) options.print(`$ ${program} ${words.map(quoted).join(" ")}`);
      const self = program === "bd" ? [...ports.processes.self, "--as", "bd"] : ports.processes.self;
      const finished = await ports.processes.run([...self, ...words], { cwd: options.cwd, env });
      if (finished.code === 0) return finished;
      const ended = `${program} ${words.join(" ")} ended with ${finished.code}`;
      const [first = "", ...hints] = finished.stderr.trim().split("\n");
      if (finished.code !== 1) throw new Error(`${ended}: ${finished.stderr.trim()}`);
      throw new CommandError("refused", `Cannot run the demonstration: ${first.replace(/^error: /, "")}`, {
        code: "demo_refused",
        hints: [...hints.map((hint) => hint.replace(/^hint: /, "")), ended],
      });
    },
  };
}

/** The caller's environment without anything that would lead out of the demonstration. */
export function demoEnvironment(ports: Ports): Record<string, string> {
  const leading =
    /^(GT_(TOWN|ROLE|RIG|WORKER|BEAD|ATTEMPT|SESSION|ACTOR)|BD_ACTOR|BEADS_DIR|BD_JSON|TMUX|TMUX_PANE)$/;
  return Object.fromEntries(Object.entries(ports.env.all()).filter(([name]) => !leading.test(name)));
}

/** Makes the sample repository with its bare remote. */
export async function makeRemote(ports: Ports, stage: Stage): Promise<void> {
  const git = createGit(ports);
  const source = join(stage.root, "source");
  ports.files.makeFolder(source);
  await must(git.run(source, ["init", "--quiet", "--initial-branch=main", "--template=", "."]));
  for (const [path, text] of Object.entries(sampleFiles)) ports.files.writeText(join(source, path), text);
  const committed = await commitAll(git, { worktree: source, message: "A sample site" });
  if (committed.kind === "failed") throw new Error(committed.reason);
  await must(git.run(stage.root, ["clone", "--quiet", "--bare", "--template=", source, stage.remote]));
  ports.files.remove(source);
}

/** Makes the town with its rig, beads, scripts and convoy, by the program's own commands. */
export async function makeTown(
  ports: Ports,
  options: { stage: Stage; beads: readonly SampleBead[]; workers: number; print: (line: string) => void },
): Promise<void> {
  const { stage, beads, workers, print } = options;
  const outside = createCaller(ports, { cwd: stage.root, print });
  await outside.call(["gt", "install", "town", "--name", "demo"]);
  const inside = createCaller(ports, { cwd: stage.town, print });
  await inside.call(["gt", "config", "set", "agent", "script"], { quiet: true });
  await inside.call(["gt", "config", "set", "coordinator.agent", "shell"], { quiet: true });
  await inside.call(["gt", "config", "set", "limits.workers", String(workers)], { quiet: true });
  await inside.call(["gt", "rig", "add", "site", stage.remote, "--prefix", "site", "--check", sampleCheck]);
  for (const bead of beads) {
    ports.files.writeText(join(stage.town, "scripts", `${bead.id}.yaml`), bead.script + "\n");
    await inside.call(["bd", "create", bead.title, "--id", bead.id, ...needs(bead)]);
  }
  await inside.call(["gt", "convoy", "create", "Site pages", ...beads.map(({ id }) => id)]);
}

function needs(bead: SampleBead): string[] {
  return bead.needs ? ["--deps", bead.needs.map((id) => `blocks:${id}`).join(",")] : [];
}

async function must(running: Promise<Finished>): Promise<void> {
  const finished = await running;
  if (finished.code !== 0) throw new Error(finished.stderr.trim());
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
