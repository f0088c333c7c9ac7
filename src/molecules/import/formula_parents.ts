import { FormulaSyntaxError } from "./formula.ts";
import { convertName } from "./formula_ids.ts";
import { neededBy, type StepMap } from "./step_map.ts";

/** What a formula comes to together with those that it extends. */
export interface Whole {
  steps: ReadonlyMap<string, StepMap>;
  /** Ids of steps that only the import has, each with that of the step it was made for. */
  made: ReadonlyMap<string, string>;
  /** Names of variables as the formula has them. */
  declared: ReadonlySet<string>;
  /** Variables without a default that need not be given, by the name they have here. */
  lacking: ReadonlyMap<string, unknown>;
}

const NOTHING: Whole = { steps: new Map(), made: new Map(), declared: new Set(), lacking: new Map() };

/** What a formula extends, joined; undefined when one of them is not there, or extends itself. */
export function parentsOf(
  formulas: readonly string[],
  { way, importOne }: {
    /** Names of the formulas that led to these, which none of them may extend again. */
    way: readonly string[];
    /** Translates another formula; undefined where it is not there. @throws {FormulaSyntaxError} */
    importOne(formula: string, way: readonly string[]): Whole | undefined;
  },
): Whole | undefined {
  let joined: Whole = NOTHING;
  for (const formula of formulas) {
    const name = convertName(formula);
    const whole = way.includes(name) ? undefined : named(formula, () => importOne(formula, [...way, name]));
    if (!whole) return undefined;
    joined = overlaid(joined, whole);
  }
  return joined;
}

function named(formula: string, read: () => Whole | undefined): Whole | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FormulaSyntaxError) || error.formula !== undefined) throw error;
    throw new FormulaSyntaxError(error.line, error.message, formula);
  }
}

/** The one with all that the other has in its place. */
export function overlaid(base: Whole, own: Whole): Whole {
  return {
    steps: new Map([...base.steps, ...own.steps]),
    made: new Map([...base.made, ...own.made]),
    declared: new Set([...base.declared, ...own.declared]),
    lacking: new Map([...base.lacking, ...own.lacking]),
  };
}

/** A condition that holds in no run, which nobody can see beforehand. */
const NEVER = 'run.id == ""';

/**
 * Steps in the place of inherited ones that were made for a step which has none of the kind any more: they are skipped,
 * since what is inherited cannot be left out.
 */
export function skippedSteps(inherited: Whole, steps: readonly StepMap[]): StepMap[] {
  const own = new Map(steps.map((step) => [step.id, step]));
  return [...inherited.made].flatMap(([id, of]) => {
    const step = own.get(of);
    const gone = step !== undefined && !own.has(id) && !neededBy(step).includes(id);
    return gone ? [{ id, when: NEVER, aspects: false }] : [];
  });
}
