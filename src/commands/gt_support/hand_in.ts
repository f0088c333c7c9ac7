import type { Context } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";

/** Submits what a person has committed, where the caller stands in a worktree of the crew; says whether it does. */
export async function handInHere(
  { ports, out, actor }: Pick<Context, "ports" | "out" | "actor">,
  { bead, flags }: { bead: string | undefined; flags: Context["flags"] },
): Promise<boolean> {
  const { openTown } = await import("../../town/town.ts");
  const town = openTown(ports);
  const { crew } = town.place();
  if (crew === undefined) return false;
  if (flags["no-code"] !== undefined || flags.output !== undefined) {
    throw new CommandError("usage", "Cannot use --no-code or --output in a worktree of the crew", {
      code: "not_a_worker",
      hints: ["bd close ID --reason WHY"],
    });
  }
  const [{ crewMember }, { handIn }] = await Promise.all([
    import("../../town/crew_members.ts"),
    import("../../work/hand_in.ts"),
  ]);
  const deps = { ports, town };
  const handed = await handIn(deps, { member: crewMember(deps, crew), bead, by: actor });
  const { attempt, commit, untracked } = handed;
  const { id } = handed.bead;
  out.line(`${out.style.green("✓")} ${id} is submitted as ${commit.slice(0, 12)}: gt mq show ${id}`);
  if (untracked > 0) {
    const files = untracked === 1
      ? "1 file that git does not know stays"
      : `${untracked} files that git does not know stay`;
    out.line(out.style.dim(`${files} where they are.`));
  }
  out.result({ bead: id, attempt: attempt.n, state: attempt.state, commit, untracked });
  return true;
}
