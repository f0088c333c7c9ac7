import { isExternal } from "../../beads/create.ts";
import { addDependency } from "../../beads/dependencies.ts";
import { resolveBead } from "../../beads/ids.ts";
import type { Context } from "../../cli/command.ts";
import type { Transaction } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";

/** An edge that was added, as JSON gives it. */
export type AddedEdge = { status: "added"; issue_id: string; depends_on_id: string; type: string };

/** Makes one bead depend on others. @throws {CommandError} as `addDependency`. */
export function addEdges(
  transaction: Transaction,
  { bead, on, type }: { bead: string; on: readonly string[]; type: string },
): AddedEdge[] {
  const { key, id } = resolveBead(transaction, bead);
  return on.map((name) => {
    addDependency(transaction, { key, target: name, type });
    const target = isExternal(name) ? name : resolveBead(transaction, name).id;
    return { status: "added", issue_id: id, depends_on_id: target, type };
  });
}

/** A change of one label on several beads. */
export interface LabelCall {
  verb: "add" | "remove";
  names: readonly string[];
  label: string;
}

/** Reads the words of `bd label add` or `remove`: beads, and the label last. @throws {CommandError} `missing_argument`. */
export function labelCall({ args }: Pick<Context, "args">, verb: LabelCall["verb"]): LabelCall {
  const words = args.bead as readonly string[];
  const label = words.at(-1)?.trim() ?? "";
  if (words.length > 1 && label !== "") return { verb, names: words.slice(0, -1), label };
  throw new CommandError("usage", `Missing LABEL for \`bd label ${verb}\``, {
    code: "missing_argument",
    hints: [`bd label ${verb} BEAD LABEL`],
  });
}

/** Puts a label on beads, or takes it off. */
export function changeLabel(
  transaction: Transaction,
  { verb, names, label }: LabelCall,
): { status: string; issue_id: string; label: string }[] {
  return names.map((name) => {
    const { key, id } = resolveBead(transaction, name);
    if (verb === "add") transaction.addLabel(key, label);
    else transaction.removeLabel(key, label);
    return { status: verb === "add" ? "added" : "removed", issue_id: id, label };
  });
}
