import type { Bead, View } from "../../ledger/ledger.ts";
import { formatDuration } from "../../lib/duration.ts";
import type { Json, JsonObject } from "../../lib/json.ts";
import { present } from "../../lib/present.ts";
import { parseInstant } from "../../ports/time.ts";
import { originOf } from "../checklist.ts";
import { type OpenRun, runSpan } from "../engine/journal/run_log.ts";
import { recordAt } from "../machine/step_list.ts";
import { stepId } from "../machine/step_number.ts";

/** What a digest keeps of one step. */
export interface DigestStep {
  id: string;
  title?: string;
  status: string;
  /** How often it was begun. */
  attempts: number;
  /** In ms since the epoch. */
  began?: number;
  ended?: number;
  /** Who did it last. */
  by?: string;
  /** Why it ended so, where there is more to say than that it is done. */
  reason?: string;
  outputs?: JsonObject;
  /** Id of the bead that stood for it. */
  bead?: string;
}

/** What a digest keeps of a molecule: its bead's `metadata.digest`. */
export interface Digest {
  molecule?: string;
  version?: number;
  hash?: string;
  status: string;
  /** In ms since the epoch; of a run that was tried again, when it was so last. */
  began?: number;
  ended?: number;
  /** How long a run was under way, all tries together, in ms. */
  took?: number;
  steps: readonly DigestStep[];
}

/** The digest of steps that were done one by one. */
export function digestOfSteps(view: View, steps: readonly Bead[]): Digest {
  const made = steps.map((step) => digestOfStep(view, step));
  const origin = steps.map(originOf).find((each) => each !== undefined);
  return {
    ...present({ molecule: origin?.molecule, version: origin?.version, hash: origin?.hash }),
    ...spanOf(made),
  };
}

function digestOfStep(view: View, step: Bead): DigestStep {
  const changes = view.history(step.key).map(({ a, t, f }) => ({
    by: a,
    at: t[0],
    set: f.set as JsonObject | undefined,
  }));
  const begun = changes.filter(({ set }) => set?.status === "in_progress").map(({ at }) => at);
  const closing = changes.findLast(({ set }) => set?.status === "closed");
  const { outputs } = step.metadata;
  return {
    id: originOf(step)?.id ?? step.id,
    title: step.title,
    status: /^skipped\b/.test(step.close_reason ?? "") ? "skipped" : "succeeded",
    attempts: Math.max(1, begun.length),
    ...present({
      began: begun[0],
      ended: step.closed_at === undefined ? undefined : parseInstant(step.closed_at),
      by: step.assignee ?? closing?.by,
      reason: step.close_reason === "Closed" ? undefined : step.close_reason,
      outputs: isMap(outputs) && Object.keys(outputs).length > 0 ? outputs : undefined,
    }),
    bead: step.id,
  };
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The digest of a run that has ended. */
export function digestOfRun(open: OpenRun): Digest {
  const { rules, run } = open;
  const steps = Array.from({ length: run.steps.length }, (_, index): DigestStep => {
    const { status, attempt, startedAt, since, reason, outputs, bead } = recordAt(run.steps, index);
    const isOver = startedAt !== undefined;
    return {
      id: stepId(rules, { run, index }),
      status,
      attempts: attempt,
      ...present({
        began: startedAt,
        ended: isOver ? since : undefined,
        reason: status === "succeeded" ? undefined : reason?.text,
        outputs: outputs && Object.keys(outputs).length > 0 ? outputs : undefined,
        bead,
      }),
    };
  });
  const { name: molecule, version, hash } = rules.definition;
  const { status, since: ended } = run;
  return { molecule, version, hash, status, began: open.began, ended, took: runSpan(open, ended), steps };
}

function spanOf(steps: readonly DigestStep[]): Pick<Digest, "status" | "began" | "ended" | "steps"> {
  const times = (pick: (step: DigestStep) => number | undefined) => steps.flatMap((step) => pick(step) ?? []);
  const [began, ended] = [times(({ began }) => began), times(({ ended }) => ended)];
  return {
    status: "succeeded",
    ...present({
      began: began.length > 0 ? Math.min(...began) : undefined,
      ended: ended.length > 0 ? Math.max(...ended) : undefined,
    }),
    steps,
  };
}

const LONGEST_OUTPUT = 200;

/** A digest for people: what came of it, and a line for each step. */
export function digestText(digest: Digest, summary: string | undefined): string {
  const { molecule, version, status, steps } = digest;
  const name = molecule === undefined ? "" : `${molecule}${version === undefined ? "" : ` ${version}`}: `;
  const head = `${name}${status}${tookText(digest)}, ${steps.length} ${
    steps.length === 1 ? "step" : "steps"
  }`;
  return [...(summary ? [summary.trim(), ""] : []), head, "", ...steps.map(stepLine)].join("\n");
}

function stepLine({ id, title, status, attempts, reason, outputs, by, ...span }: DigestStep): string {
  const parts = [
    `${status}${tookText(span)}`,
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(by === undefined ? [] : [by]),
    ...(reason === undefined ? [] : [oneLine(reason)]),
    ...Object.entries(outputs ?? {}).map(([name, value]) =>
      `${name}=${oneLine(typeof value === "string" ? value : JSON.stringify(value))}`
    ),
  ];
  return `- ${id}${title === undefined || title === id ? "" : ` (${title})`}: ${parts.join("; ")}`;
}

function tookText({ began, ended, took }: { began?: number; ended?: number; took?: number }): string {
  const span = took ?? (began === undefined || ended === undefined ? undefined : ended - began);
  if (span === undefined) return "";
  const ms = Math.max(0, span);
  return ` in ${formatDuration(ms < 1_000 ? ms : Math.round(ms / 1_000) * 1_000)}`;
}

function oneLine(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > LONGEST_OUTPUT ? `${line.slice(0, LONGEST_OUTPUT)}…` : line;
}
