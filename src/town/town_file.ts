import { basename } from "node:path";
import type { Town } from "./town.ts";
import { fail, ok, type TownPart } from "./town_part.ts";
import { parseConfig } from "./config/read_config.ts";

/** What a new town.yaml says. */
export interface NewTown {
  name: string;
  prefix: string;
  /** The git remote of the ledger. */
  remote?: string | undefined;
}

/** The text of a new town.yaml: valid, and explaining itself. */
export async function newTownFile(town: NewTown): Promise<string> {
  const { stringify }: { stringify: (value: unknown, options: { lineWidth: number }) => string } =
    await import(
      "@std/yaml"
    );
  const scalar = (text: string) => stringify(text, { lineWidth: -1 }).trimEnd();
  const sync = town.remote === undefined
    ? "# sync:\n#   remote: git@example.org:me/town.git\n"
    : `sync:\n  remote: ${scalar(town.remote)}\n`;
  return `# yaml-language-server: $schema=.gt/town.schema.json
# The configuration of this town. Programs that run follow a change by themselves.
# Every key with its default:  gt config list      Change one:  gt config set KEY VALUE

town: ${scalar(town.name)}
# Ids of the town's own beads (convoys, messages) begin with this.
prefix: ${scalar(town.prefix)}

# Which agent does the work. Without this line it is claude, where that is on PATH.
# The choices:  gt agent list
# agent: claude

# limits:
#   workers: 4          # how many work at once
#   attempts: 5         # how often a bead is tried before it counts as failed
#   stall_after: 20m    # how long a worker may be silent

# The ledger lives here and on the machines that share this git remote.
${sync}
# The repositories under management; \`gt rig add NAME URL-or-path\` writes them here.
rigs: {}
`;
}

/** Writes the file of a new town, after proving that what it says is valid. */
export async function writeTownFile(town: Pick<Town, "ports" | "paths">, content: NewTown): Promise<void> {
  const text = await newTownFile(content);
  await parseConfig(text, town.paths.config);
  town.ports.files.writeText(town.paths.config, text, { flush: true });
}

/** town.yaml: made where it is missing; what a person wrote is never rewritten. */
export const townFile: TownPart = {
  name: "town.yaml",
  installed: true,
  async look(town) {
    if (!town.ports.files.exists(town.paths.config)) return fail(`${town.paths.config} is missing`);
    const config = await town.config();
    const rigs = Object.keys(config.rigs).length;
    return ok(`valid; ${rigs} rig${rigs === 1 ? "" : "s"}`);
  },
  async make(town) {
    if (town.ports.files.exists(town.paths.config)) return;
    await writeTownFile(town, { name: basename(town.root), prefix: "hq" });
  },
};
