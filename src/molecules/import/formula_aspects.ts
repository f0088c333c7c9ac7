import type { Table } from "./formula.ts";
import { convertId, convertPattern } from "./formula_ids.ts";
import { convertText } from "./formula_text.ts";
import { defined, paragraphs, type StepMap } from "./step_map.ts";

const WORDS = { single: (word: string) => /^step\.(id|title)$/.test(word) ? `{{ ${word} }}` : undefined };

/** Reads `advice` and `pointcuts`: steps around others, as aspects. */
export function readAspects(top: Table): Aspect[] {
  const { importing } = top;
  const globs = readPointcuts(top);
  const targets = new Set<string>();
  const aspects = top.tables("advice").map((advice) => {
    const target = advice.text("target");
    const around = advice.table("around");
    const aspect: Aspect = {
      match: target === undefined ? globs.map(({ glob }) => glob) : patternOf(target, advice),
      ...steps("before", [...advice.tables("before"), ...around?.tables("before") ?? []]),
      ...steps("after", [...advice.tables("after"), ...around?.tables("after") ?? []]),
    };
    if (target !== undefined) targets.add(target);
    if (target === undefined && globs.length === 0) {
      importing.refuse(advice.path, "nothing says where it belongs");
    }
    if (!("before" in aspect) && !("after" in aspect)) importing.refuse(advice.path, "it has no steps");
    advice.became(aspect, { target: ["match"] });
    around?.done();
    advice.done();
    return aspect;
  });
  for (const { written, path } of globs) {
    if (targets.size > 0 && !targets.has(written)) {
      importing.refuse(path, `no advice has the target "${written}"`);
    }
  }
  return inOrder(aspects);
}

interface Aspect extends Record<string, unknown> {
  match: string | string[];
  before?: StepMap[];
  after?: StepMap[];
}

/** There what several rules put behind a step came in their order; here the last rule's is nearest to it. */
function inOrder(aspects: readonly Aspect[]): Aspect[] {
  const behind = aspects.filter(({ after }) => after);
  const mayMeet = behind.some((one, at) => behind.slice(at + 1).some((other) => meet(one, other)));
  if (!mayMeet) return [...aspects];
  const apart = aspects.map((aspect): Aspect | undefined => {
    const { before, after, match } = aspect;
    if (!before || !after) return undefined;
    delete aspect.after;
    return { match, after };
  });
  return [
    ...aspects.filter(({ before }) => before),
    ...aspects.map((aspect, at) => apart[at] ?? aspect).filter(({ after }) => after).reverse(),
  ];
}

/** Whether a step may be matched by both. */
function meet(one: Aspect, other: Aspect): boolean {
  return [one.match].flat().some((first) =>
    [other.match].flat().some((second) => {
      if (!first.includes("*") && !second.includes("*")) return first === second;
      const starts = [first, second].map((pattern) => pattern.split("*")[0]!);
      const ends = [first, second].map((pattern) => pattern.split("*").at(-1)!);
      return (starts[0]!.startsWith(starts[1]!) || starts[1]!.startsWith(starts[0]!)) &&
        (ends[0]!.endsWith(ends[1]!) || ends[1]!.endsWith(ends[0]!));
    })
  );
}

function readPointcuts(top: Table): { glob: string; written: string; path: string }[] {
  return top.tables("pointcuts").flatMap((pointcut) => {
    const glob = pointcut.text("glob");
    pointcut.refuseAll(["type", "label"], "steps are matched by their ids only");
    pointcut.done();
    return glob === undefined
      ? []
      : [{ glob: patternOf(glob, pointcut), written: glob, path: pointcut.path }];
  });
}

/** `*` is any text; what else a glob may hold is refused. */
function patternOf(glob: string, { importing, path }: Table): string {
  if (/[?[\]{}!]/.test(glob)) importing.refuse(path, `"${glob}": only * stands for any text`);
  return convertPattern(glob);
}

function steps(key: "before" | "after", tables: readonly Table[]): Record<string, StepMap[]> {
  return tables.length === 0 ? {} : { [key]: tables.map(aspectStep) };
}

function aspectStep(table: Table): StepMap {
  const { importing, path } = table;
  const text = (key: string) => {
    const written = table.text(key);
    return written === undefined
      ? undefined
      : convertText(written, { importing, path: `${path}.${key}`, words: WORDS });
  };
  const written = table.text("id");
  if (!table.has("id")) importing.refuse(path, "a step has no id");
  // The steps of an aspect get the id of the step that they are around, and a hyphen, in front of theirs.
  const own = (written ?? "unnamed").replace(/^\{step\.id\}[-._]?/, "");
  if (own.includes("{")) importing.refuse(`${path}.id`, `"${written}" is computed`);
  const step: StepMap = {
    id: convertId(own),
    ...defined({ title: text("title")?.trim(), description: paragraphs(text("description")) }),
  };
  table.became(step);
  table.leaveOut(["type"], { why: "a step has none", above: step });
  table.refuseAll(["args", "output"], "nobody says what it is for");
  table.done();
  return step;
}
