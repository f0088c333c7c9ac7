import type { OpenRun } from "../molecules/engine/journal/run_log.ts";
import { recordAt } from "../molecules/machine/step_list.ts";
import { runName } from "../molecules/engine/journal/step_at.ts";
import type { StepRecord } from "../molecules/machine/run.ts";
import { spanText, stepSpan } from "./run_view.ts";

/** Every step of a run and every element of its fan-outs, in order. */
function stepsIn({ rules, run }: OpenRun): CiStep[] {
  return rules.steps.flatMap(({ index, id, definition: { allowFailure } }) => {
    const record = recordAt(run.steps, index);
    const { first, count = 0 } = record;
    if (first === undefined) return [{ id, record, allowFailure }];
    return Array.from(
      { length: count },
      (_, at) => ({ id: `${id}[${at}]`, record: recordAt(run.steps, first + at), allowFailure }),
    );
  });
}

interface CiStep {
  id: string;
  record: StepRecord;
  allowFailure: boolean;
}

/** What a report says of a step; a failure that is allowed must not turn it red. */
function verdict({ record: { status }, allowFailure }: CiStep): "passed" | "failed" | "skipped" {
  if (status === "succeeded") return "passed";
  return status === "failed" && !allowFailure ? "failed" : "skipped";
}

/** A message of GitHub's workflow commands: `::error file=…,line=…,title=…::…`. */
export function annotation(
  kind: "error" | "warning" | "notice",
  { title, text, file, line }: { title: string; text: string; file?: string; line?: number },
): string {
  const escape = (text: string) =>
    text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const properties = Object.entries({ file, line, title })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escape(String(value)).replaceAll(":", "%3A").replaceAll(",", "%2C")}`);
  return `::${kind} ${properties.join(",")}::${escape(text)}`;
}

/** A run as Markdown, for the summary of a job. */
export function summaryText(open: OpenRun, now: number): string {
  const { begun, run, key } = open;
  const rows = stepsIn(open).map(({ id, record }) => {
    const span = stepSpan(record, now);
    const cells = [id, record.status, span === undefined ? "" : spanText(span), remark(record)];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  });
  return [
    `### ${begun.definition.name}: ${run.status}`,
    "",
    `Run ${runName(key)}, ${spanText(run.since - run.startedAt)}${run.reason ? `: ${run.reason.text}` : ""}`,
    "",
    "| Step | Status | Time | |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

function remark({ reason, cached, status }: StepRecord): string {
  return reason?.text ?? (cached === undefined || status !== "succeeded" ? "" : `cached, from ${cached}`);
}

/**
 * A run as a JUnit report; `tail` gives the last lines that a step printed.
 *
 * A run that did not succeed although no step of it failed is a failed case of its own: it was cancelled, or took too
 * long.
 */
export function junitText(
  open: OpenRun,
  { now, tail }: { now: number; tail(step: { id: string; record: StepRecord }): readonly string[] },
): string {
  const { begun, run } = open;
  const steps = stepsIn(open);
  const count = (what: string) => steps.filter((step) => verdict(step) === what).length;
  const failures = count("failed");
  const isRunAlone = run.status !== "succeeded" && failures === 0;
  const name = attribute(begun.definition.name);
  const caseOf = (id: string, options: { ms: number; inner?: string }) => {
    const open = `    <testcase classname="${name}" name="${attribute(id)}" time="${seconds(options.ms)}"`;
    return options.inner === undefined ? `${open}/>` : `${open}>\n      ${options.inner}\n    </testcase>`;
  };
  const cases = steps.map((step) => {
    const ms = stepSpan(step.record, now) ?? 0;
    const inner = innerOf(step, () => tail(step));
    return caseOf(step.id, { ms, ...(inner === undefined ? {} : { inner }) });
  });
  if (isRunAlone) {
    const inner = `<failure message="${attribute(run.reason?.text ?? run.status)}"></failure>`;
    cases.push(caseOf("(run)", { ms: 0, inner }));
  }
  const head = `tests="${cases.length}" failures="${failures + Number(isRunAlone)}" skipped="${
    count("skipped")
  }" time="${seconds(run.since - run.startedAt)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${head}>`,
    `  <testsuite name="${name}" ${head}>`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function seconds(ms: number): string {
  return (Math.max(0, ms) / 1_000).toFixed(3);
}

/** What stands within the case of a step; nothing for one that succeeded. */
function innerOf(step: CiStep, tail: () => readonly string[]): string | undefined {
  const { status, reason } = step.record;
  const text = reason?.text ?? status;
  switch (verdict(step)) {
    case "passed":
      return undefined;
    case "failed":
      return `<failure message="${attribute(text)}">${content(tail().join("\n"))}</failure>`;
    case "skipped":
      return `<skipped message="${
        attribute(status === "failed" ? `failed, which is allowed: ${text}` : text)
      }"/>`;
  }
}

/** Text in XML; characters that XML cannot hold are left out. */
function content(text: string): string {
  // deno-lint-ignore no-control-regex
  const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
  return clean.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function attribute(text: string): string {
  return content(text).replaceAll('"', "&quot;").replaceAll("\n", " ");
}
