/**
 * What a person sees: one function from state to lines, without reading anything.
 *
 * @module
 */
import { displayWidth, shortenTo } from "../lib/display_width.ts";
import { elapsed } from "../lib/duration.ts";
import { printable } from "../lib/printable.ts";
import type { HookStatus, TownStatus, WorkerStatus } from "../town/status.ts";
import { convoyRow, type TextOptions } from "./convoy_text.ts";
import type { Style } from "../lib/style.ts";
import { type Cell, tableLines } from "./table.ts";
import type { ProgramStatus } from "../town/programs.ts";

/** The town on one screen. */
export function statusLines(status: TownStatus, options: TextOptions): string[] {
  const { style, columns } = options;
  const section = (title: string, rows: readonly (readonly (string | Cell)[])[]) =>
    rows.length === 0 ? [] : ["", style.bold(title), ...tableLines(rows, { columns })];
  return [
    headline(status, style),
    ...programLines(status, style),
    ...needLines(status, options),
    ...section(
      `Workers ${status.workers.length} of ${status.places}`,
      status.workers.map((row) => workerRow(row, options)),
    ),
    ...section("Merge queue", status.queue.map((row) => queueRow(row, options))),
    ...section("On hooks", status.hooks.map((row) => hookRow(row, options))),
    ...section("Convoys", status.convoys.map((convoy) => convoyRow(convoy, style))),
    ...emptyLines(status, style),
  ];
}

/** What needs a person: each with the whole command that settles it, on a line of its own. */
function needLines(status: TownStatus, { style, columns, now }: TextOptions): string[] {
  if (status.needs.length === 0) return [];
  const lines = status.needs.flatMap((need) => {
    const since = need.since === undefined ? "" : ` (${elapsed(now - need.since)})`;
    const text = shortenTo(
      printable(need.text),
      Math.max(20, columns - displayWidth(need.subject) - since.length - 6),
    );
    return [
      `  ${style.red("!")} ${style.bold(need.subject)}  ${text}${style.dim(since)}`,
      `      ${style.cyan(need.command)}`,
    ];
  });
  return ["", style.bold("Needs you"), ...lines];
}

function headline(status: TownStatus, style: Style): string {
  const steward = status.programs[0]!;
  const state = status.desired === "down"
    ? style.dim("down")
    : steward.state === "alive"
    ? style.green("up")
    : style.red("up, but its steward does not run");
  const rigs = status.rigs.map(({ rig, branch }) => `${rig}${style.dim(`→${branch}`)}`).join("  ");
  return `${style.bold(printable(status.town))}  ${state}${
    rigs === "" ? "" : `  ${style.dim("rigs:")} ${rigs}`
  }`;
}

function programLines(status: TownStatus, style: Style): string[] {
  const word = (program: ProgramStatus) => {
    const name = program.name;
    if (program.failures > 0 && program.state !== "gone") return style.yellow(`${name} (failing)`);
    if (program.state === "alive") return `${style.green("●")} ${name}`;
    if (program.state === "unknown") return `${style.yellow("?")} ${name}`;
    return status.desired === "down" ? style.dim(`○ ${name}`) : style.red(`✗ ${name}`);
  };
  return [`  ${status.programs.map(word).join("  ")}`];
}

function workerRow(row: WorkerStatus, { style, now }: TextOptions): (string | Cell)[] {
  const isGone = row.process === "gone";
  const state = isGone ? "session gone" : stateWord(row);
  const mark = isGone || row.state === "waiting"
    ? style.red
    : row.state === "working"
    ? style.blue
    : style.yellow;
  return [
    `worker-${row.worker}`,
    { text: row.bead, mark: style.bold },
    { text: state, mark },
    elapsed(now - row.since),
    { text: row.attempt > 1 ? `${row.agent}, attempt ${row.attempt}` : row.agent, mark: style.dim },
    printable(row.title),
  ];
}

function stateWord({ state, busy, limitedUntil }: WorkerStatus): string {
  if (state !== "working") return state;
  if (limitedUntil !== undefined) return "rate-limited";
  return busy === false ? "idle" : state;
}

function queueRow(row: WorkerStatus, { style, now }: TextOptions): (string | Cell)[] {
  return [
    row.rig,
    { text: row.bead, mark: style.bold },
    { text: row.state, mark: row.state === "merging" ? style.cyan : style.dim },
    elapsed(now - row.since),
    printable(row.title),
  ];
}

function hookRow(row: HookStatus, { style, now }: TextOptions): (string | Cell)[] {
  const reasons: Record<HookStatus["waitsFor"], string> = {
    place: "waits for a free worker",
    dependencies: "waits for other beads",
    pause: "pauses before the next try",
    budget: "waits for its budget",
    limit: "waits until its agent may go on",
    person: "in their hands",
  };
  return [
    row.holder,
    { text: row.bead, mark: style.bold },
    reasons[row.waitsFor],
    row.since === undefined ? "" : elapsed(now - row.since),
    printable(row.title),
  ];
}

function emptyLines(status: TownStatus, style: Style): string[] {
  if (status.desired === "down") return ["", `Start it: ${style.cyan("gt start")}`];
  if (status.rigs.length === 0) return ["", `Add a repository: ${style.cyan("gt rig add NAME URL-or-path")}`];
  const isIdle = status.workers.length + status.queue.length + status.hooks.length === 0;
  if (!isIdle) return [];
  const [{ rig, prefix }] = status.rigs as [TownStatus["rigs"][number]];
  return ["", style.dim(`Nothing is on any hook. Give out work: gt sling ${prefix}-… ${rig}`)];
}
