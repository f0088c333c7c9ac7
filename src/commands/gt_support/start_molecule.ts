import type { Context } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";
import { refuseNotRun } from "../../molecules/engine/driver/not_run.ts";
import { runName } from "../../molecules/engine/journal/step_at.ts";
import { openTown, type Town } from "../../town/town.ts";
import { askedFor, askedRun, beadFor, calledAgain } from "./run_molecule.ts";
import { stewardNote } from "./steward_note.ts";

/** Begins a run for the steward, or leaves one that is under way to it. @throws {CommandError} `town_not_found`. */
export async function startMolecule(context: Context): Promise<void> {
  const { flags, out } = context;
  const town = townHere(context);
  const { ledger } = town;
  const asked = await askedFor(context);
  const { definition } = asked;
  const bead = beadFor(ledger.view, flags.bead as string | undefined);
  refuseNotRun(definition, { hasTown: true, hasBead: bead !== undefined });
  const { key, began } = askedRun(context, { ledger, asked, bead, command: "start" });
  const id = runName(key);
  out.result({ id, molecule: definition.name, began });
  out.line(`${out.style.green("✓")} ${id}: ${definition.name} ${began ? "begins" : "is under way already"}`);
  out.line(out.style.dim(`Follow it: gt mol status ${id} --watch`));
  const note = stewardNote({ ports: context.ports, town });
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
