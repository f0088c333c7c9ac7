import { replaceBead, type Replaced } from "../../beads/duplicates.ts";
import { resolveBead } from "../../beads/ids.ts";
import type { Context } from "../../cli/command.ts";
import type { Transaction } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/json.ts";
import { printable } from "../../lib/printable.ts";
import { refuseOfRun, refuseTaking } from "./guard.ts";
import { withLedger } from "./ledger.ts";

/** In what way a bead gives way to another, and the flag that names the other. */
export interface Replacing {
  type: "duplicates" | "supersedes";
  flag: string;
}

/** Closes the bead of a call in favour of the one its flag names, and tells about it. */
export async function replaceAndPrint(context: Context, asked: Replacing): Promise<void> {
  const { out } = context;
  otherOf(context, asked);
  await withLedger(context, (ledger) => {
    const replaced = ledger.write(
      context.actor,
      (transaction) => replaceNamed(transaction, { context, ...asked }),
    );
    const { bead, by, moved } = replaced;
    const { style } = out;
    const word = asked.type === "duplicates" ? "a duplicate of" : "superseded by";
    const kept = `${style.cyan(printable(by.id))}: ${printable(by.title)}`;
    out.line(`${style.green("✓")} Closed ${style.cyan(printable(bead.id))} as ${word} ${kept}`);
    for (const { issue_id } of moved) {
      out.line(style.dim(`  ${printable(issue_id)} waits for ${printable(by.id)} now`));
    }
    out.result(replacedShape(replaced, asked.type));
  });
}

/** Closes the bead of a call in favour of another, as part of a change. @throws {CommandError} as `replaceBead`. */
export function replaceNamed(
  transaction: Transaction,
  { context, ...asked }: Replacing & { context: Pick<Context, "args" | "flags" | "ports"> },
): Replaced {
  const by = resolveBead(transaction, otherOf(context, asked));
  const bead = resolveBead(transaction, context.args.bead as string);
  const touch = { view: transaction, bead, env: context.ports.env };
  refuseTaking(verbOf(asked), touch);
  refuseOfRun(verbOf(asked), touch);
  return replaceBead(transaction, { bead, by, type: asked.type });
}

/** What became of a replaced bead, as JSON gives it. */
export function replacedShape({ bead, by, moved }: Replaced, type: Replacing["type"]): JsonObject {
  return {
    ...(type === "duplicates"
      ? { duplicate: bead.id, canonical: by.id }
      : { superseded: bead.id, replacement: by.id }),
    status: bead.status,
    moved,
  };
}

function otherOf({ args, flags }: Pick<Context, "args" | "flags">, asked: Replacing): string {
  const other = (flags[asked.flag] as string | undefined)?.trim();
  if (other) return other;
  const verb = verbOf(asked);
  throw new CommandError("usage", `Missing --${asked.flag} BEAD for \`bd ${verb}\``, {
    code: "missing_argument",
    hints: [`bd ${verb} ${String(args.bead)} --${asked.flag} BEAD`],
  });
}

function verbOf({ type }: Replacing): string {
  return type === "duplicates" ? "duplicate" : "supersede";
}
