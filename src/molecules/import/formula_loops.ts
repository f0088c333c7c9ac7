import type { Table } from "./formula.ts";
import { computed } from "./range_sum.ts";
import { endsOf, type StepContext, type StepsOf } from "./step_map.ts";

const MOST_TURNS = 200;

/** The steps of a loop, once for each turn, each turn after the one before it. */
export function unrolled(
  loop: Table,
  options: {
    id: string;
    needs: readonly string[];
    when: string | undefined;
    context: StepContext;
    all: StepsOf;
    read(bodies: readonly Table[], context: StepContext): StepsOf;
  },
): void {
  const { id, needs, when, context, all, read } = options;
  const turns = turnsOf(loop, context.values ?? {});
  const name = loop.text("var") ?? "i";
  const bodies = loop.tables("body");
  if (bodies.length === 0) loop.importing.refuse(loop.path, "a loop has no body");
  let before = needs;
  for (const [at, turn] of turns.entries()) {
    if (
      context.ids.areTooMany((most) =>
        loop.importing.refuse(loop.path, `more than ${most} steps are written out`)
      )
    ) break;
    const words: Readonly<Record<string, string>> = { [name]: String(turn), iteration: String(at + 1) };
    const single = (word: string) => words[word] ?? context.words?.single?.(word);
    const body = read(bodies, {
      ...context,
      words: { ...context.words, single },
      prefix: `${id}-iter${at + 1}-`,
      outer: context.prefix ?? "",
    });
    const inside = new Set(body.steps.map((step) => step.id));
    for (const step of body.steps) {
      const own = step.needs as readonly string[] | undefined ?? [];
      if (!own.some((need) => inside.has(need)) && before.length > 0) {
        step.needs = [...new Set([...own, ...before])];
      }
      if (when !== undefined) step.when = step.when === undefined ? when : `(${when}) && (${step.when})`;
    }
    all.steps.push(...body.steps);
    for (const [key, ends] of body.ends) all.ends.set(key, ends);
    for (const [key, children] of body.children) all.children.set(key, children);
    for (const fan of body.fans) all.fans.add(fan);
    before = endsOf(body.steps);
  }
  all.ends.set(id, before);
  all.children.set(id, before);
  loop.done();
}

/** The value of the loop's variable in each turn. */
function turnsOf(loop: Table, values: Readonly<Record<string, string>>): number[] {
  const { importing, path } = loop;
  const count = loop.number("count");
  const range = loop.text("range");
  const until = loop.text("until");
  const max = loop.number("max");
  if (max !== undefined && until === undefined) {
    importing.refuse(`${path}.max`, "only a loop with until has it");
  }
  if (until !== undefined) {
    importing.refuse(
      `${path}.until`,
      `"${until}" was never evaluated there; give one step repeat: {until, max} instead`,
    );
    return [];
  }
  if (count === undefined && range === undefined) {
    importing.refuse(path, "a loop has neither count nor range");
    return [];
  }
  if (count !== undefined && range !== undefined) {
    importing.refuse(path, "a loop has count or range, not both");
  }
  const limits = range === undefined ? [1, count!] as const : rangeOf(range, { loop, values });
  if (!limits) return [];
  const [first, last] = limits;
  if (last < first) {
    const [key, message] = range === undefined
      ? ["count", "a loop has at least one turn"]
      : ["range", `"${range}" ends (${last}) before it begins (${first})`];
    importing.refuse(`${path}.${key}`, message);
    return [];
  }
  if (last - first + 1 > MOST_TURNS) {
    importing.refuse(path, `${last - first + 1} turns; at most ${MOST_TURNS} are written out`);
    return [];
  }
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** `1..10`, `1..2^3`, `{first}..{last}` with values that were given. */
function rangeOf(
  range: string,
  { loop, values }: { loop: Table; values: Readonly<Record<string, string>> },
): readonly [number, number] | undefined {
  const { importing, path } = loop;
  const missing: string[] = [];
  const filled = range.replace(/\{\{?\s*\.?([A-Za-z_]\w*)\s*\}?\}/g, (_, name: string) => {
    if (!Object.hasOwn(values, name)) missing.push(name);
    else importing.fixed.set(name, values[name]!);
    return `(${values[name]})`;
  });
  if (missing.length > 0) {
    const given = missing.map((name) => `--var ${name}=VALUE`).join(" ");
    importing.refuse(
      `${path}.range`,
      `"${range}" depends on a variable, and turns are written out: give it a value, ${given}`,
    );
    return undefined;
  }
  const [first, last, ...more] = filled.split("..").map(computed);
  if (more.length === 0 && Number.isInteger(first) && Number.isInteger(last)) return [first!, last!];
  importing.refuse(`${path}.range`, `"${range}" is no range of whole numbers`);
  return undefined;
}
