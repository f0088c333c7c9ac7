import { formatDuration } from "../lib/duration.ts";
import { printable } from "../lib/printable.ts";
import type { Style } from "../lib/style.ts";
import type { MoleculePlan, PlannedStep } from "../molecules/plan.ts";

/** What a run would do, wave by wave, for a person. */
export function planLines(style: Style, plan: MoleculePlan): string[] {
  const { molecule, version, hash, vars, steps, maxParallel, criticalPath } = plan;
  const values = Object.entries(vars).map(([name, value]) => `${name}=${printable(JSON.stringify(value))}`);
  const { steps: chain, atMost } = criticalPath;
  const limit = atMost === undefined ? "" : `, up to ${formatDuration(atMost)}`;
  return [
    `${style.bold(style.cyan(molecule))}  ${style.dim(`version ${version}, ${hash.slice(0, 16)}`)}`,
    ...(values.length === 0 ? [] : [style.dim(values.join("  "))]),
    ...listLines(style, steps.filter(({ list }) => list === "steps")),
    ...titled("Once it has failed", steps.filter(({ list }) => list === "on_failure")),
    ...titled("At the end", steps.filter(({ list }) => list === "finally")),
    "",
    `At the same time: ${
      maxParallel === undefined ? "as many as it gets, which only a run tells" : `${maxParallel} at most`
    }`,
    `Longest chain: ${chain.length} ${chain.length === 1 ? "step" : "steps"}${limit}  ${
      style.dim(shortened(chain))
    }`,
  ];

  function titled(title: string, list: readonly PlannedStep[]): string[] {
    const lines = list.every(({ wave }) => wave === 0)
      ? list.flatMap((step) => stepLines(style, step))
      : listLines(style, list);
    return list.length === 0 ? [] : ["", style.bold(title), ...lines];
  }
}

const MOST_NAMED = 12;

function shortened(chain: readonly string[]): string {
  if (chain.length <= MOST_NAMED) return chain.join(" → ");
  return [...chain.slice(0, 5), `… ${chain.length - 10} more …`, ...chain.slice(-5)].join(" → ");
}

function listLines(style: Style, steps: readonly PlannedStep[]): string[] {
  let wave = -1;
  return steps.flatMap((step) => {
    const begins = step.wave !== wave;
    wave = step.wave;
    return [...(begins ? ["", style.bold(`Wave ${wave + 1}`)] : []), ...stepLines(style, step)];
  });
}

function stepLines(style: Style, step: PlannedStep): string[] {
  const { id, kind, title, times, fate, when, without, onFailureOf, does } = step;
  const count = times === undefined ? " × as many as it gets" : times === 1 ? "" : ` × ${times}`;
  const named = title === id ? "" : `  ${printable(title)}`;
  const condition = without !== undefined
    ? style.yellow(`  skipped: it is strict, and "${without}" is skipped`)
    : when === undefined
    ? ""
    : when === `steps["${onFailureOf}"].status == "failed"`
    ? style.dim(`  only once ${onFailureOf} has failed`)
    : fate === "skip"
    ? style.yellow(`  skipped: ${printable(when)} is false`)
    : style.dim(`  ${fate === "run" ? "" : "only "}when ${printable(when)}`);
  const mark = fate === "skip" ? style.dim("-") : fate === "run" ? style.green("•") : style.yellow("?");
  const [first = "", ...more] = does.split("\n");
  const doing = kind === "checklist"
    ? []
    : [`      ${style.dim(`${kind}:`)} ${printable(first)}${more.length > 0 ? style.dim(" …") : ""}`];
  return [`  ${mark} ${style.cyan(id)}${style.dim(count)}${named}${condition}`, ...doing];
}
