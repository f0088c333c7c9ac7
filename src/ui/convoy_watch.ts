import type { BeadKey, Ledger } from "../ledger/ledger.ts";
import type { JsonObject } from "../lib/json.ts";
import type { Style } from "../lib/style.ts";
import { isoTime } from "../ports/time.ts";
import type { Ports } from "../ports/ports.ts";
import type { Pause } from "../refinery/pause.ts";
import { type ConvoyState, convoyState } from "../town/convoys/convoys.ts";
import { createPicture } from "./picture.ts";
import { convoyLines, convoyWord, standingText } from "./convoy_text.ts";

/** What watching needs; `out` is how a command answers. */
export interface WatchDeps {
  ports: Pick<Ports, "clock" | "processes" | "terminal">;
  ledger: Pick<Ledger, "version" | "view">;
  /** The queues that somebody holds, by rig. */
  pauses(): ReadonlyMap<string, Pause>;
  out: {
    readonly json: boolean;
    readonly style: Style;
    line(text: string): void;
    event(value: JsonObject): void;
  };
}

/** How watching ended. */
export type WatchEnd = "landed" | "closed" | "stuck" | "interrupted";

/** How often the ledger is looked at, and the times of a drawing renewed, in ms. */
const POLL = 150;
const REDRAW = 1_000;

/** Shows a convoy until it is closed, or with `failFast` until a bead needs a person. */
export async function watchConvoy(
  deps: WatchDeps,
  options: { convoy: BeadKey; failFast: boolean },
): Promise<WatchEnd> {
  const { ports: { clock, processes, terminal }, ledger, out } = deps;
  const stop = new AbortController();
  processes.onStop(() => stop.abort());
  const show = out.json || !terminal.canDraw ? createLines(deps) : createDrawing(deps);
  let version = -1;
  let shownAt = 0;
  for (;;) {
    const seen = ledger.version();
    if (seen !== version || clock.monotonic() - shownAt >= REDRAW) {
      const isNew = seen !== version;
      version = seen;
      shownAt = clock.monotonic();
      const state = convoyState(ledger.view, ledger.view.beadByKey(options.convoy)!);
      show(state, isNew);
      if (state.closed) return state.complete ? "landed" : "closed";
      if (options.failFast && state.stuck.length > 0) return "stuck";
    }
    if (stop.signal.aborted) return "interrupted";
    await clock.sleep(POLL, stop.signal);
  }
}

type Show = (state: ConvoyState, isNew: boolean) => void;

/** One line for each step of a bead. */
function createLines({ ports, out }: WatchDeps): Show {
  const shown = new Map<string, string>();
  const say = (id: string, what: string, fields: JsonObject) => {
    if (shown.get(id) === what) return;
    shown.set(id, what);
    const at = isoTime(ports.clock.now());
    out.line(`${at}  ${id}: ${what}`);
    out.event({ at, id, ...fields });
  };
  return (state, isNew) => {
    if (!isNew) return;
    for (const tracked of state.beads) {
      const { bead, standing, attempt } = tracked;
      // The time since is left out: it would make every look a step.
      const what = standingText(tracked, attempt?.since ?? 0).replace(/, 0s$/, "");
      say(bead.id, what, { standing, ...(attempt ? { attempt: attempt.n, state: attempt.state } : {}) });
    }
    const word = convoyWord(state);
    const { done, total } = state;
    say(state.bead.id, `${done}/${total} ${word}`, { state: word, done, total });
  };
}

/** One picture that is drawn over the one before. */
function createDrawing({ ports: { clock, terminal }, out, pauses }: WatchDeps): Show {
  const draw = createPicture(terminal);
  return (state) => {
    const columns = terminal.columns();
    const lines = convoyLines(state, { style: out.style, columns, now: clock.now(), pauses: pauses() });
    // A picture taller than the terminal could not be drawn over.
    const room = Math.max(4, terminal.rows() - 1);
    const fitting = lines.length <= room
      ? lines
      : [...lines.slice(0, room - 1), `  … ${lines.length - room + 1} more`];
    draw(fitting);
  };
}
