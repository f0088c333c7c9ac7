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
  const cases = steps.map((step) => {
    const ms = stepSpan(step.record, { open: step.open, now }) ?? 0;
    const inner = innerOf(step, () => tail(step));
    return caseOf({ suite: name, name: step.name, ms, ...(inner === undefined ? {} : { inner }) });
  });
  if (isRunAlone) cases.push(runCase(name, { message: run.reason?.text ?? run.status, lines: [] }));
  return suiteOf({
    name,
    cases,
    failures: failures + Number(isRunAlone),
    skipped: count("skipped"),
    ms: runSpan(open, now),
  });
}

/** The report of a run that has come to no end, or could not begin: a case for the run as a whole, which has failed. */
export function endlessText(
  { name: molecule, message, hints }: { name: string; message: string; hints: readonly string[] },
): string {
  const name = attribute(molecule);
  return suiteOf({ name, cases: [runCase(name, { message, lines: hints })], failures: 1, skipped: 0, ms: 0 });
}

/** What is no step's: it happened to the run as a whole. */
function runCase(
  suite: string,
  { message, lines }: { message: string; lines: readonly string[] },
): string {
  return caseOf({ suite, name: "(run)", ms: 0, inner: failure(message, lines) });
}

/** `suite` is the text of an attribute, as it is to be written. */
function caseOf(
  { suite, name, ms, inner }: { suite: string; name: string; ms: number; inner?: string },
): string {
  const open = `    <testcase classname="${suite}" name="${attribute(name)}" time="${seconds(ms)}"`;
  return inner === undefined ? `${open}/>` : `${open}>\n      ${inner}\n    </testcase>`;
}

function suiteOf(
  { name, cases, failures, skipped, ms }: {
    name: string;
    cases: readonly string[];
    failures: number;
    skipped: number;
    ms: number;
  },
): string {
  const head = `tests="${cases.length}" failures="${failures}" skipped="${skipped}" time="${seconds(ms)}"`;
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

function failure(message: string, lines: readonly string[]): string {
  return `<failure message="${attribute(message)}">${content(lines.join("\n"))}</failure>`;
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
      return failure(text, tail());
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
