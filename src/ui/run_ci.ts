import type { OpenRun } from "../molecules/engine/run_log.ts";
import { recordAt } from "../molecules/engine/step_list.ts";
import { runName } from "../molecules/engine/step_at.ts";
import type { StepRecord } from "../molecules/engine/run.ts";
import { spanText, stepSpan } from "./run_view.ts";

/** Every step of a run and every element of its fan-outs, in order. */
function stepsIn({ rules, run }: OpenRun): { id: string; record: StepRecord }[] {
  return rules.steps.flatMap(({ index, id }) => {
    const record = recordAt(run.steps, index);
    const { first, count = 0 } = record;
    if (first === undefined) return [{ id, record }];
    return Array.from(
      { length: count },
      (_, at) => ({ id: `${id}[${at}]`, record: recordAt(run.steps, first + at) }),
    );
  });
}

/** A message of GitHub's workflow commands: `::error title=…::…`. */
export function annotation(
  kind: "error" | "warning" | "notice",
  options: { title: string; text: string },
): string {
  const escape = (text: string) =>
    text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const title = escape(options.title).replaceAll(":", "%3A").replaceAll(",", "%2C");
  return `::${kind} title=${title}::${escape(options.text)}`;
}

/** A run as Markdown, for the summary of a job. */
export function summaryText(open: OpenRun, now: number): string {
  const { begun, run, key } = open;
  const rows = stepsIn(open).map(({ id, record }) => {
    const span = stepSpan(record, now);
    const cells = [id, record.status, span === undefined ? "" : spanText(span), record.reason?.text ?? ""];
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

/** A run as a JUnit report; `tail` gives the last lines that a step printed. */
export function junitText(
  open: OpenRun,
  { now, tail }: { now: number; tail(step: { id: string; record: StepRecord }): readonly string[] },
): string {
  const { begun, run } = open;
  const steps = stepsIn(open);
  const count = (status: StepRecord["status"]) =>
    steps.filter(({ record }) => record.status === status).length;
  const skipped = count("skipped") + count("cancelled");
  const seconds = (ms: number) => (Math.max(0, ms) / 1_000).toFixed(3);
  const total = seconds(run.since - run.startedAt);
  const head = `tests="${steps.length}" failures="${count("failed")}" skipped="${skipped}" time="${total}"`;
  const name = attribute(begun.definition.name);
  const cases = steps.map(({ id, record }) => {
    const { status, reason } = record;
    const open = `    <testcase classname="${name}" name="${attribute(id)}" time="${
      seconds(stepSpan(record, now) ?? 0)
    }"`;
    if (status === "succeeded") return `${open}/>`;
    const message = attribute(reason?.text ?? status);
    const inner = status === "failed"
      ? `<failure message="${message}">${content(tail({ id, record }).join("\n"))}</failure>`
      : `<skipped message="${message}"/>`;
    return `${open}>\n      ${inner}\n    </testcase>`;
  });
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

/** Text in XML; characters that XML cannot hold are left out. */
function content(text: string): string {
  // deno-lint-ignore no-control-regex
  const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
  return clean.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function attribute(text: string): string {
  return content(text).replaceAll('"', "&quot;").replaceAll("\n", " ");
}
