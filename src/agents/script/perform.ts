import { shellWords } from "../../lib/shell.ts";
import { dirname, resolve } from "node:path";
import type { Bead } from "../../ledger/ledger.ts";
import type { Ports } from "../../ports/ports.ts";
import { keepBoth } from "./conflict.ts";
import type { Hooks } from "./hooks.ts";
import type { ScriptScreen } from "./screen.ts";
import type { Action, Performed } from "./script.ts";
import { closeSteps } from "./steps.ts";

/** What performing actions needs. */
export interface Stage {
  ports: Ports;
  hooks: Hooks;
  screen: ScriptScreen;
  /** The worktree. */
  cwd: string;
  /** Root of the town. */
  root: string;
  bead: string;
  target: string;
  /** Waits are divided by it. */
  speed: number;
  /** The steps of the bead: those that are open first, the next one at their head. */
  steps(): readonly Bead[];
  /** Called when it is to do no more of what its hooks say. */
  disobey(): void;
  /** Called before something that this process may not survive. */
  leave(): void;
}

const performed: Performed = { kind: "performed" };

/** How a command of the agent went. */
interface ToolRun {
  code: number | undefined;
  stdout: string;
  /** Why a hook did not let it run. */
  blocked?: string;
}

/** Does one action. Doing it again after a crash in the middle of it comes to the same. */
export async function perform(stage: Stage, action: Action): Promise<Performed> {
  const { screen } = stage;
  switch (action.kind) {
    case "edit":
      return edit(stage, action);
    case "conflict":
      return rewriteFirstLine(stage, action.path);
    case "run":
      return outcome(await runTool(stage, { command: action.command }), {
        otherwise: `"${action.command}" failed`,
        mayFail: action.mayFail,
      });
    case "commit":
      return outcome(
        await runTool(stage, {
          command: `git add -A && { git diff --cached --quiet || git commit -q -m ${
            quoted(action.message)
          }; }`,
        }),
        { otherwise: "the commit failed" },
      );
    case "wait":
      return await wait(stage, action);
    case "merge":
      return await merge(stage, action.take);
    case "step":
    case "steps":
      return await closeSteps(
        { steps: stage.steps, run: (command) => runTool(stage, { command }) },
        action.kind === "step" ? action.step : undefined,
      );
    case "done":
      return await submit(stage, "gt done");
    case "no-code":
      return await submit(stage, `gt done --no-code ${quoted(action.why)}`);
    case "ask":
      return await ask(stage, action.question);
    case "fail":
      screen.act(`gives up: ${action.reason}`);
      return { kind: "exits" };
    case "hang":
      screen.act("hangs: says and does nothing any more");
      stage.leave();
      return await new Promise<Performed>(() => {});
    case "crash":
      screen.act("crashes");
      stage.leave();
      stage.ports.processes.signal(stage.ports.processes.pid, "SIGKILL");
      return await new Promise<Performed>(() => {});
    case "ignore-hook":
      screen.act("ignores its hooks from here on");
      stage.disobey();
      return performed;
    case "type-half-a-line":
      screen.type(action.text);
      return performed;
  }
}

/** Asks a person, the way the agent's own briefing says; the turn ends with it. */
export async function ask(stage: Stage, question: string): Promise<Performed> {
  const run = await runTool(stage, { command: `gt ask ${quoted(question)}` });
  return run.code === 0
    ? { kind: "turn-ends" }
    : { kind: "failed", reason: "the question could not be asked" };
}

function outcome(run: ToolRun, options: { otherwise: string; mayFail?: boolean }): Performed {
  const { otherwise: reason, mayFail = false } = options;
  if (run.blocked !== undefined) return { kind: "failed", reason: `blocked: ${run.blocked}` };
  return run.code === 0 || mayFail
    ? performed
    : { kind: "failed", reason: `${reason} (exit code ${run.code})` };
}

/** Runs a command as an agent's shell tool does: a hook is asked first, and may say no. */
async function runTool(stage: Stage, options: { command: string; quiet?: boolean }): Promise<ToolRun> {
  const { command } = options;
  const { ports, hooks, screen, cwd } = stage;
  if (!options.quiet) screen.act(`$ ${command}`);
  const asked = await hooks.fire("PreToolUse", { tool_name: "Bash", tool_input: { command } });
  const blocked = asked.find(({ code }) => code === 2);
  if (blocked) {
    screen.detail(blocked.stderr);
    return { code: undefined, stdout: "", blocked: blocked.stderr.trim() };
  }
  const finished = await ports.processes.run(shellWords(command), { cwd, merge: true });
  if (!options.quiet) screen.detail(finished.stdout);
  return { code: finished.code, stdout: finished.stdout };
}

function edit({ ports, screen, cwd }: Stage, action: Action & { kind: "edit" }): Performed {
  const path = resolve(cwd, action.path);
  const before = ports.files.readText(path);
  const after = edited(before, action);
  if (after === undefined) {
    return { kind: "failed", reason: `"${action.path}" does not contain the text to replace` };
  }
  screen.act(`${before === undefined ? "writes" : "edits"} ${action.path}`);
  if (after !== before) {
    ports.files.makeFolder(dirname(path));
    ports.files.writeText(path, after);
  }
  return performed;
}

/** The text after an edit, which may have been made before; undefined where it does not apply. */
function edited(before: string | undefined, action: Action & { kind: "edit" }): string | undefined {
  if ("content" in action) return action.content;
  if ("append" in action) {
    const whole = before === undefined || before === "" || before.endsWith("\n")
      ? before ?? ""
      : `${before}\n`;
    return whole.endsWith(action.append) ? whole : whole + action.append;
  }
  if (before === undefined) return undefined;
  if (before.includes(action.from)) return before.replace(action.from, () => action.to);
  return before.includes(action.to) ? before : undefined;
}

function rewriteFirstLine({ ports, screen, cwd, bead }: Stage, path: string): Performed {
  const file = resolve(cwd, path);
  const [, ...rest] = (ports.files.readText(file) ?? "\n").split("\n");
  screen.act(`rewrites the first line of ${path}`);
  ports.files.writeText(file, [`changed by ${bead}`, ...rest].join("\n"));
  return performed;
}

async function wait(stage: Stage, action: Action & { kind: "wait" }): Promise<Performed> {
  const { ports, screen, root, speed } = stage;
  if ("ms" in action) {
    screen.act(`thinks for ${action.ms} ms`);
    await ports.clock.sleep(action.ms / speed);
    return performed;
  }
  screen.act(`waits for ${action.file}`);
  while (!ports.files.exists(resolve(root, action.file))) await ports.clock.sleep(50);
  return performed;
}

async function merge(stage: Stage, take: "both" | "ours" | "theirs"): Promise<Performed> {
  const { target } = stage;
  const under = await runTool(stage, { command: "git rev-parse --quiet --verify MERGE_HEAD", quiet: true });
  if (under.code !== 0) {
    const merged = await runTool(stage, {
      command: `git fetch -q origin ${quoted(target)} && git merge -q --no-edit ${
        quoted(`origin/${target}`)
      }`,
    });
    if (merged.code === 0) return performed;
  }
  const listed = await runTool(stage, { command: "git diff --name-only --diff-filter=U -z", quiet: true });
  const files = listed.stdout.split("\0").filter((file) => file !== "");
  if (files.length === 0 && under.code !== 0) {
    return { kind: "failed", reason: `${target} could not be merged` };
  }
  for (const file of files) await settle(stage, { file, take });
  return outcome(await runTool(stage, { command: "git add -A && git commit -q --no-edit" }), {
    otherwise: "the merge failed",
  });
}

async function settle(
  stage: Stage,
  conflict: { file: string; take: "both" | "ours" | "theirs" },
): Promise<void> {
  const { file, take } = conflict;
  const { ports, screen, cwd } = stage;
  if (take !== "both") {
    await runTool(stage, { command: `git checkout --${take} -- ${quoted(file)}` });
    return;
  }
  screen.act(`keeps both sides of ${file}`);
  const path = resolve(cwd, file);
  const text = ports.files.readText(path);
  if (text !== undefined) ports.files.writeText(path, keepBoth(text));
}

/** How often a submission that did not work is tried again. */
const submissions = 4;

async function submit(stage: Stage, command: string): Promise<Performed> {
  for (let left = submissions;; left--) {
    const run = await runTool(stage, { command });
    if (run.code === 0) return { kind: "turn-ends" };
    if (left <= 1 || run.blocked !== undefined) {
      return outcome(run, { otherwise: "the work could not be submitted" });
    }
    await stage.ports.clock.sleep(500);
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
