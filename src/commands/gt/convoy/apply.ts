import { defineCommand } from "../../../cli/command.ts";
import { CommandError } from "../../../lib/errors.ts";

/** `gt convoy apply`. */
export const command = defineCommand({
  name: "gt convoy apply",
  summary: "Make or update a convoy and its beads from a YAML file",
  description:
    "The file names the convoy and its beads: `name`, and under `beads` either an id that exists or a bead with `id`, " +
    "`title`, `description`, `acceptance`, `design`, `type`, `priority`, `labels`, `deps` (ids), `rig`, `agent` and " +
    "`molecule`. `owner`, `watchers` and defaults for `rig`, `agent` and `molecule` stand at the top. Everything happens " +
    "in one write or not at all, nothing is removed, and a second time nothing changes.",
  positionals: [{
    name: "file",
    summary: "The YAML file; - reads standard input",
    required: true,
    completes: "file",
  }],
  flags: {
    "dry-run": { type: "boolean", short: "n", summary: "Say what would change, and change nothing" },
    launch: { type: "boolean", summary: "Then give its beads to workers" },
  },
  examples: [
    { line: "gt convoy apply convoys/auth.yaml --dry-run", summary: "The plan" },
    { line: "gt convoy apply convoys/auth.yaml --launch", summary: "Make it so, and start" },
  ],
  exits: {
    1: "the file is not valid (with line and column), or a bead of it is refused; nothing is written",
  },
  async run({ ports, args, flags, out, actor }) {
    const [{ openTown }, { parseConvoyFile }, { applyConvoy }, { resolve }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/convoys/convoy_file.ts"),
      import("../../../town/convoys/convoy_apply.ts"),
      import("node:path"),
    ]);
    const path = args.file as string;
    const source = path === "-"
      ? ports.terminal.readInput()
      : ports.files.readText(resolve(ports.env.cwd(), path));
    if (source === undefined) {
      throw new CommandError("refused", `Cannot read "${path}": there is no such file`, {
        code: "file_not_found",
      });
    }
    const file = parseConvoyFile(source, path);
    const town = openTown(ports);
    const dryRun = flags["dry-run"] === true;
    const applied = applyConvoy(town.ledger, { file, actor, random: ports.random, dryRun });
    const { style } = out;
    for (const step of applied.steps) {
      out.line(
        `${style.green("+")} ${step.kind.replace("-", " ")} ${style.bold(step.id)} ${style.dim(step.what)}`,
      );
    }
    for (const id of applied.unnamed) out.note(`${id} is in the convoy, but not in the file; it stays`);
    const { id } = applied.convoy;
    const count = applied.steps.length;
    if (dryRun) {
      out.line(count === 0 ? "Nothing would change" : `${count} changes; nothing is written (--dry-run)`);
    } else {out.line(
        count === 0
          ? `${id}: nothing has changed`
          : `${style.green("✓")} ${style.bold(id)}: ${count} changes`,
      );}
    let slung: readonly string[] | undefined;
    if (flags.launch && !dryRun) {
      const { launchConvoy } = await import("../../../work/launch_convoy.ts");
      slung = await launchConvoy({ ports, town }, { convoy: applied.convoy.key, by: actor });
      out.line(
        slung.length === 0 ? "Every bead of it is slung or closed already" : `Slung: ${slung.join(", ")}`,
      );
    }
    out.result({
      convoy: id,
      changes: applied.steps,
      dry_run: dryRun,
      unnamed: applied.unnamed,
      ...(slung ? { slung } : {}),
    });
  },
});
