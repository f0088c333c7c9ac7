import type { GateCondition } from "../../definition.ts";
import type { Order, PerformDeps } from "../steps/performance.ts";
import { type Answer, type Called, type Caller, lastLine } from "./gate_call.ts";

/** What gh is asked about something on GitHub, and what its answer means. */
export function githubQuestion(
  { language }: Pick<PerformDeps, "language">,
  { order: { scope }, condition, call }: {
    order: Pick<Order, "scope">;
    condition: GateCondition & { type: "gh:run" | "gh:pr" };
    call: Caller;
  },
): (signal: AbortSignal) => Promise<Answer> {
  const repo = condition.repo ? ["--repo", language.fill(condition.repo, scope).trim()] : [];
  if (condition.type === "gh:run") {
    const run = language.fill(condition.run, scope).trim();
    const words = /^\d+$/.test(run) ? ["view", run] : ["list", "--workflow", run, "--limit", "1"];
    const argv = ["gh", "run", ...words, ...repo, "--json", RUN_FIELDS.join(",")];
    return async (signal) => answerOfRun(await call(argv, signal), run);
  }
  const pr = language.fill(condition.pr, scope).trim();
  const argv = ["gh", "pr", "view", pr, ...repo, "--json", PULL_FIELDS.join(",")];
  return async (signal) => answerOfPull(await call(argv, signal), condition.state);
}

const RUN_FIELDS = ["status", "conclusion", "url"] as const;
const PULL_FIELDS = ["state", "reviewDecision", "url"] as const;

function answerOfRun(called: Called, run: string): Answer {
  const found = printedBy(called);
  if ("answer" in found) return found.answer;
  const { value } = found;
  if (Array.isArray(value) && value.length === 0) return { kind: "shut", why: `there is no run of ${run}` };
  const fields = textFields(Array.isArray(value) ? value[0] : value, RUN_FIELDS);
  if (!fields) return unreadable(RUN_FIELDS);
  const { status, conclusion, url } = fields;
  if (status !== "completed") return { kind: "shut" };
  if (conclusion === "success") return { kind: "open", outputs: { conclusion, url } };
  return { kind: "failed", text: `the run ended with ${conclusion}${at(url)}` };
}

function answerOfPull(called: Called, wanted: "merged" | "closed" | "approved"): Answer {
  const found = printedBy(called);
  if ("answer" in found) return found.answer;
  const fields = textFields(found.value, PULL_FIELDS);
  if (!fields) return unreadable(PULL_FIELDS);
  const { state, reviewDecision, url } = fields;
  const isDone = wanted === "merged"
    ? state === "MERGED"
    : wanted === "closed"
    ? state === "CLOSED" || state === "MERGED"
    // What was closed in spite of that is not to be gone on with.
    : reviewDecision === "APPROVED" && state !== "CLOSED";
  if (isDone) return { kind: "open", outputs: { state: state.toLowerCase(), url } };
  if (state === "CLOSED" || state === "MERGED") {
    return { kind: "failed", text: `the pull request is ${state.toLowerCase()}${at(url)}` };
  }
  return { kind: "shut" };
}

function at(url: string): string {
  return url === "" ? "" : `: ${url}`;
}

/** What gh has printed, or what follows from there being nothing. */
function printedBy(
  { code, stdout, stderr, trouble, isMissing }: Called,
): { value: unknown } | { answer: Answer } {
  if (isMissing) {
    const text = 'there is no command "gh" here, the GitHub CLI, which this gate asks';
    return { answer: { kind: "failed", text } };
  }
  // It wants somebody to log in.
  if (code === 4) return { answer: { kind: "failed", text: `gh may not look${lastLine(stderr)}` } };
  // Anything else may pass: no network, a limit of calls, a pull request that is not there yet.
  if (code !== 0) {
    const why = trouble ? `gh ${trouble}` : `gh ended with ${code ?? "a signal"}${lastLine(stderr)}`;
    return { answer: { kind: "shut", why } };
  }
  try {
    return { value: JSON.parse(stdout) };
  } catch {
    return { answer: { kind: "shut", why: "gh has printed something else than JSON" } };
  }
}

/** These fields of an object, if they are texts. */
function textFields<Name extends string>(
  value: unknown,
  names: readonly Name[],
): Readonly<Record<Name, string>> | undefined {
  if (value === null || typeof value !== "object") return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  return names.every((name) => Object.hasOwn(fields, name) && typeof fields[name] === "string")
    ? fields as Record<Name, string>
    : undefined;
}

function unreadable(names: readonly string[]): Answer {
  return {
    kind: "shut",
    why: `gh has printed something else than ${names.slice(0, -1).join(", ")} and ${names.at(-1)}`,
  };
}
