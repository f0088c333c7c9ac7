/**
 * Runs as commands see them: begun, driven to their end, found again.
 *
 * `journal/` keeps what has happened to a run: a run is a bead of type `molecule`, its events are entries of that bead's
 * journal. `driver/` answers what the machine (`../machine`) asks for, one driver a run at a time. `steps/`, `gates/` and
 * `commands/` carry steps out: everything that waits or touches the outside is there.
 *
 * @module
 */
import { dirname, isAbsolute, resolve } from "node:path";
import { present } from "../../lib/present.ts";
import type { JsonObject } from "../../lib/json.ts";
import type { Bead, BeadKey, Ledger, View } from "../../ledger/ledger.ts";
import type { Ports } from "../../ports/ports.ts";
import { defaultPrefix, newId } from "../../beads/ids.ts";
import type { Definition } from "../definition.ts";
import { definitionNamed, type Library } from "../library.ts";
import type { Assign } from "./steps/bead_step.ts";
import { leftBehind } from "./commands/left_behind.ts";
import { endOrphans } from "./commands/orphans.ts";
import { runFolder } from "./commands/command_files.ts";
import { environmentOf, secretsOfRun, secretsWithin } from "./commands/run_secrets.ts";
import type { DriveOptions } from "./driver/driver_state.ts";
import type { LedgerNews } from "./driver/driver_rest.ts";
import { type Driven, driveRun } from "./driver/driver.ts";
import { createLookout, type Lookout } from "./driver/lookout.ts";
import { openLanes } from "./commands/lanes.ts";
import { languageFor } from "./steps/language.ts";
import { refuseNotRun } from "./driver/not_run.ts";
import { commandsAtWork, createJobs, type Jobs } from "./driver/working_steps.ts";
import { forgetDead, takeLease, type Taken } from "./driver/lease.ts";
import { runTitle } from "./steps/molecule_step.ts";
import { createWatches, type PerformDeps, type Performer, type Spending } from "./steps/performance.ts";
import { createPerformer } from "./steps/performer.ts";
import { runTree } from "./journal/follow_run.ts";
import { leaveToSteward } from "./journal/background.ts";
import { createKnownRuns, type KnownRuns } from "./journal/known_runs.ts";
import { followRun, type OpenRun, readRun } from "./journal/run_log.ts";
import { closeEnded } from "./journal/run_beads.ts";
import { createRun } from "./journal/run_store.ts";
import { withoutBeginning } from "./journal/unreadable.ts";
import { hasEnded } from "../machine/run.ts";
import { runName } from "./journal/step_at.ts";

/** What runs are driven with. */
export interface EngineDeps {
  ports: Ports;
  ledger: Ledger;
  library: Library;
  /** Hands the bead of a prompt on; without it somebody has to take it. */
  assign?: Assign;
  /** Says what agents have used; absent where nobody knows. */
  spending?: Spending;
  /** Carries out a convoy step. */
  convoy?(deps: PerformDeps): Performer;
}

/** How a run is driven. */
export interface DriveOrder {
  key: BeadKey;
  /** Who drives. */
  by: string;
  /** Commands at a time, those of runs nested in it among them. */
  jobs: number;
  signal: AbortSignal;
  /** Take it even from a driver that seems to live. */
  force?: boolean;
  /** Take nothing from earlier runs, nor do those nested in it. */
  fresh?: boolean;
  /** What counts its commands, where it is nested in a run that is driven here. */
  sharedJobs?: Jobs;
  /** Looks for news of it, where it is nested so. */
  lookout?: Lookout;
  /** Runs as they are now, where somebody reads them already. */
  runs?: KnownRuns;
  /** Tells when the ledger may have changed, where somebody knows that already. */
  news?: LedgerNews;
  /** Names of the secrets of the runs that it is a part of and that are driven here; its own are added to them. */
  secrets?: Set<string>;
  /** The right to drive it was taken; not asked for nested runs. */
  taken?(): void;
  /** Ends the driving, and leaves a run that can go on, once this holds; not asked for nested runs. */
  until?(open: OpenRun): boolean;
  /** Whether more steps may begin now; asked again and again while they may not. */
  mayBegin?(): boolean;
  /** Sees a run, and those nested in it, after every change, with the steps that something happened to. */
  changed?(open: OpenRun, steps: ReadonlySet<string>): void;
}

/**
 * Begins a run of a molecule, which nobody drives yet, unless one is under way that is to go on instead: of calls at the
 * same time one begins it.
 */
export function beginRun(
  { ports, ledger }: Pick<EngineDeps, "ports" | "ledger">,
  options: {
    definition: Definition;
    values: JsonObject;
    /** Those of them that were given, as they were written. */
    given: Readonly<Record<string, string>>;
    /** Where its commands run, relative to the folder around the ledger. */
    folder: string;
    /** The repository around the call. */
    root: string;
    by: string;
    /** Leave it to the steward. */
    background?: boolean;
    /** Take nothing from earlier runs. */
    fresh?: boolean;
    /** The bead that it is for. */
    bead?: Pick<Bead, "key" | "id" | "title">;
    /** The run that is to go on instead. */
    underWay?(view: View): BeadKey | undefined;
  },
): { key: BeadKey; began: boolean } {
  const { definition, values, given, folder, root, by, background = false, fresh = false, bead } = options;
  return ledger.write(by, (transaction) => {
    const found = options.underWay?.(transaction);
    if (found !== undefined) {
      if (background) leaveToSteward(transaction, found);
      return { key: found, began: false };
    }
    const id = newId(transaction, { prefix: `${defaultPrefix(transaction)}-mol`, random: ports.random });
    const environment = environmentOf({ ports }, { definition });
    const begun = {
      ...{ definition, values, environment, folder, root, by },
      ...(bead ? { bead: { key: bead.key, id: bead.id, title: bead.title } } : {}),
      ...(fresh ? { fresh } : {}),
    };
    const { bead: { key } } = createRun(transaction, {
      id,
      title: runTitle(definition),
      begun,
      background,
      given,
    });
    return { key, began: true };
  });
}

/** How driving here ended, or who else drives. */
export type DrivenHere =
  | Driven & { kind: "ended" | "interrupted" | "lost" }
  | Exclude<Taken, { kind: "taken" }>;

/**
 * Drives a run here until it has ended, or says who else does. Whoever lets it go on while it is still driven here leaves
 * that to this driver, also after the last that it has looked at.
 */
export async function driveHere(deps: EngineDeps, order: DriveOrder): Promise<DrivenHere> {
  const { taken: _said, ...again } = order;
  let left: DrivenHere | undefined;
  for (let next: DriveOrder = order;; next = again) {
    const driven = await driveText(deps, next);
    if (driven.kind === "moved") continue;
    // Who lets it go on drives it: there is nothing to do here.
    if (left && !("open" in driven)) return left;
    left = driven as DrivenHere;
    const mayGoOn = driven.kind === "ended" || driven.kind === "interrupted" && !order.signal.aborted;
    if (!mayGoOn || !goesOn(deps, driven.open)) return left;
  }
}

/** Whether something has happened to a run, since its driver has left it, that lets it go on. */
function goesOn({ ledger }: Pick<EngineDeps, "ledger">, left: OpenRun): boolean {
  const { open } = followRun(ledger.view, left);
  return open.arrival !== left.arrival && !hasEnded(open.run);
}

/** Refuses a run, and those at work in it, that cannot be driven here. @throws {CommandError} `not_run`. */
export function refuseNotDriven(deps: Pick<EngineDeps, "ledger" | "convoy">, open: OpenRun): void {
  for (const { open: { begun } } of runTree(deps.ledger.view, { open })) {
    const needs = { hasTown: deps.convoy !== undefined, hasBead: begun.bead !== undefined };
    refuseNotRun(begun.definition, needs);
  }
}

/** Drives a run with the text it has now. */
async function driveText(
  deps: EngineDeps,
  order: DriveOrder,
): Promise<Driven | Exclude<Taken, { kind: "taken" }>> {
  const { ledger } = deps;
  const { key, by, force = false, runs = createKnownRuns(ledger), sharedJobs = createJobs(order.jobs) } =
    order;
  const found = readRun(ledger.view, key);
  if (!found) throw withoutBeginning(key);
  if (hasEnded(found.run)) {
    forgetDead(deps, key);
    closeEnded(ledger, { open: found, actor: by });
    return { kind: "ended", open: found };
  }
  refuseNotDriven(deps, found);
  const taken = takeLease(deps, { open: found, by, force });
  if (taken.kind !== "taken") return taken;
  order.taken?.();
  runs.note(taken.open);
  const { arrival } = taken.open;
  const { lookout = createLookout(deps.ports, { ledger, arrival, news: order.news }) } = order;
  // Before any run that is nested beside it begins commands of its own.
  const working = sharedJobs.ofRun(taken.moved ? [] : commandsAtWork(taken.open));
  try {
    return await driveTaken(deps, { ...order, ...{ runs, sharedJobs, lookout } }, { ...taken, working });
  } finally {
    working.end();
  }
}

/** Drives a run that was taken, `working` being those of its commands that are at work. */
async function driveTaken(
  deps: EngineDeps,
  order: DriveOrder & Required<Pick<DriveOrder, "runs" | "sharedJobs" | "lookout">>,
  { open, lease, moved, working }: Taken & { kind: "taken" } & Pick<DriveOptions, "working">,
): Promise<Driven> {
  const { ports, ledger } = deps;
  const { until, taken: _said, ...rest } = order;
  const { key, by, signal, changed, lookout, mayBegin, runs } = rest;
  const language = await languageFor(open.begun.definition);
  // The journals of the runs that it is a part of are long, and were read for theirs.
  const secrets = order.secrets ?? secretsOfRun(ledger.view, open);
  if (order.secrets) { for (const name of secretsWithin(ledger.view, open)) secrets.add(name); }
  const [watches, trouble] = [createWatches(ledger.view), new AbortController()];
  const perform: PerformDeps = {
    ports,
    ledger,
    language,
    folder: resolve(dirname(ledger.folder), open.begun.folder),
    ...{ watches, trouble, runs },
    fresh: order.fresh === true || open.begun.fresh === true,
    hasMail: deps.convoy !== undefined,
    secrets,
    ...present({ spending: deps.spending }),
    actor: by,
    term: lease.term,
    fence: lease.fence,
  };
  const lanes = openLanes(ports.files, {
    folder: runFolder(ledger.folder, runName(key)),
    left: leftBehind(ports.processes),
  });
  await endOrphans({ ports, lanes }, { open, moved });
  const performer = createPerformer({
    ...perform,
    lanes,
    definitionOf: (name, source) => definitionNamed(deps.library, { name, from: folderOf(deps, source) }),
    drive: (nested, leaving) => driveNested(deps, { ...rest, key: nested, signal: leaving, secrets }),
    ...(deps.assign ? { assign: deps.assign } : {}),
    ...(deps.convoy ? { convoy: deps.convoy(perform) } : {}),
  });
  return await driveRun({
    ports,
    ledger,
    language,
    performer,
    ...{ watches, trouble, runs },
    ...present({ spending: deps.spending }),
  }, {
    open,
    lease,
    moved,
    actor: by,
    ...{ working, lookout },
    signal,
    ...present({ changed, until, mayBegin }),
  });
}

/** A molecule's paths begin beside its file. */
function folderOf({ library, ports }: EngineDeps, source: string): string {
  if (isAbsolute(source)) return dirname(source);
  return library.folder ?? ports.env.cwd();
}

/** A nested run that somebody else drives is waited for. */
async function driveNested(deps: EngineDeps, order: DriveOrder): Promise<OpenRun> {
  for (;;) {
    const driven = await driveHere(deps, order);
    if (driven.kind === "ended" || order.signal.aborted) return readRun(deps.ledger.view, order.key)!;
    await deps.ports.clock.sleep(500, order.signal);
    if (order.signal.aborted) return readRun(deps.ledger.view, order.key)!;
  }
}
