import type { Context } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";
import { leaveToSteward } from "../../molecules/engine/journal/background.ts";
import { beginRun } from "../../molecules/engine/engine.ts";
import { refuseNotRun } from "../../molecules/engine/driver/not_run.ts";
import { runName } from "../../molecules/engine/journal/step_at.ts";
import { present } from "../../lib/present.ts";
import { openTown, type Town } from "../../town/town.ts";
import { askedFor, beadFor, calledAgain } from "./run_molecule.ts";
import { runUnderWay } from "./run_under_way.ts";
import { folderForRun } from "./runs.ts";
import { stewardNote } from "./steward_note.ts";

/** Begins a run for the steward, or leaves one that is under way to it. @throws {CommandError} `town_not_found`. */
export async function startMolecule(context: Context): Promise<void> {
  const { ports, flags, actor, out } = context;
  const town = townHere(context);
  const { ledger } = town;
  const { definition, values, given } = await askedFor(context);
  const bead = beadFor(ledger.view, flags.bead as string | undefined);
  refuseNotRun(definition, { hasTown: true, hasBead: bead !== undefined });
  const found = flags.new === true ? undefined : runUnderWay({ ports, ledger }, {
    definition,
    ...{ values, given },
    ...present({ bead: bead?.key }),
    again: calledAgain(context, "start"),
  });
  const fresh = flags["no-cache"] === true;
  const folder = folderForRun(ports, ledger);
  const key = found ??
    beginRun({ ports, ledger }, {
      definition,
      ...{ values, given },
      folder,
      by: actor,
      background: true,
      fresh,
      ...present({ bead }),
    })
      .key;
  if (found) ledger.write(actor, (transaction) => leaveToSteward(transaction, found));
  const id = runName(key);
  out.result({ id, molecule: definition.name, began: found === undefined });
  out.line(`${out.style.green("✓")} ${id}: ${definition.name} ${found ? "is under way already" : "begins"}`);
  out.line(out.style.dim(`Follow it: gt mol status ${id} --watch`));
  const note = stewardNote(town);
  if (note !== undefined) out.note(note);
}

function townHere(context: Context): Town {
  try {
    return openTown(context.ports);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(error.kind, error.message, {
      code: error.code,
      hints: [`Without a town: ${calledAgain(context, "run")}`, ...error.hints],
    });
  }
}
