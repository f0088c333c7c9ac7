import type { Context } from "../../cli/command.ts";
import type { Bead, Ledger, View } from "../../ledger/ledger.ts";
import { findLedger, openLedger } from "../../ledger/open.ts";
import type { JsonObject } from "../../lib/json.ts";
import { present } from "../../lib/present.ts";
import { printable } from "../../lib/printable.ts";
import { decideGate, listGates } from "../../molecules/engine/gates/gate_decision.ts";
import {
  decidersText,
  type Decision,
  gateOf,
  mayDecide,
} from "../../molecules/engine/gates/gate_standing.ts";
import { holderOf } from "../../molecules/engine/driver/lease.ts";
import { summaryOf } from "../../molecules/engine/journal/run_summary.ts";
import { runName } from "../../molecules/engine/journal/step_at.ts";
import { isFailure, stepOfBead } from "../../molecules/engine/journal/step_link.ts";

/** Prints the gates of the place that wait, or all of them. */
export function showGates(context: Context): void {
  const { flags, out, ports, actor } = context;
  const reader = { by: actor, role: ports.env.get("GT_ROLE") };
  withGates(context, ({ view }) => {
    const gates = listGates(view, { all: flags.all === true });
    out.result(gates.map((bead) => gateShape(view, bead)));
    if (gates.length === 0) out.line(flags.all === true ? "There are no gates" : "No gate waits for anybody");
    for (const bead of gates) printGate(context, { view, bead });
    const isDue = (bead: Bead) => bead.status !== "closed" && mayDecide(gateOf(bead)!, reader);
    if (gates.some(isDue)) {
      out.line(out.style.dim("Decide: gt gate approve ID, or gt gate reject ID --reason WHY"));
    }
  });
}

/** Approves or rejects the gate that was named. */
export function decide(context: Context, kind: Decision["kind"]): void {
  const { ports, args, flags, actor, out } = context;
  const text = ((kind === "approved" ? flags.message : flags.reason) as string | undefined)?.trim();
  const role = ports.env.get("GT_ROLE");
  withGates(context, (ledger) => {
    const { bead, fresh } = ledger.write(
      actor,
      (transaction) =>
        decideGate(transaction, {
          ...{ gate: args.gate as string, kind, by: actor },
          ...present({ text, role }),
        }),
    );
    out.result(gateShape(ledger.view, bead));
    const what = fresh ? `is ${kind}: ${bead.title}` : `is over already, ${bead.close_reason ?? kind}`;
    out.line(`${out.style.green("✓")} ${bead.id} ${printable(what)}`);
    const rest = unheard(context, { ledger, bead });
    if (rest !== undefined) out.line(out.style.dim(rest));
  });
}

/** What has to be done for the decision to be heard, where nobody drives the run. */
function unheard(
  { ports }: Context,
  { ledger, bead }: { ledger: Ledger; bead: Bead },
): string | undefined {
  let key = stepOfBead(bead)?.run as Bead["key"] | undefined;
  for (;;) {
    const run = key === undefined ? undefined : ledger.view.beadByKey(key);
    const summary = run && summaryOf(run);
    if (!run || !summary || run.status === "closed") return undefined;
    if (summary.background || holderOf({ ports, ledger }, run.key)) return undefined;
    if (summary.parent === undefined) {
      return `Nobody drives the run; it goes on with: gt mol resume ${run.id}`;
    }
    key = summary.parent as Bead["key"];
  }
}

function withGates<T>({ ports, out }: Context, use: (ledger: Ledger) => T): T {
  const ledger = openLedger(ports, { folder: findLedger(ports) });
  try {
    return use(ledger);
  } finally {
    for (const warning of ledger.warnings()) out.note(`warning: ${warning}`);
    ledger.close();
  }
}

function gateShape(view: View, bead: Bead): JsonObject {
  const { decision, approvers = [] } = gateOf(bead) ?? {};
  const link = stepOfBead(bead);
  const run = link && view.beadByKey(link.run as Bead["key"]);
  return {
    ...{
      id: bead.id,
      title: bead.title,
      status: bead.status === "closed" ? decision?.kind ?? "over" : "open",
    },
    ...{ approvers: [...approvers], created: bead.created_at },
    ...present({
      message: bead.description,
      run: run?.id ?? (link && runName(link.run)),
      molecule: run && summaryOf(run)?.molecule,
      step: link?.step,
      decided_by: decision?.by,
      comment: decision?.text,
      closed: bead.closed_at,
      reason: bead.close_reason,
    }),
  };
}

function printGate({ out }: Context, { view, bead }: { view: View; bead: Bead }): void {
  const { style } = out;
  const shape = gateShape(view, bead);
  const isOpened = shape.status === "approved" || shape.status === "over" && !isFailure(bead.close_reason);
  const mark = shape.status === "open" ? style.yellow("◆") : isOpened ? style.green("✓") : style.red("✗");
  const where = [shape.molecule, shape.step].filter(Boolean).join(" › ");
  out.line(`${mark} ${style.bold(bead.id)} ${printable(bead.title)}  ${style.dim(where)}`);
  for (const line of (bead.description ?? "").split("\n").filter(Boolean)) out.line(`    ${printable(line)}`);
  if (bead.status === "closed") return out.line(style.dim(`    ${printable(bead.close_reason ?? "closed")}`));
  const gate = gateOf(bead)!;
  if (gate.approvers.length > 0) out.line(style.dim(`    ${printable(decidersText(gate))}`));
}
