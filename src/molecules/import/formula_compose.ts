import type { Table } from "./formula.ts";
import { makeExpansion, textValues } from "./formula_steps.ts";
import { convertId, convertPattern, otherName } from "./formula_ids.ts";
import type { Whole } from "./formula_parents.ts";
import type { StepIds } from "./step_ids.ts";
import { neededBy, type StepMap } from "./step_map.ts";

/** What `compose` works on. */
export interface Composed {
  /** The steps of the formula; those of one that it extends are added when they are changed. */
  steps: StepMap[];
  /** Their ids; no rule means one that was made. */
  ids: StepIds;
  /** What it extends; undefined when that is not there. */
  inherited: Whole | undefined;
  /** The formulas that it extends, for a message. */
  parents: readonly string[];
}

/** Reads `compose`; returns the names of the aspects that it takes in. */
export function readCompose(compose: Table | undefined, composed: Composed): string[] {
  if (!compose) return [];
  for (const rule of compose.tables("expand")) expandOne(rule, composed);
  for (const rule of compose.tables("map")) expandMatching(rule, composed);
  for (const rule of compose.tables("branch")) branch(rule, composed);
  for (const rule of compose.tables("gate")) gate(rule, composed);
  const aspects = compose.texts("aspects").map((name) => otherName(name, compose.importing));
  compose.leaveOut(["bond_points"], {
    why: "another molecule is taken in with include, or put around steps with aspects",
    above: composed,
  });
  compose.refuseAll(["hooks"], "nothing is attached by itself; take it in with include");
  compose.done();
  return aspects;
}

function expandOne(rule: Table, composed: Composed): void {
  const target = rule.text("target");
  if (target === undefined) rule.importing.refuse(rule.path, "it has no target");
  const step = target === undefined
    ? undefined
    : stepOf(convertId(target), { rule, composed, key: "target" });
  expandAll(rule, step ? [step] : []);
}

function expandMatching(rule: Table, composed: Composed): void {
  const { importing, path } = rule;
  const select = rule.text("select");
  if (select === undefined) importing.refuse(path, "it has no select");
  const matching = new RegExp(`^${convertPattern(select ?? "*").replaceAll("*", ".*")}$`);
  const all = new Set([...composed.steps.map(({ id }) => id), ...composed.inherited?.steps.keys() ?? []]);
  const ids = [...all].filter((id) => matching.test(id) && !isMade(id, composed));
  if (select !== undefined && ids.length === 0) {
    importing.refuse(`${path}.select`, `no step is called "${select}"${missingParents(composed)}`);
  }
  expandAll(rule, ids.flatMap((id) => stepOf(id, { rule, composed, key: "select" }) ?? []));
}

function expandAll(rule: Table, steps: readonly StepMap[]): void {
  const written = rule.text("with");
  const values = textValues(rule.table("vars"), {});
  if (written === undefined) rule.importing.refuse(rule.path, "it does not say with what");
  else {
    const name = otherName(written, rule.importing);
    const key = rule.has("target") ? "target" : "select";
    for (const step of steps) {
      rule.became(step, { with: ["molecule"], vars: ["with"] });
      makeExpansion(step, { name, values, importing: rule.importing, path: `${rule.path}.${key}` });
    }
  }
  rule.done();
}

/** All of `steps` come after `from`, and `join` after all of them. */
function branch(rule: Table, composed: Composed): void {
  const [from, join] = [rule.text("from"), rule.text("join")];
  const ids = rule.texts("steps").map(convertId);
  if (from === undefined || join === undefined || ids.length === 0) {
    rule.importing.refuse(rule.path, "a branch has from, steps and join");
  } else {
    if (!stepOf(convertId(from), { rule, composed, key: "from" })) return;
    for (const id of ids) {
      addNeed(rule, { step: stepOf(id, { rule, composed, key: "steps" }), needs: [convertId(from)] });
    }
    addNeed(rule, { step: stepOf(convertId(join), { rule, composed, key: "join" }), needs: ids });
  }
  rule.done();
}

/** `X.status == 'complete'` is a need; other conditions were never evaluated. */
function gate(rule: Table, composed: Composed): void {
  const { importing, path } = rule;
  const before = rule.text("before");
  const condition = rule.text("condition") ?? "";
  const [, of] =
    /^\s*([\w.-]+)\.status\s*==\s*["']?(?:complete|completed|closed|done)["']?\s*$/.exec(condition) ?? [];
  if (before === undefined) importing.refuse(path, "it does not say before which step");
  if (of === undefined) {
    importing.refuse(`${path}.condition`, `the condition "${condition}" is not STEP.status == 'complete'`);
  }
  if (
    before !== undefined && of !== undefined && stepOf(convertId(of), { rule, composed, key: "condition" })
  ) {
    addNeed(rule, {
      step: stepOf(convertId(before), { rule, composed, key: "before" }),
      needs: [convertId(of)],
    });
  }
  rule.done();
}

function addNeed(
  rule: Table,
  { step, needs }: { step: StepMap | undefined; needs: readonly string[] },
): void {
  if (!step) return;
  step.needs = [...new Set([...neededBy(step), ...needs])];
  rule.became(step, { from: ["needs"], condition: ["needs"] });
}

/** The step of an id: an own one, or one of what is extended, which then becomes an own one. */
function stepOf(
  id: string,
  { rule, composed, key }: { rule: Table; composed: Composed; key: string },
): StepMap | undefined {
  const isKnown = !isMade(id, composed);
  const own = isKnown ? composed.steps.find((step) => step.id === id) : undefined;
  if (own) return own;
  const inherited = isKnown ? composed.inherited?.steps.get(id) : undefined;
  if (inherited) {
    const copy = structuredClone(inherited);
    composed.steps.push(copy);
    return copy;
  }
  rule.importing.refuse(`${rule.path}.${key}`, `there is no step "${id}"${missingParents(composed)}`);
  return undefined;
}

function isMade(id: string, { ids, inherited }: Composed): boolean {
  return ids.made.has(id) || inherited?.made.has(id) === true;
}

function missingParents({ inherited, parents }: Composed): string {
  if (inherited || parents.length === 0) return "";
  const files = parents.map((name) => `${name}.formula.toml`).join(" and ");
  return ` here; put ${files} beside this file`;
}
