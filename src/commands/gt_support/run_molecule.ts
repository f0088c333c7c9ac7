import type { Context } from "../../cli/command.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/json.ts";
import type { Definition } from "../../molecules/definition.ts";
import { beginRun, refuseNotRun } from "../../molecules/engine/engine.ts";
import { diedUntold } from "../../molecules/engine/lease.ts";
import { liveRuns, type RunSummary, summaryOf, valuesText } from "../../molecules/engine/run_store.ts";
import { runName } from "../../molecules/engine/step_at.ts";
import { definitionNamed } from "../../molecules/library.ts";
import { variableValues } from "../../molecules/variables.ts";
import type { Ports } from "../../ports/ports.ts";
import { driveAndShow } from "./drive_run.ts";
import { givenVars } from "./given_vars.ts";
import { libraryHere } from "./library.ts";
import { defaultJobs, engineHere, folderForRun, latestRun, ledgerForRuns } from "./runs.ts";

/** Begins a run or goes on with the one of these values, drives it here; returns the exit code. */
export async function runMolecule(context: Context): Promise<number> {
  const { ports, args, flags, out } = context;
  const { definition, values } = await askedFor(context);
  const ledger = await ledgerForRuns(context);
  try {
    const deps = await engineHere(ports, ledger);
    refuseNotRun(definition, { hasTown: deps.convoy !== undefined });
    const found = flags.new === true
      ? undefined
      : runUnderWay(deps, { definition, values, called: String(args.molecule) });
    const key = found ??
      beginRun(deps, { definition, values, folder: folderForRun(ports, ledger), by: context.actor }).key;
    out.line(out.style.dim(`${found ? "going on with" : "run"} ${runName(key)}: ${definition.name}`));
    const junit = flags.junit as string | undefined;
    return await driveAndShow(context, deps, {
      key,
      jobs: (flags.jobs as number | undefined) ?? defaultJobs(),
      force: flags["take-over"] === true,
      ci: flags.ci === true,
      ...(junit === undefined ? {} : { junit }),
    });
  } finally {
    for (const warning of ledger.warnings()) out.note(`warning: ${warning}`);
    ledger.close();
  }
}

/** The molecule that was named and the values of its variables. @throws {CommandError} */
export async function askedFor(
  { ports, args, flags }: Context,
): Promise<{ definition: Definition; values: JsonObject }> {
  const which = { name: args.molecule as string, from: ports.env.cwd() };
  const definition = await definitionNamed(libraryHere(ports), which);
  return {
    definition,
    values: variableValues(definition, givenVars(flags.var as readonly string[] | undefined)),
  };
}

/** The run of this molecule with these values that has not ended. @throws {CommandError} `molecule_changed`. */
function runUnderWay(
  { ports, ledger }: { ports: Ports; ledger: Ledger },
  { definition, values, called }: { definition: Definition; values: JsonObject; called: string },
) {
  const text = valuesText(values);
  const isSame = (summary: RunSummary) =>
    summary.parent === undefined && summary.molecule === definition.name && summary.values === text;
  const same = liveRuns(ledger.view).filter(({ summary }) => isSame(summary));
  if (same.length === 0) {
    // Its driver was killed between its end and the telling of it.
    const last = latestRun(ledger.view, definition.name);
    const summary = last && summaryOf(last);
    const isUntold = last && summary && isSame(summary) && summary.hash === definition.hash &&
      diedUntold({ ports, ledger }, last.key);
    return isUntold ? last.key : undefined;
  }
  const found = same.find(({ summary }) => summary.hash === definition.hash) ?? same[0];
  if (!found || found.summary.hash === definition.hash) return found?.bead.key;
  const { id } = found.bead;
  throw new CommandError(
    "refused",
    `Cannot go on with run "${id}": "${definition.name}" has been changed since`,
    {
      code: "molecule_changed",
      hints: [
        `Go on as it was: gt mol resume ${id}`,
        `Begin anew: gt mol cancel ${id}, then gt mol run ${called}`,
        `Begin another beside it: gt mol run ${called} --new`,
      ],
    },
  );
}
