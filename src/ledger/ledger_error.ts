import { CommandError } from "../lib/errors.ts";
import { MOST_LEVELS } from "./operation.ts";

const OF_MACHINE: ReadonlySet<string> = new Set([
  "ledger_busy",
  "disk_full",
  "disk_error",
  "read_only",
  "ledger_gone",
]);

/** Whether the machine refused, and not what was asked for was wrong: the same may succeed later. */
export function isOfMachine(error: unknown): boolean {
  return error instanceof CommandError && OF_MACHINE.has(error.code);
}

/** The error for a folder of a ledger that somebody has removed while it was open. */
export function ledgerGone(folder: string, cause?: unknown): CommandError {
  return new CommandError("refused", `Cannot go on: "${folder}" was removed while this command ran`, {
    code: "ledger_gone",
    hints: [
      "git clean -x removes it; this leaves it alone: git clean -fdx -e .beads",
      "The next call takes in what git has of it (refs/beads); a run goes on there with --take-over",
    ],
    cause,
  });
}

/** The error for a change that names a bead the ledger does not hold. */
export function missingBead(key: string): CommandError {
  return new CommandError("refused", `Cannot change bead "${key}": no such bead`, {
    code: "bead_not_found",
    hints: ["bd list"],
  });
}

/** The error for a change of a bead that was removed. */
export function deletedBead(id: string): CommandError {
  return new CommandError("refused", `Cannot change bead "${id}": it was deleted`, {
    code: "bead_deleted",
    hints: [`bd history ${id}`],
  });
}

/** The error for an id that another bead bears or bore. */
export function takenId(id: string): CommandError {
  return new CommandError("refused", `Cannot use id "${id}": a bead has it already`, {
    code: "id_taken",
    hints: [`bd show ${id}`, "Leave the id out to get a free one"],
  });
}

/** The error for a value that not every reader of the log could take. */
export function nestedTooDeep(key: string): CommandError {
  return new CommandError("refused", `Cannot change bead "${key}": a value is nested too deep`, {
    code: "nested_too_deep",
    hints: [`Lists and objects may stand in each other up to ${MOST_LEVELS} deep`],
  });
}

/** The error for an edge that would make beads wait for each other. */
export function dependencyCycle(way: readonly string[]): CommandError {
  const from = way[0]!;
  const to = way[1] ?? from;
  return new CommandError(
    "refused",
    `Cannot make "${from}" depend on "${to}": ${
      from === to ? "a bead cannot wait for itself" : `cycle ${way.join(" → ")}`
    }`,
    { code: from === to ? "self_dependency" : "dependency_cycle", hints: [`bd dep list ${to}`] },
  );
}
