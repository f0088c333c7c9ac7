import { CommandError } from "../../lib/errors.ts";
import { rigConfig, type Town } from "../../town/town.ts";

/**
 * The rig a command is about: the one named, the one the caller stands in, or the only one there is.
 *
 * @throws {CommandError} `rig_not_found`, or `rig_missing` when it cannot be told.
 */
export async function chosenRig(town: Town, named: string | undefined): Promise<string> {
  const config = await town.config();
  const rigs = Object.keys(config.rigs);
  const wanted = named ?? town.place().rig ?? (rigs.length === 1 ? rigs[0] : undefined);
  if (wanted !== undefined) {
    rigConfig(config, wanted);
    return wanted;
  }
  throw new CommandError("usage", "Cannot choose a rig: none is named", {
    code: "rig_missing",
    hints: rigs.length === 0 ? ["gt rig add NAME URL-or-path"] : [`Name one of: ${rigs.join(", ")}`],
  });
}

/** The rigs a listing is about: the one named, or all. @throws {CommandError} `rig_not_found`. */
export async function listedRigs(town: Town, named: string | undefined): Promise<string[]> {
  const config = await town.config();
  if (named === undefined) return Object.keys(config.rigs);
  rigConfig(config, named);
  return [named];
}
