import type { Context } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Definition } from "../../molecules/definition.ts";
import { sha256 } from "../../ledger/hash.ts";
import type { View } from "../../ledger/ledger.ts";
import { type OpenRun, readRun } from "../../molecules/engine/journal/run_log.ts";
import { runName } from "../../molecules/engine/journal/step_at.ts";
import { definitionNamed } from "../../molecules/library.ts";
import { hasEnded } from "../../molecules/machine/run.ts";
import { recordsOf } from "../../molecules/machine/step_list.ts";
import type { Ports } from "../../ports/ports.ts";
import { libraryHere } from "./library.ts";

/** A molecule as it is now: of the file that is named, else of the one it was read from, else of its name. @throws {CommandError} */
export async function presentText(
  ports: Ports,
  before: Pick<Definition, "name" | "source">,
  file?: string,
): Promise<Definition> {
  const known = ports.files.exists(before.source) ? before.source : before.name;
  return await definitionNamed(libraryHere(ports), { name: file ?? known, from: ports.env.cwd() });
}

/**
 * Says of a run that is tried again, and of those nested in it that go on, that the text they have is not the present one;
 * nothing where that cannot be read.
 */
export async function noteChanged(
  context: Context,
  { view, open }: { view: View; open: OpenRun },
): Promise<void> {
  await noteOf(context, open);
  for (const { nested, bead, status } of recordsOf(open.run.steps)) {
    const id = nested ??
      (hasEnded(open.run) && (status === "failed" || status === "cancelled") ? bead : undefined);
    const key = id === undefined ? undefined : view.beadById(id)?.key;
    const below = key && readRun(view, key);
    if (below && below.run.status !== "succeeded") await noteChanged(context, { view, open: below });
  }
}

async function noteOf({ ports, out }: Context, { key, begun: { definition } }: OpenRun): Promise<void> {
  try {
    if (isUnchanged(ports, definition)) return;
    if ((await presentText(ports, definition)).hash === definition.hash) return;
  } catch (error) {
    if (error instanceof CommandError) return;
    throw error;
  }
  const name = runName(key);
  out.note(`"${definition.name}" has been changed since; ${name} goes on with the text it has`);
  out.note(`  Move it to the new text: gt mol upgrade ${name}`);
}

/** Whether a file is known to be what was read from it, without being parsed; not of one that other files are a part of. */
function isUnchanged({ files }: Pick<Ports, "files">, { source, hash }: Definition): boolean {
  const text = files.kind(source) === "file" ? files.readText(source) : undefined;
  return text !== undefined && sha256(text) === hash;
}
