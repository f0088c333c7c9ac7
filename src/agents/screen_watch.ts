import { join } from "node:path";
import type { Json } from "../lib/json.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Ports } from "../ports/ports.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { Town } from "../town/town.ts";
import type { Activity } from "./activity.ts";
import { noteSessionIdle } from "./conversations.ts";
import { holdsLine, type InputLook, readScreen, type ScreenReading, showsTurn } from "./screen.ts";
import { inputLookOf, terminalOf } from "./terminal_agent.ts";
import { typedBefore } from "./typing.ts";
import type { Captured } from "../sessions/session.ts";

/** What watching screens needs. */
export interface WatchDeps {
  ports: Pick<Ports, "clock" | "files">;
  town: Pick<Town, "ledger" | "paths">;
  sessions: Pick<Sessions, "capture">;
}

/** What the screen of an agent without hooks was seen to show; the ephemeral record of kind `screen`, by session name. */
interface SeenScreen {
  /** When it was looked at last, and since when it shows the same; ms since the epoch. */
  at: number;
  since: number;
  /** What it shows, and where the cursor is. */
  shown: string;
  reading: ScreenReading | "turn";
}

/**
 * What the screen of an agent without hooks says of its turns, in place of the hooks that it does not have: since when
 * it has been idle, or asks a person. Undefined for an agent with hooks, for a person's shell, and where nothing was seen.
 *
 * Looks at most every `everyMs`, and spawns nothing while nothing is printed.
 */
export async function activityOnScreen(
  deps: WatchDeps,
  options: { session: string; everyMs: number },
): Promise<Activity | undefined> {
  const { ledger } = deps.town;
  const look = inputLookOf(terminalOf(ledger, options.session));
  if (look === undefined) return undefined;
  const seen = await seenNow(deps, { ...options, look });
  return seen && activityOf(seen);
}

/** The same of what was seen last, without a look. */
export function seenOnScreen(
  { town }: Pick<WatchDeps, "town">,
  session: string,
): Activity | undefined {
  if (terminalOf(town.ledger, session)?.idleBy !== "screen") return undefined;
  const seen = seenBefore(town.ledger, session);
  return seen && activityOf(seen);
}

function activityOf({ since, reading }: SeenScreen): Activity {
  const sign: Activity = { at: since, event: "screen", busy: reading !== "free" };
  return reading === "decision" ? { ...sign, needs: "The agent asks for a decision on its screen" } : sign;
}

/** What the session of now was seen to show. */
function seenBefore({ ephemeral }: Pick<Ledger, "ephemeral">, session: string): SeenScreen | undefined {
  const started = ephemeral.get<{ startedAt?: number }>("session", session)?.startedAt ?? 0;
  const seen = ephemeral.get<Json>("screen", session) as unknown as SeenScreen | undefined;
  return seen && seen.at >= started ? seen : undefined;
}

async function seenNow(
  { ports, town, sessions }: WatchDeps,
  { session, everyMs, look }: { session: string; everyMs: number; look: InputLook },
): Promise<SeenScreen | undefined> {
  const { ephemeral } = town.ledger;
  const now = ports.clock.now();
  const known = seenBefore(town.ledger, session);
  if (known && now - known.at < everyMs) return known;
  const printed = ports.files.stat(join(town.paths.logs, `${session}.log`))?.modified;
  const isSame = known !== undefined && printed !== undefined && printed < known.at;
  const left = typedBefore({ town }, session);
  const next = isSame
    ? { ...known, at: now }
    : read(await sessions.capture(session), { known, now, look, left });
  if (!next) return known;
  ephemeral.put("screen", session, next as unknown as Json);
  if (next.reading === "free" && next.since === now) noteSessionIdle(town.ledger, session);
  return next;
}

/** Nothing new is known of a screen that cannot be seen, or at whose history a person looks. */
function read(
  screen: Captured,
  { known, now, look, left }: {
    known: SeenScreen | undefined;
    now: number;
    look: InputLook;
    left: string | undefined;
  },
): SeenScreen | undefined {
  if (screen.kind !== "captured" || screen.scrolled) return undefined;
  const seen = readTurn(screen, look);
  // A line of ours that was not taken is no line of a person's: the next ring sends it.
  const isOurs = seen === "half-typed" && left !== undefined && holdsLine(screen, left, look);
  const reading = isOurs ? "free" : seen;
  const shown = shownOn(screen);
  const since = known?.shown === shown && known.reading === reading ? known.since : now;
  return { at: now, since, shown, reading };
}

/** Reads the screen of an agent without hooks, which may also say that a turn is under way. */
export function readTurn(screen: Captured & { kind: "captured" }, look: InputLook): SeenScreen["reading"] {
  const reading = readScreen(screen, look);
  return reading !== "decision" && showsTurn(screen) ? "turn" : reading;
}

/** How long a screen must show the same to count as still, in ms: agents at work count seconds. */
const STILL = 1_200;

/** Looks at a session twice; `moving` when it shows something else the second time. */
export async function stillScreen(
  { ports: { clock }, sessions }: Pick<WatchDeps, "sessions"> & { ports: Pick<Ports, "clock"> },
  session: string,
): Promise<Captured | { kind: "moving" }> {
  const before = await sessions.capture(session);
  if (before.kind !== "captured") return before;
  await clock.sleep(STILL);
  const now = await sessions.capture(session);
  return now.kind === "captured" && shownOn(now) !== shownOn(before) ? { kind: "moving" } : now;
}

function shownOn({ text, cursor }: Captured & { kind: "captured" }): string {
  return `${cursor.row}:${cursor.column}\n${text}`;
}
