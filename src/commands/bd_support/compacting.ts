import { type Compactable, compactable, compactBeads, restoreTexts } from "../../beads/compaction.ts";
import { resolveBead } from "../../beads/ids.ts";
import { issueShape } from "../../beads/export_shape.ts";
import type { Context } from "../../cli/command.ts";
import type { View } from "../../ledger/ledger.ts";
import { shrinkIndex } from "../../ledger/shrink_index.ts";
import { CommandError } from "../../lib/errors.ts";
import { printable } from "../../lib/printable.ts";
import { withLedger } from "./ledger.ts";
import { ledgerSizes, sizePhrase } from "./ledger_facts.ts";
import { doneLine } from "./marks.ts";
import { parseWhen } from "./when.ts";

/** How many beads are shown to a person. */
const SHOWN = 15;

/** Takes long texts out of closed beads, or shows which. */
export async function compactAndPrint(context: Context): Promise<void> {
  const { flags, ports, out } = context;
  const apply = flags.apply === true;
  await withLedger(context, (ledger) => {
    const sizes = ledgerSizes(ports, ledger.folder);
    const chosen = apply
      ? ledger.write(context.actor, (transaction) => {
        const found = chosenIn(context, transaction);
        compactBeads(transaction, found);
        return found;
      })
      : chosenIn(context, ledger.view);
    if (apply && chosen.length > 0) shrinkIndex(ledger);
    const now = ledgerSizes(ports, ledger.folder);
    printCompacted(context, { chosen, apply });
    if (apply && chosen.length > 0) {
      out.line(
        out.style.dim(
          `  index ${sizePhrase(sizes.index)} → ${sizePhrase(now.index)}, logs ${sizePhrase(sizes.logs)} → ${
            sizePhrase(now.logs)
          }`,
        ),
      );
    }
    out.result({
      ...(apply ? {} : { dry_run: true }),
      compacted: chosen.map(({ id, before, after }) => ({
        id,
        original_size: before,
        compacted_size: after,
      })),
      count: chosen.length,
      characters_saved: saved(chosen),
      sizes: now,
    });
  });
}

function chosenIn({ args, flags, ports }: Context, view: View): Compactable[] {
  const names = args.bead as readonly string[];
  const keys = names.map((name) => {
    const bead = resolveBead(view, name);
    if (bead.status === "closed") return bead.key;
    throw new CommandError("refused", `Cannot compact bead "${bead.id}": it is ${bead.status}`, {
      code: "not_closed",
      hints: ["only closed beads are compacted"],
    });
  });
  return compactable(view, {
    ...(keys.length > 0 ? { keys } : {}),
    closedBefore: parseWhen(flags["closed-before"] as string, { now: ports.clock.now(), back: true }),
    minimum: flags["min-size"] as number,
  });
}

function saved(chosen: readonly Compactable[]): number {
  return chosen.reduce((sum, { before, after }) => sum + before - after, 0);
}

function printCompacted(
  { out }: Context,
  { chosen, apply }: { chosen: readonly Compactable[]; apply: boolean },
): void {
  const { style } = out;
  if (chosen.length === 0) return out.line(style.dim("Nothing to compact"));
  const count = chosen.length === 1 ? "1 bead" : `${chosen.length} beads`;
  const size = sizePhrase(saved(chosen)).replace("bytes", "characters");
  out.line(apply ? `${style.green("✓")} Took ${size} out of ${count}` : `Would take ${size} out of ${count}`);
  for (const { id, title, before, after } of chosen.slice(0, SHOWN)) {
    out.line(
      `  ${style.cyan(printable(id))} ${style.dim(`${before} → ${after}`)}  ${printable(title)}`,
    );
  }
  if (chosen.length > SHOWN) out.line(style.dim(`  and ${chosen.length - SHOWN} more`));
  out.line(
    style.dim(
      apply
        ? "  nothing is lost: bd compact --restore ID puts it back"
        : "nothing was changed; to do it: bd compact --apply",
    ),
  );
}

/** Puts the texts of the beads of a call back. */
export async function restoreAndPrint(context: Context): Promise<void> {
  const { args, out } = context;
  const names = args.bead as readonly string[];
  if (names.length === 0) {
    throw new CommandError("usage", "Missing BEAD for `bd compact --restore`", {
      code: "missing_argument",
      hints: ["bd compact --restore BEAD"],
    });
  }
  await withLedger(context, (ledger) => {
    const restored = ledger.write(
      context.actor,
      (transaction) => names.map((name) => restoreTexts(transaction, resolveBead(transaction, name))),
    );
    for (const bead of restored) out.line(doneLine(out.style, { verb: "Restored", bead }));
    out.result({
      restored: restored.map((bead) => issueShape(ledger.view, bead)),
      count: restored.length,
    });
  });
}
