import { CommandError } from "../lib/errors.ts";
import type { Town } from "./town.ts";
import { fail, type Finding, type TownPart } from "./town_part.ts";

/** One line of the doctor's report. */
export interface Diagnosis extends Finding {
  name: string;
  /** Whether it was made anew, and is well now. */
  fixed: boolean;
  /** Whether `--fix` could make it. */
  fixable: boolean;
}

/**
 * Looks at every part of a town; with `fix`, makes those that are not well and looks again.
 *
 * A part that cannot be looked at is reported as failed, with the reason, and stops nothing.
 */
export async function examine(
  town: Town,
  options: { parts: readonly TownPart[]; fix: boolean },
): Promise<Diagnosis[]> {
  const diagnoses: Diagnosis[] = [];
  for (const part of options.parts) {
    const before = await lookAt(town, part);
    const fixable = part.make !== undefined;
    if (before.condition === "ok" || !options.fix || !part.make) {
      diagnoses.push({ ...before, name: part.name, fixed: false, fixable });
      continue;
    }
    const refused = await attempt(async () => void await part.make!(town));
    const after = refused ?? await lookAt(town, part);
    diagnoses.push({ ...after, name: part.name, fixed: after.condition === "ok", fixable });
  }
  return diagnoses.map((one, at) => withoutRepetition(one, diagnoses.slice(0, at)));
}

/** One mistake in town.yaml fails many parts: only the first tells it. */
function withoutRepetition(one: Diagnosis, earlier: readonly Diagnosis[]): Diagnosis {
  const same = one.condition === "ok" ? undefined : earlier.find((other) => other.detail === one.detail);
  return same ? { ...one, detail: `not known: see "${same.name}"`, hints: [], fixable: false } : one;
}

async function lookAt(town: Town, part: TownPart): Promise<Finding> {
  return await attempt(() => part.look(town)) ?? fail("no answer");
}

/** What came of it, or a finding that says why nothing did. */
async function attempt<T extends Finding | void>(work: () => Promise<T> | T): Promise<T | Finding> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CommandError) return fail(error.message, ...error.hints);
    return fail(error instanceof Error ? error.message : String(error));
  }
}
