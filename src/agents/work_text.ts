import type { Bead } from "../ledger/ledger.ts";
import { printable } from "../lib/printable.ts";
import { originOf } from "../molecules/checklist.ts";
import type { Attempt, Failure } from "../work/attempt.ts";
import type { OnHook } from "./situation.ts";
import { cut, cutFront, indented } from "./text_block.ts";

/** The bead on a worker's hook, its steps, and what happened to it before. */
export function workLines(
  { bead, attempt, steps }: OnHook & { kind: "work" },
  options: { room: number; form: "full" | "short" },
): string[] {
  const { room, form } = options;
  const head = [
    `## On your hook: ${bead.id} "${printable(bead.title)}" (${stateWords(attempt)})`,
    `Attempt ${attempt.n}, branch ${attempt.branch}, to be merged into ${attempt.target}.`,
  ];
  const question = attempt.state === "waiting" && attempt.question
    ? ["Your question:", ...indented(cut(attempt.question, 4))]
    : [];
  if (form === "short") {
    return [...head, `All about it: bd show ${bead.id}`, ...question, ...stepLines(steps, 4)];
  }
  return [
    ...head,
    ...block("Description", bead.description, room),
    ...block("Accepted when", bead.acceptance_criteria, room),
    ...block("Design", bead.design, Math.min(room, 10)),
    ...block("Notes", bead.notes, Math.min(room, 10)),
    ...question,
    ...stepLines(steps, Math.min(room, 10)),
    ...lostLines(attempt),
    ...(attempt.failure ? ["", ...failureLines(attempt, { failure: attempt.failure, room })] : []),
  ];
}

function stateWords(attempt: Attempt): string {
  switch (attempt.state) {
    case "waiting":
      return "waiting for an answer";
    case "submitted":
    case "queued":
    case "merging":
      return "submitted";
    case "escalated":
      return "with a person";
    case "hooked":
      return "not started";
    default:
      return attempt.failure ? "to be reworked" : "to do";
  }
}

function block(title: string, text: string | undefined, room: number): string[] {
  const lines = cut(text ?? "", room);
  return lines.length === 0 ? [] : [`${title}:`, ...indented(lines)];
}

/** The current one of the open steps of a bead, and the names of those after it. */
export function stepLines(steps: readonly Bead[], room: number): string[] {
  const [current, ...later] = steps;
  if (!current) return [];
  return [
    `Current step: ${current.id} "${printable(current.title)}"`,
    ...indented(cut(current.description ?? "", room)),
    ...indented(cut(originOf(current)?.run?.command ?? "", 4).map((line) => `$ ${line}`)),
    ...indented(block("Finished when", current.acceptance_criteria, room)),
    ...later.slice(0, 6).map((step) => `Later: ${step.id} "${printable(step.title)}"`),
  ];
}

function lostLines(attempt: Attempt): string[] {
  if (attempt.restarts === 0) return [];
  const times = attempt.restarts === 1 ? "once" : `${attempt.restarts} times`;
  return [
    "",
    "## You are not the first session of this attempt",
    `A session of it ended unexpectedly, ${times}. What it did is still in this worktree: go on from there.`,
    `See what is there: git status; git log --oneline origin/${attempt.target}..HEAD`,
  ];
}

/** Why an attempt before this one failed. */
function failureLines(attempt: Attempt, options: { failure: Failure; room: number }): string[] {
  const { failure, room } = options;
  const failed = attempt.failed ?? attempt.past.at(-1)?.n ?? attempt.n - 1;
  const detail = failure.detail ?? "";
  return [
    `## Why attempt ${failed} failed: ${titleOf(failure)}`,
    ...cut(failure.summary, 3),
    ...(failure.files?.length
      ? [`In conflict: ${failure.files.slice(0, 20).map(printable).join(", ")}`]
      : []),
    ...indented(failure.kind === "conflict" ? cut(detail, room) : cutFront(detail, room)),
    "Its commits are on your branch already; keep what is right and repair the rest.",
  ];
}

function titleOf(failure: Failure): string {
  const titles: Readonly<Record<Failure["kind"], string>> = {
    checks: "the checks are red on the merged result",
    conflict: "it does not merge with what landed meanwhile",
    rejected: "the remote refused it",
    session: "its sessions kept ending",
    verify: "what was submitted is not what is on the remote",
    worker: "the worker gave up",
    preparation: "its worktree could not be made",
  };
  return titles[failure.kind];
}
