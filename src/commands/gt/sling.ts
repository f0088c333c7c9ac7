import { defineCommand } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";

export const command = defineCommand({
  name: "gt sling",
  summary: "Assign beads: a worker is started for each",
  description:
    "Hangs beads on the hook of a rig, where a free worker takes each of them into a worktree of its own, or " +
    "of a worker, a member of the crew or the coordinator. All beads are slung, or none. A bead that depends on others " +
    "waits for them. Slinging a bead that was given up tries it again; its finished steps stay finished, unless it begins anew.",
  positionals: [
    {
      name: "bead",
      summary: "Ids of beads, then the target",
      required: true,
      variadic: true,
      completes: "bead-or-target",
    },
  ],
  flags: {
    agent: {
      type: "string",
      summary: "The agent that carries them out",
      placeholder: "NAME",
      completes: "agent",
    },
    molecule: {
      type: "string",
      summary:
        "The workflow they are worked by: its steps become theirs; `none` for none. That of the rig by default",
      placeholder: "NAME",
      completes: "molecule",
    },
    var: {
      type: "list",
      whole: true,
      summary: "The value of a variable of the workflow",
      placeholder: "NAME=VALUE",
    },
    fresh: {
      type: "boolean",
      summary: "Begin anew on the target branch; what was there stays under a rescue ref",
    },
    wait: { type: "boolean", summary: "Follow them until each is merged or needs a person" },
  },
  examples: [
    { line: "gt sling cs-login csm", summary: "a worker of rig csm takes cs-login" },
    { line: "gt sling cs-login cs-session csm --wait", summary: "two at once, followed to the end" },
    { line: "gt sling cs-login csm --molecule worker-work", summary: "with the steps of a workflow" },
  ],
  exits: { 1: "nothing was slung; with --wait also: a bead was not merged" },
  async run({ ports, args, flags, out, actor }) {
    const words = [...args.bead as readonly string[]];
    const target = words.pop()!;
    if (words.length === 0) {
      throw new CommandError("usage", `Cannot sling "${target}": no target is named`, {
        code: "target_missing",
        hints: [`gt sling ${target} RIG`, "gt rig list names the rigs"],
      });
    }
    const { openTown } = await import("../../town/town.ts");
    const { slingBeads } = await import("../../work/sling.ts");
    const { givenVars } = await import("../gt_support/given_vars.ts");
    const town = openTown(ports);
    const deps = { ports, town };
    const slung = await slingBeads(deps, {
      beads: words,
      target,
      by: actor,
      ...(flags.agent === undefined ? {} : { agent: flags.agent as string }),
      ...(flags.molecule === undefined ? {} : { molecule: flags.molecule as string }),
      ...(flags.var === undefined ? {} : { vars: givenVars(flags.var as readonly string[]) }),
      ...(flags.fresh ? { fresh: true } : {}),
    });
    for (const { bead, attempt, waitsFor, molecule } of slung) {
      const where = attempt
        ? `rig ${attempt.rig}, attempt ${attempt.n}, agent ${attempt.agent}`
        : bead.assignee!;
      const waits = waitsFor ? out.style.dim(` (waits for ${waitsFor})`) : "";
      out.line(`${out.style.green("✓")} ${out.style.bold(bead.id)} → ${where}${waits}`);
      if (!molecule || molecule.suggested) continue;
      const steps = `${molecule.open} of ${molecule.total} steps of ${molecule.name} to do`;
      out.line(out.style.dim(`  ${steps}: bd mol current ${bead.id}`));
      if (molecule.changed) {
        out.note(`${molecule.name} has changed since these steps were made; they stay as they were`);
      }
    }
    const { readDesired } = await import("../../town/desired.ts");
    const isUp = readDesired(ports, town.paths) === "up";
    if (!isUp && slung.some(({ attempt }) => attempt)) {
      out.note("The town is down; the work waits until it is up: gt start");
    }
    if (flags.wait && isUp) {
      const { followBeads } = await import("../../work/follow.ts");
      const followed = await followBeads(deps, {
        keys: slung.map(({ bead }) => bead.key),
        print: (line) => out.line(line),
      });
      out.result(followed.beads);
      return followed.ok ? 0 : 1;
    }
    out.result(slung.map(({ bead, attempt, waitsFor, molecule }) => ({
      bead: bead.id,
      status: bead.status,
      assignee: bead.assignee,
      ...(attempt
        ? { rig: attempt.rig, attempt: attempt.n, agent: attempt.agent, branch: attempt.branch }
        : {}),
      ...(molecule ? { molecule: molecule.name, open_steps: molecule.open, steps: molecule.total } : {}),
      ...(waitsFor ? { waits_for: waitsFor } : {}),
    })));
  },
});
