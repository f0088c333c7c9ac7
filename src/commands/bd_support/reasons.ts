import { rowShapes } from "../../beads/export_shape.ts";
import { resolveBead } from "../../beads/ids.ts";
import { listBeads } from "../../beads/list.ts";
import { explainReady, readyBeads } from "../../beads/ready.ts";
import type { Context } from "../../cli/command.ts";
import type { View } from "../../ledger/ledger.ts";
import { printable } from "../../lib/printable.ts";
import { beadPhrase } from "./marks.ts";
import { readyFilter } from "./ready_filter.ts";

/** Prints for open beads, or those the call names, why each is ready or not; JSON rows carry `ready` and `reasons`. */
export function printReasons(context: Pick<Context, "args" | "flags" | "ports" | "out">, view: View): void {
  const { out } = context;
  const filter = readyFilter(context, view);
  const ready = new Set(readyBeads(view, { ...filter, limit: 0 }).map((bead) => bead.key));
  const names = context.args.bead as readonly string[];
  const open = names.length > 0 ? names.map((name) => resolveBead(view, name)) : listBeads(view, {
    statuses: ["open", "blocked", "deferred"],
    limit: context.flags.limit as number,
  });
  const beads = [
    ...open.filter((bead) => ready.has(bead.key)),
    ...open.filter((bead) => !ready.has(bead.key)),
  ];
  const reasons = beads.map((bead) => explainReady(view, { bead, now: filter.now }));
  if (beads.length === 0) out.line(out.style.dim("No open beads"));
  for (const [at, bead] of beads.entries()) {
    out.line(beadPhrase(out.style, bead));
    for (const reason of reasons[at]!) out.line(out.style.dim(`    ${printable(reason)}`));
  }
  out.result(
    rowShapes(view, beads).map((shape, at) => ({
      ...shape,
      ready: ready.has(beads[at]!.key),
      reasons: reasons[at],
    })),
  );
}
