import type { Json } from "../../../lib/json.ts";
import type { Ledger } from "../../../ledger/ledger.ts";
import type { Concurrency } from "../../definition.ts";
import type { OpenRun } from "../journal/run_log.ts";
import { scopeOf } from "../journal/scope.ts";
import { hasEnded } from "../../machine/run.ts";
import type { StepAt } from "../journal/step_at.ts";
import type { Language } from "../steps/language.ts";
import { type Hold, type HolderDeps, holdOf, isAttemptUnderWay, type PlaceHolder } from "./place_holders.ts";

/** Under which kind of ephemeral value the places of a group are kept, by the name of the group. */
const GROUP = "mol-group";

/** Who asks for a place in a group. */
export interface Asking {
  group: string;
  limit: number;
  holder: PlaceHolder;
  /** The holder's run as it is now, which may not be written yet. */
  open: OpenRun;
}

/** The name of the group of a run, or of a step. @throws {ExpressionError} */
export function groupName(
  language: Language,
  { concurrency: { group }, open, ...at }: {
    concurrency: Concurrency;
    open: OpenRun;
    step?: StepAt;
    now: number;
  },
): string {
  return language.fill(group, scopeOf(open, at)).trim().normalize();
}

/** A step of a run that another run is the work of. */
type Around = Pick<Required<PlaceHolder>, "run" | "step">;

/** A step's next attempt, or a whole run where none is named, as one that asks for a place. */
export function askFor(
  { group, limit }: Pick<Asking, "group" | "limit">,
  { open, around, step }: { open: OpenRun; around: readonly Around[]; step?: StepAt | undefined },
): Asking {
  const own = step && { step: step.id, attempt: step.attempt + 1 };
  const within = around.map((each) => nameOf(own ? each : { run: each.run }));
  const holder = { run: open.key, ...own, ...(within.length > 0 ? { within } : {}) };
  return { group, limit, holder, open };
}

/** Where the places of a group are kept: those of runs apart from those of steps. */
export function groupKey({ group, holder }: Pick<Asking, "group" | "holder">): string {
  return `${holder.step === undefined ? "runs" : "steps"} ${group}`;
}

/** What a holder had of a place when its run had been read up to `arrival`. */
export interface Verdict {
  hold: Hold;
  arrival: number;
}

/** What was found out of holders, by their names with the attempt; of runs that have ended, by theirs. */
export type Verdicts = ReadonlyMap<string, Verdict>;

/** How it stands with a place: whoever asks has it, may take it, has to wait, or does not know yet of all that hold one. */
export type Standing = "taken" | "free" | "full" | "unknown";

/**
 * Takes a place in a group of steps, or of runs, on this machine, if there is one.
 *
 * Nobody gives a place back: whoever has ended, or is gone, does not have one any more. Who that is was found out before,
 * by `judgeHolders`, for which journals are read.
 *
 * Whoever has a place lends it to what is nested in it, to one at a time.
 */
export function takePlace(ledger: Ledger, asking: Asking, verdicts: Verdicts): Exclude<Standing, "free"> {
  for (;;) {
    const { standing, found, left } = lookAt(ledger, asking, verdicts);
    if (standing !== "free") return standing;
    const next = asJson([...left, asking.holder])!;
    if (ledger.ephemeral.swap(GROUP, groupKey(asking), asJson(found), next)) return "taken";
  }
}

/** How it stands with a place for somebody. */
export function standingOf(ledger: Ledger, asking: Asking, verdicts: Verdicts): Standing {
  return lookAt(ledger, asking, verdicts).standing;
}

/** Finds out which of those who have the places that are asked for are gone; not to be done within a write. */
export function judgeHolders(deps: HolderDeps, askings: readonly Asking[], before: Verdicts): Verdicts {
  const { ledger, runs } = deps;
  const verdicts = new Map<string, Verdict>();
  for (const asking of askings) {
    for (const holder of holdersOf(ledger, asking) ?? []) {
      if (holder.run === asking.open.key) continue;
      const known = verdictOn(holder, verdicts) ?? verdictOn(holder, before);
      const isKnown = known && hasGone(ledger, holder, known);
      const at = isKnown ? undefined : runs.at(holder.run);
      const verdict: Verdict = isKnown
        ? known
        : { hold: at ? holdOf(deps, { holder, at }) : "gone", arrival: at?.arrival ?? 0 };
      verdicts.set(attemptOf(holder), verdict);
      // All that a run has had are free once it has ended: it need not be read for each.
      if (at && hasEnded(at.run)) verdicts.set(holder.run, { ...verdict, hold: "gone" });
    }
  }
  return verdicts;
}

/** Who has the places of a group that is full for somebody; undefined where they have one, or there is one for them. */
export function whoHasPlaces(deps: HolderDeps, asking: Asking): readonly PlaceHolder[] | undefined {
  const { standing, left } = lookAt(deps.ledger, asking, judgeHolders(deps, [asking], new Map()));
  return standing === "taken" || standing === "free" ? undefined : using(left, asking.holder);
}

function lookAt(
  ledger: Ledger,
  asking: Asking,
  verdicts: Verdicts,
): { standing: Standing; found: readonly PlaceHolder[] | undefined; left: readonly PlaceHolder[] } {
  const { holder, limit, open } = asking;
  const found = holdersOf(ledger, asking);
  const all = found ?? [];
  const own = attemptOf(holder);
  if (all.some((one) => attemptOf(one) === own)) return { standing: "taken", found, left: all };
  if (using(all, holder).length < limit) return { standing: "free", found, left: all };
  const left = all.filter((one) => {
    if (one.run === open.key) return isAttemptUnderWay(open, one);
    const verdict = verdictOn(one, verdicts);
    return !verdict || !hasGone(ledger, one, verdict);
  });
  if (using(left, holder).length < limit) return { standing: "free", found, left };
  const isKnown = left.every((one) => one.run === open.key || verdictOn(one, verdicts)?.hold === "holds");
  return { standing: isKnown ? "full" : "unknown", found, left };
}

/** Those who use their places themselves: the others have lent theirs to one of these, or would to whoever asks. */
function using(all: readonly PlaceHolder[], asking: PlaceHolder): PlaceHolder[] {
  const lenders = new Set([...all, asking].flatMap(({ within = [] }) => within));
  return all.filter((one) => !lenders.has(nameOf(one)));
}

function verdictOn(holder: PlaceHolder, verdicts: Verdicts): Verdict | undefined {
  return verdicts.get(attemptOf(holder)) ?? verdicts.get(holder.run);
}

/** Somebody may go on with what was gone only for the time being. */
function hasGone({ view }: Ledger, { run }: PlaceHolder, { hold, arrival }: Verdict): boolean {
  return hold === "over" || hold === "gone" && view.journal(run, arrival).length === 0;
}

function holdersOf({ ephemeral }: Ledger, asking: Asking): PlaceHolder[] | undefined {
  return ephemeral.get<Json>(GROUP, groupKey(asking)) as unknown as PlaceHolder[] | undefined;
}

/** A step, whichever of its attempts has the place, or a run. */
function nameOf({ run, step }: Pick<PlaceHolder, "run" | "step">): string {
  return step === undefined ? run : `${run}/${step}`;
}

function attemptOf({ run, step, attempt }: PlaceHolder): string {
  return [run, ...(step === undefined ? [] : [step, attempt])].join("/");
}

function asJson(holders: readonly PlaceHolder[] | undefined): Json | undefined {
  return holders as unknown as Json | undefined;
}
