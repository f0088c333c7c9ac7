import { join } from "node:path";
import { formatDuration } from "../../../lib/duration.ts";
import type { JsonObject } from "../../../lib/json.ts";
import { printableText } from "../../../lib/printable.ts";
import { commandEnvironment, missingSecret } from "../commands/command_environment.ts";
import { endGroup } from "../commands/end_group.ts";
import { createMasker } from "../commands/mask.ts";
import type { Order, PerformDeps } from "../steps/performance.ts";

/** What a question came to. */
export type Answer =
  | { kind: "open"; outputs?: JsonObject }
  /** `why` tells of a trouble that may pass. */
  | { kind: "shut"; why?: string }
  | { kind: "failed"; text: string };

/** How what was asked has ended. */
export interface Called {
  /** Absent where a signal ended it. */
  code?: number;
  stdout: string;
  stderr: string;
  /** Why there is no answer, if it is not what was asked that says so. */
  trouble?: string;
  /** There is no such program. */
  isMissing?: boolean;
}

/** Runs something in the place and with the environment of a step's command; resolves once it has ended with all it started. */
export type Caller = (argv: readonly string[], signal: AbortSignal) => Promise<Called>;

/** How much of each stream is kept, in characters: the end of it. */
const MOST_KEPT = 65_536;

/** How long one question may take, in ms. */
const ASK_MS = 120_000;

/** Makes the way in which the gate of an order asks. @throws {Error} for a secret that is not there. */
export function createCaller(deps: PerformDeps, order: Order): Caller {
  const { ports: { processes, files, env: environment }, folder } = deps;
  const missing = missingSecret(environment, order.step.definition.secrets);
  if (missing !== undefined) throw new Error(`there is no ${missing} in the environment`);
  const env = commandEnvironment(deps, order);
  // What one step was given, another may print.
  const values = [...deps.secrets].flatMap((name) => environment.get(name) ?? []);
  return async (argv, signal) => {
    const ending = createEnding(deps, signal);
    try {
      const finished = await Promise.race([
        processes.run(argv, {
          cwd: folder,
          env,
          timeoutMs: ASK_MS,
          endGroup: true,
          keep: MOST_KEPT,
          through: () => createMasker(values),
          onStart: ending.begun,
        }),
        // Whoever holds its streams open without being a part of it is not waited for.
        ending.ended,
      ]);
      await ending.rest();
      if (!finished) return { stdout: "", stderr: "" };
      const { code, stdout, stderr, timedOut } = finished;
      const trouble = timedOut ? { trouble: `took longer than ${formatDuration(ASK_MS)}` } : {};
      return { ...code === undefined ? {} : { code }, stdout, stderr, ...trouble };
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      // The system says the same of a program and of the folder that it is to begin in.
      const isGone = files.stat(join(folder, ".")) === undefined;
      return {
        stdout: "",
        stderr: "",
        trouble: `cannot be started: ${isGone ? `there is no folder ${folder}` : message}`,
        isMissing: code === "ENOENT" && !isGone,
      };
    } finally {
      ending.forget();
    }
  };
}

/** Ends what has begun, with all that it started, when a signal aborts. */
function createEnding({ ports }: PerformDeps, signal: AbortSignal) {
  let pid: number | undefined;
  let rest: Promise<void> | undefined;
  let done = (_: undefined) => {};
  const ended = new Promise<undefined>((resolve) => done = resolve);
  const end = () => {
    if (pid === undefined) return;
    rest = endGroup(ports, pid);
    rest.then(() => done(undefined));
  };
  signal.addEventListener("abort", end);
  return {
    begun(its: number) {
      pid = its;
      if (signal.aborted) end();
    },
    ended,
    rest: () => rest,
    forget: () => signal.removeEventListener("abort", end),
  };
}

/** The last line of what was printed, behind a colon; nothing where there is none. */
export function lastLine(text: string): string {
  const line = printableText(text.trim().split("\n").at(-1) ?? "");
  return line === "" ? "" : `: ${line.slice(0, 200)}`;
}
