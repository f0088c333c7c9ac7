import { elapsed } from "../lib/duration.ts";
import { printable } from "../lib/printable.ts";
import { isHeldByPause, type Pause, pauseText } from "../refinery/pause.ts";
import type { ConvoyState, Standing, Tracked } from "../town/convoys/convoys.ts";
import { workerName } from "../work/attempt.ts";
import type { Style } from "../lib/style.ts";
import { type Cell, progressBar, tableLines } from "./table.ts";

/** Where and when a text is shown. */
export interface TextOptions {
  style: Style;
  /** Width of the terminal. */
  columns: number;
  /** In ms since the epoch. */
  now: number;
}

/** How a convoy is shown. */
export interface ConvoyTextOptions extends TextOptions {
  /** The queues that somebody holds, by rig. */
  pauses: ReadonlyMap<string, Pause>;
}

const signs: Readonly<Record<Standing, string>> = {
  done: "✓",
  merging: "⇢",
  working: "●",
  stuck: "!",
  hooked: "○",
  blocked: "◌",
  held: "◆",
  open: "·",
};

/** The sign of a standing, in its colour. */
export function standingSign(standing: Standing, style: Style): Cell {
  const marks: Partial<Record<Standing, (text: string) => string>> = {
    done: style.green,
    merging: style.cyan,
    working: style.blue,
    stuck: style.red,
    blocked: style.dim,
    open: style.dim,
  };
  const mark = marks[standing];
  return { text: signs[standing], ...(mark ? { mark } : {}) };
}

/** What a bead of a convoy is doing, in a few words. */
export function standingText({ bead, standing, attempt }: Tracked, now: number): string {
  const worker = attempt?.worker === undefined ? "" : ` (${workerName(attempt.worker)})`;
  const since = attempt ? `, ${elapsed(now - attempt.since)}` : "";
  switch (standing) {
    case "done":
      return bead.close_reason ?? "closed";
    case "blocked":
      return "waits for other beads";
    case "hooked":
      return `waits for a worker${attempt && attempt.n > 1 ? `, attempt ${attempt.n}` : ""}`;
    case "held":
      return `${bead.status}${bead.assignee ? ` by ${bead.assignee}` : ""}`;
    case "open":
      return "not slung";
    case "stuck":
      return `needs you: ${(attempt?.question ?? attempt?.failure?.summary ?? "").split("\n")[0]}`;
    default:
      return `${attempt!.state}${worker}${attempt!.n > 1 ? `, attempt ${attempt!.n}` : ""}${since}`;
  }
}

/** State of a convoy in a word or two. */
export function convoyWord(state: ConvoyState): string {
  if (state.closed) return state.metadata.landedAt !== undefined && state.complete ? "landed" : "closed";
  if (state.stuck.length > 0) return `${state.stuck.length} need${state.stuck.length === 1 ? "s" : ""} you`;
  if (state.complete) return "landing";
  const moving = state.beads.some(({ standing }) =>
    standing === "working" || standing === "merging" || standing === "hooked"
  );
  return moving ? "under way" : "waiting";
}

/** One row of a list of convoys. */
export function convoyRow(state: ConvoyState, style: Style): (string | Cell)[] {
  const bar = progressBar(state, 12);
  const word = convoyWord(state);
  const mark = word === "landed" ? style.green : state.stuck.length > 0 ? style.red : style.cyan;
  return [
    { text: state.bead.id, mark: style.bold },
    { text: bar.full + bar.rest, mark: () => style.green(bar.full) + style.dim(bar.rest) },
    `${state.done}/${state.total}`,
    { text: word, mark },
    printable(state.name),
  ];
}

/** The queues that somebody holds while beads of a convoy wait in them, with the commands that let them go on. */
function pauseLines(state: ConvoyState, { style, pauses }: ConvoyTextOptions): string[] {
  return [...pauses].flatMap(([rig, pause]) => {
    const isHeld = state.beads.some(({ attempt }) => attempt?.rig === rig && isHeldByPause(attempt));
    if (!isHeld) return [];
    const text = style.yellow(`The merge queue of ${rig} is ${printable(pauseText(pause))}`);
    return [`${text}  ${style.cyan(`gt mq resume ${rig}`)}`];
  });
}

/** A convoy with all of its beads. */
export function convoyLines(state: ConvoyState, options: ConvoyTextOptions): string[] {
  const { style, columns, now } = options;
  const bar = progressBar(state, 24);
  const rows = state.beads.map((tracked): (string | Cell)[] => [
    standingSign(tracked.standing, style),
    { text: tracked.bead.id, mark: style.bold },
    printable(standingText(tracked, now)).slice(0, 60),
    { text: printable(tracked.bead.title), mark: style.dim },
  ]);
  return [
    `${style.bold(printable(state.name))}  ${style.dim(state.bead.id)}`,
    `${style.green(bar.full)}${style.dim(bar.rest)} ${state.done}/${state.total}  ${convoyWord(state)}`,
    ...tableLines(rows, { columns }),
    ...pauseLines(state, options),
  ];
}
