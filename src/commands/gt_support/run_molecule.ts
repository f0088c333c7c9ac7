import type { Context } from "../../cli/command.ts";
import type { Bead, BeadKey, Ledger, View } from "../../ledger/ledger.ts";
import { resolveBead } from "../../beads/ids.ts";
import { present } from "../../lib/present.ts";
import { quoteWords } from "../../lib/quote_words.ts";
import type { JsonObject } from "../../lib/json.ts";
import type { Definition } from "../../molecules/definition.ts";
import { beginRun, type EngineDeps } from "../../molecules/engine/engine.ts";
import { refuseNotRun } from "../../molecules/engine/driver/not_run.ts";
import { jobsOf } from "../../molecules/engine/driver/jobs.ts";
import { runName } from "../../molecules/engine/journal/step_at.ts";
import { definitionNamed } from "../../molecules/library.ts";
import { variableValues } from "../../molecules/variables.ts";
import { driveAndShow } from "./drive_run.ts";
import { givenVars } from "./given_vars.ts";
import { libraryHere } from "./library.ts";
import { refuseReports, reportsOf } from "./run_reports.ts";
import { runUnderWay } from "./run_under_way.ts";
import { engineHere, folderForRun, ledgerForRuns, repositoryAround } from "./runs.ts";
import { tellingRefusal } from "./tell_refusal.ts";

/** Begins a run or goes on with the one of these values, drives it here; returns the exit code. */
export async function runMolecule(context: Context): Promise<number> {
  const { flags, out } = context;
  const jobs = jobsOf(flags.jobs as number | undefined);
  context.ports.terminal.outlastReader();
  const reports = reportsOf(context);
  refuseReports(context.ports, reports);
  const { deps, key, taken } = await tellingRefusal(context, reports, () => runToDrive(context));
  const { ledger } = deps;
  try {
    return await driveAndShow(context, deps, {
      key,
      jobs,
      force: flags["take-over"] === true,
      fresh: flags["no-cache"] === true,
      taken,
      ...reports,
    });
  } finally {
    for (const warning of ledger.warnings()) out.note(`warning: ${warning}`);
    ledger.close();
  }
}

interface ToDrive {
  deps: EngineDeps;
  key: BeadKey;
  /** Says which run it is. */
  taken(): void;
}

/** The run that is to be driven, begun or found; the molecule as its file has it is not needed any more then. */
async function runToDrive(context: Context): Promise<ToDrive> {
  const { ports, flags, out } = context;
  const asked = await askedFor(context);
  const { definition } = asked;
  const ledger = await ledgerForRuns(context);
  try {
    const deps = await engineHere(ports, ledger);
    const bead = beadFor(ledger.view, flags.bead as string | undefined);
    refuseNotRun(definition, { hasTown: deps.convoy !== undefined, hasBead: bead !== undefined });
    const { key, began } = askedRun(context, { ledger, asked, bead, command: "run" });
    const line = `${began ? "run" : "going on with"} ${runName(key)}: ${definition.name}`;
    return { deps, key, taken: () => out.line(out.style.dim(line)) };
  } catch (error) {
    ledger.close();
    throw error;
  }
}

/**
 * The run that a call asks for: the one under way that is the same, or one that is begun, unless it is to be another in
 * any case; `start` leaves it to the steward.
 */
export function askedRun(
  context: Context,
  { ledger, asked, bead, command }: {
    ledger: Ledger;
    asked: Asked;
    bead: Bead | undefined;
    command: "run" | "start";
  },
): { key: BeadKey; began: boolean } {
  const { ports, flags, actor } = context;
  const underWay = (view: View) =>
    runUnderWay({ ports, ledger, view }, {
      ...asked,
      again: calledAgain(context, command),
      tells: command === "run",
      ...present({ bead: bead?.key }),
    });
  return beginRun({ ports, ledger }, {
    ...asked,
    folder: folderForRun(ports, ledger),
    root: repositoryAround(ports),
    by: actor,
    background: command === "start",
    fresh: flags["no-cache"] === true,
    ...present({ bead }),
    ...(flags.new === true ? {} : { underWay }),
  });
}

/** The command that asks for the same molecule with the same values, as a person would write it. */
export function calledAgain({ args, flags }: Context, command: "run" | "start"): string {
  const vars = (flags.var as readonly string[] | undefined ?? []).flatMap((text) => ["--var", text]);
  const bead = flags.bead === undefined ? [] : ["--bead", flags.bead as string];
  return quoteWords(["gt", "mol", command, args.molecule as string, ...vars, ...bead]);
}

/** The bead that a run is for, if one is named. @throws {CommandError} `bead_not_found`. */
export function beadFor(view: View, name: string | undefined): Bead | undefined {
  return name === undefined ? undefined : resolveBead(view, name);
}

/** What a call asks to be run. */
export interface Asked {
  definition: Definition;
  /** Values of its variables. */
  values: JsonObject;
  /** Those that were given, as they were written. */
  given: Record<string, string>;
}

/** The molecule that was named and the values of its variables. @throws {CommandError} */
export async function askedFor({ ports, args, flags }: Context): Promise<Asked> {
  const which = { name: args.molecule as string, from: ports.env.cwd() };
  const definition = await definitionNamed(libraryHere(ports), which);
  const given = givenVars(flags.var as readonly string[] | undefined);
  return { definition, values: variableValues(definition, given), given };
}
