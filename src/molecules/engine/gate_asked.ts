import type { JsonObject } from "../../lib/json.ts";
import type { GateCondition } from "../definition.ts";
import { commandEnvironment } from "./command_environment.ts";
import type { Order, PerformDeps } from "./performance.ts";

/** What a question came to. */
export type Answer =
  | { kind: "open"; outputs?: JsonObject }
  | { kind: "shut" }
  | { kind: "failed"; text: string };

/** A gate that is asked again and again; times in ms. */
export interface Asked {
  ask(): Promise<Answer>;
  every: number;
  factor: number;
  maxEvery: number;
}

/** How long one question may take, in ms. */
const ASK_MS = 120_000;

/** The gate of a command, or of something on GitHub. */
export function askedGate(
  deps: PerformDeps,
  { order, condition }: { order: Order; condition: GateCondition & { type: "command" | "gh:run" | "gh:pr" } },
): Asked {
  const { language, folder } = deps;
  const { scope } = order;
  const env = commandEnvironment(deps, order);
  const call = async (argv: readonly string[]) => {
    try {
      return await deps.ports.processes.run(argv, {
        cwd: folder,
        env,
        timeoutMs: ASK_MS,
        endGroup: true,
        keep: 65_536,
      });
    } catch (error) {
      return { code: 127, stdout: "", stderr: (error as Error).message, timedOut: false };
    }
  };
  switch (condition.type) {
    case "command": {
      const { every, factor, maxEvery } = condition;
      const command = language.fill(condition.command, scope);
      const ask = async (): Promise<Answer> => {
        const { code, stdout } = await call(["sh", "-c", command]);
        return code === 0 ? { kind: "open", outputs: { stdout: stdout.trim() } } : { kind: "shut" };
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
      return { ask: async () => answerOfRun(await call(argv)), ...GITHUB };
    }
    case "gh:pr": {
      const pr = language.fill(condition.pr, scope).trim();
      const repo = condition.repo ? ["--repo", language.fill(condition.repo, scope).trim()] : [];
      const argv = ["gh", "pr", "view", pr, ...repo, "--json", "state,reviewDecision,url"];
      return { ask: async () => answerOfPull(await call(argv), condition.state), ...GITHUB };
    }
  }
}

/** How often GitHub is asked, in ms. */
const GITHUB = { every: 15_000, factor: 1.5, maxEvery: 120_000 };

interface Called {
  code: number | undefined;
  stdout: string;
  stderr: string;
}

function fieldsOf({ code, stdout, stderr }: Called): Record<string, string> | Answer {
  if (code === 127) return { kind: "failed", text: `the command "gh" cannot be run: ${stderr.trim()}` };
  // Anything else may pass: no network, a limit of calls.
  if (code !== 0) return { kind: "shut" };
  try {
    const found = JSON.parse(stdout) as unknown;
    return ((Array.isArray(found) ? found[0] : found) ?? {}) as Record<string, string>;
  } catch {
    return { kind: "shut" };
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
