import { type OpenRun, runSpan } from "../molecules/engine/journal/run_log.ts";
import { type NestedRuns, type ReportStep, reportSteps, verdict } from "./report_steps.ts";
import { stepSpan } from "./run_view.ts";

/**
 * A run as a JUnit report; `tail` gives the last lines that a step printed.
 *
 * A run that did not succeed although no step of it failed is a failed case of its own: it was cancelled, or took too
 * long.
 */
export function junitText(
  open: OpenRun,
  { now, nested, tail }: { now: number; nested: NestedRuns; tail(step: ReportStep): readonly string[] },
): string {
  const { begun, run } = open;
  const steps = reportSteps(open, nested);
  const count = (what: string) => steps.filter((step) => verdict(step) === what).length;
  const failures = count("failed");
  const isRunAlone = run.status !== "succeeded" && failures === 0;
  const name = attribute(begun.definition.name);
  const caseOf = (step: string, options: { ms: number; inner?: string }) => {
    const open = `    <testcase classname="${name}" name="${attribute(step)}" time="${seconds(options.ms)}"`;
    return options.inner === undefined ? `${open}/>` : `${open}>\n      ${options.inner}\n    </testcase>`;
  };
  const cases = steps.map((step) => {
    const ms = stepSpan(step.record, now) ?? 0;
    const inner = innerOf(step, () => tail(step));
    return caseOf(step.name, { ms, ...(inner === undefined ? {} : { inner }) });
  });
  if (isRunAlone) {
    const inner = `<failure message="${attribute(run.reason?.text ?? run.status)}"></failure>`;
    cases.push(caseOf("(run)", { ms: 0, inner }));
  }
  const head = `tests="${cases.length}" failures="${failures + Number(isRunAlone)}" skipped="${
    count("skipped")
  }" time="${seconds(runSpan(open, now))}"`;
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
function innerOf(step: ReportStep, tail: () => readonly string[]): string | undefined {
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
