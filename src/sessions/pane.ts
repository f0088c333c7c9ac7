import { sessionByName } from "./listing.ts";
import { askTmux, type Tmux, troubleOf } from "./tmux.ts";
import type { Captured, Typed } from "./session.ts";

const screenFormat = "#{cursor_x} #{cursor_y} #{pane_width} #{pane_height} #{pane_in_mode} #{cursor_flag}";

/** Reads what the pane of a session shows, with some of its history. */
export async function capturePane(
  tmux: Tmux,
  options: { name: string; lines?: number },
): Promise<Captured> {
  const found = await sessionByName(tmux, options.name);
  if (found.kind !== "found") return found;
  const pane = found.session.pane;
  const finished = await askTmux(
    tmux,
    ["display-message", "-p", "-t", pane, screenFormat],
    ["capture-pane", "-p", "-t", pane],
    ["capture-pane", "-p", "-J", "-t", pane, "-S", `-${options.lines ?? 0}`],
  );
  if (finished.code !== 0) return absentOrUnknown(troubleOf(finished));
  const [head = "", ...shownLines] = finished.stdout.split("\n");
  const [column, row, columns, rows, scrolled, shown] = head.split(" ").map(Number);
  const lines = shownLines.slice(rows!);
  const screen = shownLines.slice(0, rows!);
  return {
    kind: "captured",
    text: lines.join("\n").trimEnd(),
    cursor: {
      column: column!,
      row: options.lines ? row! : lineOfRow({ lines, screen, row: row! }),
      ...(shown === 0 ? { hidden: true } : {}),
    },
    columns: columns!,
    rows: rows!,
    scrolled: scrolled! > 0,
  };
}

/** The line that a row of the screen is part of: a line that is wrapped takes several rows. */
function lineOfRow(shown: { lines: readonly string[]; screen: readonly string[]; row: number }): number {
  const { lines, screen, row } = shown;
  let next = 0;
  for (const [at, line] of lines.entries()) {
    const whole = bare(line);
    let held = bare(screen[next] ?? "");
    while (held !== whole && whole.startsWith(held) && next + 1 < screen.length) {
      held += bare(screen[++next]!);
    }
    if (next++ >= row) return at;
  }
  return row;
}

/** Of a row the spaces at its end are not told. */
function bare(text: string): string {
  return text.replaceAll(/\s/g, "");
}

/** Between a text and Enter: a program that reads both at once takes the pair for something pasted. */
const beforeEnterMs = 60;

/** Types a line into the pane of a session: the text as it is, then Enter. */
export async function typeLine(tmux: Tmux, options: { name: string; text: string }): Promise<Typed> {
  const typed = await typeText(tmux, options);
  if (typed.kind !== "typed") return typed;
  await tmux.ports.clock.sleep(beforeEnterMs);
  return await sendKeys(tmux, { name: options.name, keys: ["Enter"] });
}

/** Types a text into the pane of a session, without Enter. */
export async function typeText(tmux: Tmux, options: { name: string; text: string }): Promise<Typed> {
  const text = options.text.replace(/\s*[\r\n]+\s*/g, " ");
  return await sendUnlessScrolled(tmux, { name: options.name, keys: ["-l", "--", text] });
}

/** Presses Enter in the pane of a session. */
export async function pressEnter(tmux: Tmux, name: string): Promise<Typed> {
  return await sendUnlessScrolled(tmux, { name, keys: ["Enter"] });
}

async function sendUnlessScrolled(tmux: Tmux, options: { name: string; keys: string[] }): Promise<Typed> {
  const found = await sessionByName(tmux, options.name);
  if (found.kind !== "found") return found;
  const mode = await askTmux(tmux, ["display-message", "-p", "-t", found.session.pane, "#{pane_in_mode}"]);
  if (mode.code !== 0) return absentOrUnknown(troubleOf(mode));
  if (mode.stdout.trim() !== "0") return { kind: "scrolled" };
  return await send(tmux, { pane: found.session.pane, keys: options.keys });
}

async function sendKeys(tmux: Tmux, options: { name: string; keys: string[] }): Promise<Typed> {
  const found = await sessionByName(tmux, options.name);
  if (found.kind !== "found") return found;
  return await send(tmux, { pane: found.session.pane, keys: options.keys });
}

async function send(tmux: Tmux, options: { pane: string; keys: string[] }): Promise<Typed> {
  const sent = await tmux.run(["send-keys", "-t", options.pane, ...options.keys]);
  return sent.code === 0 ? { kind: "typed" } : absentOrUnknown(troubleOf(sent));
}

function absentOrUnknown(
  trouble: ReturnType<typeof troubleOf>,
): Exclude<Typed, { kind: "typed" | "scrolled" }> {
  return trouble.kind === "unknown" ? trouble : { kind: "absent" };
}
