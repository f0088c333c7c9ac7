import { issueShape } from "../../beads/export_shape.ts";
import { dependenciesOf } from "../../beads/dependencies.ts";
import { parsePlan } from "../../beads/plan.ts";
import { createPlan, type PlannedBead } from "../../beads/plan_create.ts";
import type { Context } from "../../cli/command.ts";
import type { View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import { present } from "../../lib/present.ts";
import { printable } from "../../lib/printable.ts";
import { isoTime } from "../../ports/time.ts";
import { fileText, knownType } from "./fields.ts";
import { withLedger } from "./ledger.ts";
import { beadPhrase } from "./marks.ts";
import { tryOut } from "./try_out.ts";
import { parseWhen } from "./when.ts";

/** Makes the beads of the plan that `bd create -f` names, all or none, and shows them as a tree. */
export async function planAndPrint(context: Context): Promise<void> {
  const { args, flags, ports, out } = context;
  const file = flags.file as string;
  if (args.title !== undefined || flags.title !== undefined) {
    throw new CommandError("usage", "Cannot take a title with --file: the plan has its own", {
      code: "title_and_plan",
      hints: [`bd create -f ${file}`],
    });
  }
  const plan = parsePlan(file === "-" ? ports.terminal.readInput() : fileText(ports, file));
  const dry = flags["dry-run"] === true;
  await withLedger(context, (ledger) => {
    const { planned, shapes, lines } = tryOut(ledger, {
      actor: context.actor,
      dry,
      change: (transaction) => {
        const planned = createPlan(transaction, {
          plan,
          random: ports.random,
          ...present({
            parent: flags.parent as string | undefined,
            labels: flags.labels as readonly string[] | undefined,
            assignee: flags.assignee as string | undefined,
          }),
          typeOf: (text) => knownType(transaction, text),
          momentOf: (text) => isoTime(parseWhen(text, { now: ports.clock.now() })),
        });
        return {
          planned,
          shapes: planned.map(({ bead }) => issueShape(transaction, bead)),
          lines: treeOf(context, { view: transaction, planned }),
        };
      },
    });
    if (flags.silent === true || out.quiet) { for (const { bead } of planned) out.answer(bead.id); }
    else {
      const count = planned.length === 1 ? "1 bead" : `${planned.length} beads`;
      out.line(dry ? `Would create ${count}` : `${out.style.green("✓")} Created ${count}`);
      for (const line of lines) out.line(line);
    }
    out.result(shapes);
  });
}

function treeOf(
  { out: { style } }: Context,
  { view, planned }: { view: View; planned: readonly PlannedBead[] },
): string[] {
  return planned.map(({ bead, depth }) => {
    const waits = dependenciesOf(view, { key: bead.key }).filter(({ type }) => type !== "parent-child")
      .map((edge) => printable(edge.bead?.id ?? edge.target));
    const after = waits.length === 0 ? "" : style.dim(`  after ${waits.join(", ")}`);
    return `  ${"  ".repeat(depth)}${beadPhrase(style, bead)}${after}`;
  });
}
