import { defineCommand } from "../../cli/command.ts";

/** `gt uninstall`. */
export const command = defineCommand({
  name: "gt uninstall",
  summary: "Remove from this machine what runs the town; its work stays",
  description:
    "For a town that is shut down. Removes the worktrees of workers and refineries, after what only they hold is kept " +
    "under rescue refs, the folder .gt, and the trust that Claude Code was given for folders of the town. The ledger, " +
    "town.yaml, the rigs' repositories and the crew's worktrees stay, and gt install makes a working town of them " +
    "again; with --all they go as well. Remotes are never touched.",
  flags: {
    "dry-run": { type: "boolean", summary: "Say what would be removed, and remove nothing" },
    all: {
      type: "boolean",
      summary: "Also the ledger, town.yaml, and the repositories with their rescue refs",
    },
  },
  examples: [
    { line: "gt uninstall --dry-run", summary: "See what would be removed" },
    { line: "gt uninstall", summary: "Remove it" },
  ],
  exits: { 1: "the town is up, or something could not be kept; nothing was removed" },
  async run({ flags, ports, out }) {
    const [{ openTown }, { planUninstall, uninstallTown }, { forgetTrust, trustOfTown }] = await Promise.all([
      import("../../town/town.ts"),
      import("../../town/uninstall.ts"),
      import("../../agents/trust_parts.ts"),
    ]);
    const town = openTown(ports);
    const dry = flags["dry-run"] === true;
    const options = { all: flags.all === true };
    const plan = await planUninstall({ ports, town }, options);
    const trust = await trustOfTown(town);
    if (!dry) {
      await uninstallTown({ ports, town }, options);
      await forgetTrust(town, trust);
    }
    out.result({
      ...plan,
      trust: trust.map(({ path, folders }) => ({ path, folders })),
      dry_run: dry,
    });
    const [goes, stays] = dry ? ["would remove", "would keep"] : ["removed", "kept"];
    for (const { path, what } of plan.removes) out.line(`${goes} ${path}  ${out.style.dim(what)}`);
    for (const { path, folders } of trust) {
      out.line(`${goes} the trust in ${folders.length} folders of the town from ${path}`);
    }
    for (const { path, what } of plan.keeps) out.line(`${stays} ${path}  ${out.style.dim(what)}`);
    if (!dry && !options.all) out.line(`A working town again: gt install ${JSON.stringify(plan.town)}`);
  },
});
