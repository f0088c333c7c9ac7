import type { Context } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Definition } from "../../molecules/definition.ts";
import type { OpenRun } from "../../molecules/engine/journal/run_log.ts";
import { runName } from "../../molecules/engine/journal/step_at.ts";
import { definitionNamed } from "../../molecules/library.ts";
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

/** Says that a run goes on with a text that is not the present one any more; nothing where that cannot be read. */
export async function noteChanged(
  { ports, out }: Context,
  { key, begun: { definition } }: OpenRun,
): Promise<void> {
  try {
    if ((await presentText(ports, definition)).hash === definition.hash) return;
  } catch (error) {
    if (error instanceof CommandError) return;
    throw error;
  }
  const name = runName(key);
  out.note(`"${definition.name}" has been changed since; ${name} goes on with the text it has`);
  out.note(`  Move it to the new text: gt mol upgrade ${name}`);
}
