import type { JsonObject } from "../../../lib/json.ts";
import type { GateCondition } from "../../definition.ts";
import { printableText } from "../../../lib/printable.ts";
import { commandEnvironment, missingSecret, refuseNul } from "../commands/command_environment.ts";
import { createMasker } from "../commands/mask.ts";
import type { Order, PerformDeps } from "../steps/performance.ts";

/** What a question came to. */
export type Answer =
  | { kind: "open"; outputs?: JsonObject }
  /** `why` tells of a trouble that may pass. */
  | { kind: "shut"; why?: string }
  | { kind: "failed"; text: string };

/** A gate that is asked again and again; times in ms. */
export interface Asked {
  /** What is asked ends when the signal aborts. */
  ask(signal: AbortSignal): Promise<Answer>;
  every: number;
  factor: number;
  maxEvery: number;
}

/** How much of each stream is kept, in characters: the end of it. */
const MOST_KEPT = 65_536;

/** How long one question may take, in ms. */
const ASK_MS = 120_000;

/** The gate of a command, or of something on GitHub. */
export function askedGate(
  deps: PerformDeps,
  { order, condition }: { order: Order; condition: GateCondition & { type: "command" | "gh:run" | "gh:pr" } },
): Asked {
  const { language } = deps;
  const { scope } = order;
  const call = caller(deps, order);
  switch (condition.type) {
    case "command": {
      const { every, factor, maxEvery } = condition;
      const command = language.fill(condition.command, scope);
      refuseNul(command, { what: "its command", of: condition.command });
      const ask = async (signal: AbortSignal): Promise<Answer> => {
        const { code, stdout, stderr } = await call(["sh", "-c", command], signal);
        if (code === 0) return { kind: "open", outputs: { stdout: stdout.trim() } };
        return { kind: "shut", why: `it ended with ${code ?? "a signal"}${lastLine(stderr)}` };
      };
      return { ask, every, factor, maxEvery };
    }
    case "gh:run": {
      const run = language.fill(condition.run, scope).trim();
      const repo = condition.repo ? ["--repo", language.fill(condition.repo, scope).trim()] : [];
      const fields = "status,conclusion,url";
      const argv = /^\d+$/.test(run)
        ? ["gh", "run", "view", run, ...repo, "--json", fields]
        : ["gh", "run", "list", "--workflow", run, "--limit", "1", ...repo, "--json", fields];
      return { ask: async (signal) => answerOfRun(await call(argv, signal)), ...often(condition.every) };
    }
    case "gh:pr": {
      const pr = language.fill(condition.pr, scope).trim();
      const repo = condition.repo ? ["--repo", language.fill(condition.repo, scope).trim()] : [];
      const argv = ["gh", "pr", "view", pr, ...repo, "--json", "state,reviewDecision,url"];
      return {
        ask: async (signal) => answerOfPull(await call(argv, signal), condition.state),
        ...often(condition.every),
      };
    }
  }
}

/** GitHub is asked less and less often, eight times as rarely in the end. */
function often(every: number): Omit<Asked, "ask"> {
  return { every, factor: 1.5, maxEvery: every * 8 };
}

/** How long what is asked has to end once nobody wants to know any more, in ms. */
const GRACE_MS = 2_000;

type Call = (argv: readonly string[], signal: AbortSignal) => Promise<Called>;

/** Runs something in the place and with the environment of a step's command. */
function caller(deps: PerformDeps, order: Order): Call {
  const { ports: { processes, clock, env: environment }, folder } = deps;
  const { secrets } = order.step.definition;
  const missing = missingSecret(environment, secrets);
  if (missing !== undefined) throw new Error(`there is no ${missing} in the environment`);
  const env = commandEnvironment(deps, order);
  // What one step was given, another may print.
  const values = [...deps.secrets].flatMap((name) => environment.get(name) ?? []);
  return async (argv, signal) => {
    let stop = () => {};
    try {
      const { code, stdout, stderr } = await processes.run(argv, {
        cwd: folder,
        env,
        timeoutMs: ASK_MS,
        endGroup: true,
        keep: MOST_KEPT,
        through: () => createMasker(values),
        onStart(pid) {
          stop = () => {
            processes.signal(-pid, "SIGTERM");
            clock.sleep(GRACE_MS).then(() => processes.signal(-pid, "SIGKILL"));
          };
          if (signal.aborted) stop();
          else signal.addEventListener("abort", stop);
        },
      });
      return { code, stdout, stderr };
    } catch (error) {
      return { code: 127, stdout: "", stderr: (error as Error).message };
    } finally {
      signal.removeEventListener("abort", stop);
    }
  };
}

function lastLine(text: string): string {
  const line = printableText(text.trim().split("\n").at(-1) ?? "");
  return line === "" ? "" : `: ${line.slice(0, 200)}`;
}

interface Called {
  code: number | undefined;
  stdout: string;
  stderr: string;
}

function fieldsOf({ code, stdout, stderr }: Called): Record<string, string> | Answer {
  if (code === 127) {
    return { kind: "failed", text: 'there is no command "gh" here, the GitHub CLI, which this gate asks' };
  }
  // It wants somebody to log in.
  if (code === 4) return { kind: "failed", text: `gh may not look${lastLine(stderr)}` };
  // Anything else may pass: no network, a limit of calls, a pull request that is not there yet.
  if (code !== 0) return { kind: "shut", why: `gh ended with ${code ?? "a signal"}${lastLine(stderr)}` };
  try {
    const found = JSON.parse(stdout) as unknown;
    return ((Array.isArray(found) ? found[0] : found) ?? {}) as Record<string, string>;
  } catch {
    return { kind: "shut", why: "gh has printed something else than JSON" };
  }
}

function answerOfRun(called: Called): Answer {
  const fields = fieldsOf(called);
  if ("kind" in fields) return fields as Answer;
  const { status, conclusion = "", url = "" } = fields;
  if (status !== "completed") return { kind: "shut" };
  if (conclusion === "success") return { kind: "open", outputs: { conclusion, url } };
  return { kind: "failed", text: `the run ended with ${conclusion}: ${url}` };
}

function answerOfPull(called: Called, wanted: "merged" | "closed" | "approved"): Answer {
  const fields = fieldsOf(called);
  if ("kind" in fields) return fields as Answer;
  const { state = "", reviewDecision = "", url = "" } = fields;
  const isDone = wanted === "merged"
    ? state === "MERGED"
    : wanted === "closed"
    ? state === "CLOSED" || state === "MERGED"
    : reviewDecision === "APPROVED";
  if (isDone) return { kind: "open", outputs: { state: state.toLowerCase(), url } };
  if (state === "CLOSED" || state === "MERGED") {
    return { kind: "failed", text: `the pull request is ${state.toLowerCase()}: ${url}` };
  }
  return { kind: "shut" };
}
