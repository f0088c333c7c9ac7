import type { Bead } from "../ledger/ledger.ts";
import { printable, printableText } from "../lib/printable.ts";
import type { Style } from "../lib/style.ts";
import { type Checklist, finishing, originOf, type StepState } from "../molecules/checklist.ts";

/** A step to be done: its title, what is to be done, and when it is finished. */
export function stepText(step: Bead): string[] {
  const lines = (text: string | undefined, indent: string) =>
    text === undefined
      ? []
      : printableText(text.trimEnd()).split("\n").map((line) => (indent + line).trimEnd());
  const run = originOf(step)?.run;
  return [
    `${printable(step.id)} "${printable(step.title)}"`,
    ...lines(step.description, "  "),
    ...(run ? [`  $ ${printable(run.command.trim())}`] : []),
    ...(step.acceptance_criteria === undefined ? [] : ["  Finished when:"]),
    ...lines(step.acceptance_criteria, "    "),
  ];
}

/** The line that says how a step is finished. */
export function finishLine(style: Style, step: Bead): string {
  const { when, command } = finishing(step);
  return `${style.bold(when)}: ${command}`;
}

const marks: Readonly<Record<StepState, readonly [glyph: string, colour: keyof Style]>> = {
  done: ["✓", "green"],
  current: ["▶", "yellow"],
  ready: ["○", "bold"],
  blocked: ["·", "dim"],
  pending: ["·", "dim"],
};

/** A checklist: a line about the bead, then one for each step. */
export function checklistLines(style: Style, checklist: Checklist): string[] {
  const { bead, molecule, steps, completed, total } = checklist;
  const name = molecule === undefined ? "" : `${style.dim(printable(molecule))}  `;
  const head = `${style.bold(style.cyan(printable(bead.id)))} ${printable(bead.title)}  ${name}` +
    style.dim(`${completed} of ${total} done`);
  return [
    head,
    ...steps.map(({ bead: step, state }) => {
      const [glyph, colour] = marks[state];
      const holder = state === "current" && step.assignee !== undefined
        ? `  ${style.magenta(`@${printable(step.assignee)}`)}`
        : "";
      const title = printable(step.title);
      return `${style[colour](glyph)} ${style.cyan(printable(step.id))}  ${
        state === "current" ? style.bold(title) : state === "ready" ? title : style.dim(title)
      }${holder}`;
    }),
  ];
}
