import { defineCommand } from "../../../cli/command.ts";

/** `gt convoy launch`. */
export const command = defineCommand({
  name: "gt convoy launch",
  summary: "Give every open bead of a convoy to a worker",
  description:
    "Each bead goes to the rig, agent and workflow its file named, else to --rig, else to the rig whose prefix it " +
    "has. Beads that depend on others wait for them: they begin in waves. A file is applied first. Doing it twice is " +
    "doing it once.",
  positionals: [{
    name: "convoy",
    summary: "Its id, its name, or the beginning of either; or its YAML file",
    required: true,
    completes: "convoy",
  }],
  flags: {
    rig: { type: "string", summary: "The rig of beads that name none", placeholder: "RIG", completes: "rig" },
    agent: {
      type: "string",
      summary: "The agent of beads that name none",
      placeholder: "NAME",
      completes: "agent",
    },
  },
  examples: [
    { line: "gt convoy launch hq-cv-auth-feature", summary: "By its id" },
    { line: "gt convoy launch auth --rig csm", summary: "To one rig" },
    { line: "gt convoy launch convoys/auth.yaml", summary: "Apply a file, and start" },
  ],
  exits: { 1: "a bead has no rig, or a rig, agent or workflow is of no use; nothing is slung or applied" },
  async run({ ports, args, flags, out, actor }) {
    const [
      { openTown },
      { findConvoy },
      { convoyInTown, isConvoyFile },
      { assertFileLaunchable, launchAndPrint },
      { present },
    ] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/convoys/convoys.ts"),
      import("../../gt_support/convoy_source.ts"),
      import("../../gt_support/launching.ts"),
      import("../../../lib/present.ts"),
    ]);
    const town = openTown(ports);
    const name = args.convoy as string;
    const wanted = { rig: flags.rig as string | undefined, agent: flags.agent as string | undefined };
    const order = { by: actor, ...present(wanted) };
    const found = isConvoyFile(ports, name)
      ? await applied()
      : { convoy: findConvoy(town.ledger.view, name) };
    const { key, id } = found.convoy;
    const launched = await launchAndPrint({ ports, town, out }, { convoy: key, ...order });
    const changes = "steps" in found ? { changes: found.steps } : {};
    out.result({ convoy: id, ...changes, ...launched });
    out.line(`gt convoy status ${id} --watch`);

    async function applied() {
      const [{ applyConvoy }, { changeLines, stayingLines }] = await Promise.all([
        import("../../../town/convoys/convoy_apply.ts"),
        import("../../../ui/convoy_plan_text.ts"),
      ]);
      const file = await convoyInTown(ports, { town, path: name });
      await assertFileLaunchable({ ports, town }, { file, path: name, order });
      const made = applyConvoy(town.ledger, { file, actor, random: ports.random });
      for (const line of changeLines(out.style, made.steps)) out.line(line);
      for (const line of stayingLines(made)) out.note(line);
      return made;
    }
  },
});
