import { join, resolve, sep } from "node:path";
import { CommandError } from "../../lib/errors.ts";
import type { Bead } from "../../ledger/ledger.ts";
import type { Ports } from "../../ports/ports.ts";
import type { TownPaths } from "../../town/paths.ts";
import { parseScript } from "./parse.ts";
import { defaultScript, type Script } from "./script.ts";

/**
 * The script of a bead: its metadata `script` (a path in the town, or the script itself), else
 * `scripts/<bead>.yaml` in the town, else the default one.
 *
 * @throws {CommandError} for a file that is missing or outside the town, or a script that cannot be understood.
 */
export function scriptOf(
  ports: Pick<Ports, "files">,
  options: { bead: Bead; paths: TownPaths },
): Script {
  const { bead, paths } = options;
  const given = bead.metadata.script;
  if (given !== undefined && given !== null) {
    const inline = `bead ${bead.id}, metadata script`;
    if (typeof given !== "string") return parseScript(JSON.stringify(given, null, 2), inline);
    if (/\n|^\s*[-[{]/.test(given)) return parseScript(given, inline);
    return fromFile(ports, { path: resolve(paths.root, given), root: paths.root });
  }
  const path = join(paths.root, "scripts", `${bead.id}.yaml`);
  return ports.files.exists(path) ? fromFile(ports, { path, root: paths.root }) : defaultScript(bead);
}

function fromFile(ports: Pick<Ports, "files">, options: { path: string; root: string }): Script {
  const { path, root } = options;
  const refused = (why: string) =>
    new CommandError("refused", `Cannot use script "${path}": ${why}`, { code: "script_missing" });
  if (!path.startsWith(root + sep)) throw refused("it is outside the town");
  const text = ports.files.readText(path);
  if (text === undefined) throw refused("there is no such file");
  return parseScript(text, path);
}
