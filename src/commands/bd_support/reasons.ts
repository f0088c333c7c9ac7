import { rowShape } from "../../beads/export_shape.ts";
import { resolveBead } from "../../beads/ids.ts";
import { eachListed } from "../../beads/list.ts";
import { explainReady, readyKeys } from "../../beads/ready.ts";
import type { Context } from "../../cli/command.ts";
import type { Bead, View } from "../../ledger/ledger.ts";
import type { JsonObject } from "../../lib/json.ts";
import { printable } from "../../lib/printable.ts";
import { beadPhrase } from "./marks.ts";
import { readyFilter } from "./ready_filter.ts";

/** Prints for open beads, or those the call names, why each is ready or not; JSON rows carry `ready` and `reasons`. */
export function printReasons(context: Pick<Context, "args" | "flags" | "ports" | "out">, view: View): void {
  const { out } = context;
  const filter = readyFilter(context, view);
  const ready = readyKeys(view, filter);
  const names = context.args.bead as readonly string[];
  const limit = context.flags.limit as number;
  const open = (): Iterable<Bead> =>
    names.length > 0
      ? names.map((name) => resolveBead(view, name))
      : eachListed(view, { statuses: ["open", "blocked", "deferred"], limit });
  function* explained(): Generator<{ bead: Bead; reasons: string[] }> {
    for (const wanted of [true, false]) {
      for (const bead of open()) {
        if (ready.has(bead.key) !== wanted) continue;
        yield { bead, reasons: explainReady(view, { bead, now: filter.now }) };
      }
    }
  }
  function* shapes(): Generator<JsonObject> {
    for (const { bead, reasons } of explained()) {
      yield { ...rowShape(view, bead), ready: ready.has(bead.key), reasons };
    }
  }
  view.atOnce(() => {
    if (out.json) return out.results(shapes());
    let none = true;
    for (const { bead, reasons } of explained()) {
      none = false;
      const lines = reasons.map((reason) => out.style.dim(`    ${printable(reason)}`));
      out.line([beadPhrase(out.style, bead), ...lines].join("\n"));
    }
    if (none) out.line(out.style.dim("No open beads"));
  });
}
