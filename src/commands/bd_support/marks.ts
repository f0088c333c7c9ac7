import type { Style } from "../../lib/style.ts";
import type { Bead } from "../../ledger/ledger.ts";
import { printable } from "../../lib/printable.ts";

type Mark = readonly [glyph: string, colour: keyof Style];

const MARKS: Readonly<Record<string, Mark>> = {
  open: ["○", "green"],
  in_progress: ["◐", "yellow"],
  hooked: ["◉", "magenta"],
  blocked: ["⊘", "red"],
  deferred: ["◌", "dim"],
  pinned: ["◆", "cyan"],
  closed: ["✓", "dim"],
  tombstone: ["✗", "dim"],
};

/** The sign for how a bead stands: an open one that is held back has the sign of a blocked one. */
export function statusGlyph(style: Style, bead: Pick<Bead, "status" | "blocked">): string {
  const waits = bead.status === "open" && bead.blocked;
  const [glyph, colour] = MARKS[waits ? "blocked" : bead.status] ?? ["•", "bold"];
  return style[colour](glyph);
}

/** A status in the colour of its sign: `in progress`. */
export function statusWord(style: Style, bead: Pick<Bead, "status" | "blocked">): string {
  const [, colour] = MARKS[bead.status] ?? ["•", "bold"];
  const word = style[colour](printable(bead.status.replaceAll("_", " ")));
  return bead.blocked && bead.status === "open" ? `${word} ${style.red("(blocked)")}` : word;
}

/** `P0` to `P4`, the urgent ones marked. */
export function priorityWord(style: Style, priority: number): string {
  const word = `P${priority}`;
  if (priority === 0) return style.bold(style.red(word));
  return priority === 1 ? style.yellow(word) : style.dim(word);
}

/** A bead in one short phrase: its sign, its id, its title. */
export function beadPhrase(style: Style, bead: Pick<Bead, "id" | "title" | "status" | "blocked">): string {
  return `${statusGlyph(style, bead)} ${style.cyan(printable(bead.id))} ${printable(bead.title)}`;
}

/** The line that says a bead was closed, or had been before. */
export function closedLine(
  style: Style,
  { bead, before }: { bead: Pick<Bead, "id" | "title">; before: boolean },
): string {
  return doneLine(style, { verb: before ? "Already closed" : "Closed", bead });
}

/** The line that says a change was made: `✓ Closed cs-4f: Add a login form`. */
export function doneLine(style: Style, done: { verb: string; bead: Pick<Bead, "id" | "title"> }): string {
  return `${style.green("✓")} ${done.verb} ${style.cyan(printable(done.bead.id))}: ${
    printable(done.bead.title)
  }`;
}
