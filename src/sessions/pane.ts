import { sessionByName } from "./listing.ts";
import type { Captured, Typed } from "./sessions.ts";
import { type Tmux, troubleOf } from "./tmux.ts";

const screenFormat = "#{cursor_x} #{cursor_y} #{pane_width} #{pane_height} #{pane_in_mode}";

/** Reads what the pane of a session shows, with some of its history. */
export async function capturePane(
  tmux: Tmux,
  options: { name: string; lines?: number },
): Promise<Captured> {
  const found = await sessionByName(tmux, options.name);
  if (found.kind !== "found") return found;
  const pane = found.session.pane;
  const finished = await tmux.run(
    ["display-message", "-p", "-t", pane, screenFormat],
    ["capture-pane", "-p", "-J", "-t", pane, "-S", `-${options.lines ?? 0}`],
  );
  if (finished.code !== 0) return absentOrUnknown(troubleOf(finished));
  const end = finished.stdout.indexOf("\n");
  const [column, row, columns, rows, scrolled] = finished.stdout.slice(0, end).split(" ").map(Number);
  return {
    kind: "captured",
    text: finished.stdout.slice(end + 1).trimEnd(),
    cursor: { column: column!, row: row! },
    columns: columns!,
    rows: rows!,
    scrolled: scrolled! > 0,
  };
}

/** Between a text and Enter: a program that reads both at once takes the pair for something pasted. */
const beforeEnterMs = 60;

/** Types a line into the pane of a session: the text as it is, then Enter. */
export async function typeLine(tmux: Tmux, options: { name: string; text: string }): Promise<Typed> {
  const found = await sessionByName(tmux, options.name);
  if (found.kind !== "found") return found;
  const pane = found.session.pane;
  const mode = await tmux.run(["display-message", "-p", "-t", pane, "#{pane_in_mode}"]);
  if (mode.code !== 0) return absentOrUnknown(troubleOf(mode));
  if (mode.stdout.trim() !== "0") return { kind: "scrolled" };
  const text = options.text.replace(/\s*[\r\n]+\s*/g, " ");
  for (const keys of [["-l", "--", text], ["Enter"]]) {
    const sent = await tmux.run(["send-keys", "-t", pane, ...keys]);
    if (sent.code !== 0) return absentOrUnknown(troubleOf(sent));
    if (keys[0] !== "Enter") await tmux.ports.clock.sleep(beforeEnterMs);
  }
  return { kind: "typed" };
}

function absentOrUnknown(
  trouble: ReturnType<typeof troubleOf>,
): Exclude<Typed, { kind: "typed" | "scrolled" }> {
  return trouble.kind === "unknown" ? trouble : { kind: "absent" };
}
