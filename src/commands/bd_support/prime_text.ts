import { listBeads } from "../../beads/list.ts";
import { readyBeads } from "../../beads/ready.ts";
import type { Bead, View } from "../../ledger/ledger.ts";
import { printable } from "../../lib/printable.ts";

const HOW_TO = `# Work in this project is kept with bd

Find work      bd ready                      what can begin now, the most urgent first
               bd show ID                    everything about a bead
Take it        bd update ID --claim          only one can have it
While at it    bd comment ID "..."           what others should know
               bd create "..." -t bug --deps discovered-from:ID
               bd dep add ID OTHER           ID waits for OTHER
Done           bd close ID --reason "..."
Plan           bd create -f plan.md          headings and lists become beads; bd batch for many commands
Share          bd sync                       with the other clones

Plan in beads, not in files of your own. Every command takes --json and --help.`;

/** How to use bd, with what the caller is at and what is ready. */
export function primeText(view: View, options: { actor: string; now: number }): string {
  const mine = listBeads(view, { assignee: options.actor, statuses: ["in_progress", "hooked"], limit: 10 });
  const ready = readyBeads(view, { now: options.now, limit: 5 });
  return [
    HOW_TO,
    ...lines(`You (${options.actor}) are at`, mine),
    ...lines("Ready, the most urgent first", ready),
  ].join("\n");
}

function lines(title: string, beads: readonly Bead[]): string[] {
  if (beads.length === 0) return [];
  return [
    "",
    `${title}:`,
    ...beads.map((bead) => `  ${printable(bead.id)}  P${bead.priority}  ${printable(bead.title)}`),
  ];
}
