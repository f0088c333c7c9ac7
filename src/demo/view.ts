import type { Style } from "../lib/style.ts";
import { printable } from "../lib/printable.ts";

/** One bead as the demonstration shows it. */
export interface BeadLine {
  id: string;
  title: string;
  /** State of its attempt, `waiting for …`, or its status. */
  state: string;
  attempt: number;
  worker?: string;
  /** What happened to it on the way: `conflict, reworked`. */
  remarks: readonly string[];
}

/** What is on the screen. */
export interface DemoModel {
  convoy: string;
  beads: readonly BeadLine[];
  /** The last things that happened, oldest first. */
  events: readonly string[];
  /** Ms since the work was slung. */
  elapsed: number;
}

const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** Draws the model in lines no wider than `columns`. */
export function drawDemo(model: DemoModel, options: { columns: number; style: Style }): string[] {
  const { style, columns } = options;
  const landed = model.beads.filter((bead) => bead.state === "merged").length;
  const width = Math.max(...model.beads.map((bead) => bead.id.length));
  const seconds = `${(model.elapsed / 1000).toFixed(1)} s`;
  return [
    `${style.bold(model.convoy)}  ${
      bar(landed, model.beads.length, style)
    }  ${landed}/${model.beads.length} merged  ` +
    style.dim(seconds),
    "",
    ...model.beads.map((bead) => beadLine(bead, { width, style, columns, elapsed: model.elapsed })),
    "",
    ...model.events.slice(-6).map((event) => style.dim(clip(`  ${printable(event)}`, columns - 1))),
  ];
}

function beadLine(
  bead: BeadLine,
  options: { width: number; style: Style; columns: number; elapsed: number },
): string {
  const { width, style, columns } = options;
  const who = (bead.worker ?? "").padEnd(9);
  const attempt = bead.attempt > 1 ? ` (attempt ${bead.attempt})` : "";
  const state = `${bead.state}${attempt}`;
  const remarks = bead.remarks.length > 0 ? `  ${bead.remarks.join(", ")}` : "";
  const room = columns - width - who.length - 8;
  const text = clip(`${state}${remarks}`, room);
  return `  ${glyph(bead, options)} ${style.bold(bead.id.padEnd(width))}  ${style.dim(who)} ${
    tinted(bead, text, style)
  }`;
}

function glyph(bead: BeadLine, { style, elapsed }: { style: Style; elapsed: number }): string {
  if (bead.state === "merged") return style.green("✓");
  if (bead.state === "hooked" || bead.state === "open" || bead.state.startsWith("waits")) {
    return style.dim("○");
  }
  if (bead.state === "waiting" || bead.state === "escalated") return style.red("!");
  return style.cyan(spinner[Math.floor(elapsed / 100) % spinner.length]!);
}

function tinted(bead: BeadLine, text: string, style: Style): string {
  if (bead.state === "merged") return style.green(text);
  if (bead.state === "waiting" || bead.state === "escalated") return style.red(text);
  if (bead.state === "merging" || bead.state === "queued") return style.magenta(text);
  return text;
}

function bar(done: number, total: number, style: Style): string {
  const cells = 20;
  const full = total === 0 ? 0 : Math.round((done / total) * cells);
  return style.green("█".repeat(full)) + style.dim("░".repeat(cells - full));
}

function clip(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`;
}
