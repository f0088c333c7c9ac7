import type { Context } from "../../cli/command.ts";
import type { Bead, BeadKey, View } from "../../ledger/ledger.ts";
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
import { engineHere, folderForRun, ledgerForRuns } from "./runs.ts";

/** Begins a run or goes on with the one of these values, drives it here; returns the exit code. */
export async function runMolecule(context: Context): Promise<number> {
  const { flags, out } = context;
  const jobs = jobsOf(flags.jobs as number | undefined);
  context.ports.terminal.outlastReader();
  const reports = reportsOf(context);
  refuseReports(context.ports, reports);
  const { deps, key, taken } = await runToDrive(context);
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
  const { definition, values, given } = await askedFor(context);
  const ledger = await ledgerForRuns(context);
  try {
    const deps = await engineHere(ports, ledger);
    const bead = beadFor(ledger.view, flags.bead as string | undefined);
    refuseNotRun(definition, { hasTown: deps.convoy !== undefined, hasBead: bead !== undefined });
    const found = flags.new === true ? undefined : runUnderWay(deps, {
      definition,
      ...{ values, given },
      ...present({ bead: bead?.key }),
      again: calledAgain(context, "run"),
    });
    const fresh = flags["no-cache"] === true;
    const folder = folderForRun(ports, ledger);
    const key = found ??
      beginRun(deps, { definition, values, given, folder, by: context.actor, fresh, ...present({ bead }) })
        .key;
    const line = `${found ? "going on with" : "run"} ${runName(key)}: ${definition.name}`;
    return { deps, key, taken: () => out.line(out.style.dim(line)) };
  } catch (error) {
    ledger.close();
    throw error;
  }
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

/** The molecule that was named and the values of its variables, those that were given also as they were written. @throws {CommandError} */
export async function askedFor(
  { ports, args, flags }: Context,
): Promise<{ definition: Definition; values: JsonObject; given: Record<string, string> }> {
  const which = { name: args.molecule as string, from: ports.env.cwd() };
  const definition = await definitionNamed(libraryHere(ports), which);
  const given = givenVars(flags.var as readonly string[] | undefined);
  return { definition, values: variableValues(definition, given), given };
}
