import { defineCommand } from "../../../cli/command.ts";

/** `gt convoy launch`. */
export const command = defineCommand({
  name: "gt convoy launch",
  summary: "Give every open bead of a convoy to a worker",
  description:
    "Each bead goes to the rig, agent and workflow its file named, else to --rig, else to the rig whose prefix it " +
    "has. Beads that depend on others wait for them. Doing it twice is doing it once.",
  positionals: [{
    name: "convoy",
    summary: "Its id, its name, or the beginning of either",
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
  ],
  exits: { 1: "a bead has no rig; nothing is slung" },
  async run({ ports, args, flags, out, actor }) {
    const [{ openTown }, { findConvoy }, { launchConvoy }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/convoys/convoys.ts"),
      import("../../../work/launch_convoy.ts"),
    ]);
    const town = openTown(ports);
    const { key, id } = findConvoy(town.ledger.view, args.convoy as string);
    const text = (name: string) => flags[name] as string | undefined;
    const slung = await launchConvoy({ ports, town }, {
      convoy: key,
      by: actor,
      ...(text("rig") === undefined ? {} : { rig: text("rig")! }),
      ...(text("agent") === undefined ? {} : { agent: text("agent")! }),
    });
    out.result({ convoy: id, slung });
    out.line(
      slung.length === 0 ? "Every bead of it is slung or closed already" : `Slung: ${slung.join(", ")}`,
    );
    const { readDesired } = await import("../../../town/desired.ts");
    if (readDesired(ports, town.paths) === "down") {
      out.note("The town is down; the work waits until it is up: gt start");
    } else out.line(`gt convoy status ${id} --watch`);
  },
});
