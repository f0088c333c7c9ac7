import type { Json } from "../lib/json.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { present } from "../lib/present.ts";
import type { Ports } from "../ports/ports.ts";
import type { Sessions } from "../sessions/sessions.ts";
import { type Activity, activityOf } from "./activity.ts";
import { besidesInput, holdsLine, holdsLineAndMore, type InputLook, readScreen } from "./screen.ts";
import type { Captured, Typed } from "../sessions/session.ts";

/** What typing needs. */
export interface TypingDeps {
  ports: Pick<Ports, "clock">;
  town: { readonly ledger: Pick<Ledger, "ephemeral"> };
  sessions: Pick<Sessions, "capture" | "typeText" | "pressEnter">;
}

/** How a line went. */
export type LineTyped =
  /** The line has left the input; `acknowledged` when the agent's hook said that it begins a turn. */
  | { kind: "taken"; acknowledged: boolean }
  /** It stands in the input, and Enter does nothing. */
  | { kind: "not-taken" }
  /** It stands in the input together with what a person has typed, or the screen shows something else by now. */
  | { kind: "disturbed"; screen: Captured }
  | Exclude<Typed, { kind: "typed" }>;

/** How often Enter is pressed, at most. */
const presses = 3;
/** How long a program may take to show what was typed, and its hook to say that a turn begins, in ms. */
const echoMs = 600;
const ackMs = 800;
const lookEvery = 40;

/** What stands in a session's input because we typed it and nobody took it; the ephemeral record `typed`. */
interface TypedLine {
  text: string;
  /** What the screen showed besides. */
  shown?: string;
  /** Ids of the messages it tells of. */
  mail?: readonly string[];
  /** When it was sent and a question stood there at once, in ms since the epoch: nobody saw whether it was taken. */
  askedAt?: number;
}

/** How long after a line was sent a free input says what became of it, in ms; later it may have been anybody. */
const ANSWERED_WITHIN = 60_000;

/** The text that stands in a session's input because we typed it and nobody took it. */
export function typedBefore({ town }: Pick<TypingDeps, "town">, session: string): string | undefined {
  return lineTyped(town.ledger, session)?.text;
}

function lineTyped({ ephemeral }: Pick<Ledger, "ephemeral">, session: string): TypedLine | undefined {
  return ephemeral.get<Json>("typed", session) as unknown as TypedLine | undefined;
}

function noteTyped({ ephemeral }: Pick<Ledger, "ephemeral">, session: string, line: TypedLine): void {
  ephemeral.put("typed", session, line as unknown as Json);
}

/**
 * When the same line was sent, in ms since the epoch, if it turns out now that it was taken: a question came up right
 * behind it, and since that is answered the input is empty and something else shows than before. For agents without
 * hooks, whose input is free.
 */
export function takenMeanwhile(
  { ports, town }: Pick<TypingDeps, "ports" | "town">,
  order: Pick<LineOrder, "session" | "text" | "mail"> & { shown: string; startedAt: number },
): number | undefined {
  const line = lineTyped(town.ledger, order.session);
  const at = line?.askedAt;
  if (!line || at === undefined || line.text !== order.text || line.shown === order.shown) return undefined;
  if (at < order.startedAt || ports.clock.now() - at > ANSWERED_WITHIN) return undefined;
  if (!(order.mail ?? []).every((id) => line.mail?.includes(id))) return undefined;
  town.ledger.ephemeral.remove("typed", order.session);
  return at;
}

/** What is typed, and where. */
export interface LineOrder {
  session: string;
  text: string;
  /** It stands there already from an earlier time. */
  isTyped: boolean;
  /** For an agent without hooks: only its screen says what becomes of the line. */
  look?: InputLook | undefined;
  /** What the screen shows besides the input line before it is typed. */
  shown?: string | undefined;
  /** Ids of the messages it tells of. */
  mail?: readonly string[] | undefined;
}

/**
 * Types a line into an empty input and presses Enter; with `isTyped` it stands there already from an earlier time.
 *
 * Enter is pressed only while the input shows this line and nothing else, and again only when the agent's hook has not
 * said that a turn begins, or, without hooks, when the line has not left the input: a lost Enter is made good, and
 * neither a dialog nor a person's half line gets one.
 */
export async function typeSafely(deps: TypingDeps, order: LineOrder): Promise<LineTyped> {
  const { town: { ledger }, sessions } = deps;
  const { session, text } = order;
  const before = activityOf(ledger as Ledger, session);
  if (!order.isTyped) {
    const { shown, mail } = order;
    noteTyped(ledger, session, { text, ...present({ shown, mail }) });
    const typed = await sessions.typeText(session, text);
    if (typed.kind !== "typed") {
      ledger.ephemeral.remove("typed", session);
      return typed;
    }
  }
  const { shown } = lineTyped(ledger, session) ?? {};
  const outcome = await submit(deps, { ...order, before, shown });
  if (outcome.kind === "taken" || outcome.kind === "absent") ledger.ephemeral.remove("typed", session);
  return outcome;
}

type Submitting = LineOrder & { before: Activity | undefined };

async function submit(deps: TypingDeps, options: Submitting): Promise<LineTyped> {
  const { session, text, look } = options;
  const { sessions } = deps;
  for (let pressed = 0; pressed <= presses; pressed++) {
    const screen = await awaitEcho(deps, { ...options, isShown: pressed > 0 });
    if (hasBegun(deps, options)) return { kind: "taken", acknowledged: true };
    if (screen.kind === "absent" || screen.kind === "unknown") return screen;
    if (screen.scrolled) return { kind: "scrolled" };
    if (!holdsLine(screen, text, look)) {
      if (pressed > 0 && hasLeft(screen, options)) return { kind: "taken", acknowledged: false };
      if (pressed > 0 && readScreen(screen, look) === "decision") noteAsked(deps, session);
      return { kind: "disturbed", screen };
    }
    if (readScreen(screen, look) === "decision") return { kind: "disturbed", screen };
    if (pressed === presses) break;
    const entered = await sessions.pressEnter(session);
    if (entered.kind !== "typed") return entered;
    if (await awaitTurn(deps, options)) return { kind: "taken", acknowledged: true };
  }
  return { kind: "not-taken" };
}

/** A question stands where the line was: what became of the line shows when that is answered. */
function noteAsked({ ports, town: { ledger } }: TypingDeps, session: string): void {
  const line = lineTyped(ledger, session);
  if (line) noteTyped(ledger, session, { ...line, askedAt: ports.clock.now() });
}

/** Whether a line that a screen does not show any more has been taken: what a person clears leaves no trace. */
function hasLeft(screen: Captured & { kind: "captured" }, { text, look, shown }: Submitting): boolean {
  const reading = readScreen(screen, look);
  if (shown !== undefined && besidesInput(screen, look) === shown) return false;
  if (!look) return reading === "free";
  return reading !== "decision" && !holdsLineAndMore(screen, text, look);
}

/** Looks until the line shows; once it has been shown, two looks are enough: one may fall between two strokes of a pen. */
async function awaitEcho(
  { ports, sessions }: TypingDeps,
  options: LineOrder & { isShown: boolean },
): Promise<Captured> {
  const { session, text, look } = options;
  const until = ports.clock.monotonic() + (options.isShown ? lookEvery : echoMs);
  for (;;) {
    const screen = await sessions.capture(session);
    if (screen.kind !== "captured" || holdsLine(screen, text, look)) return screen;
    if (ports.clock.monotonic() >= until) return screen;
    await ports.clock.sleep(lookEvery);
  }
}

/** Waits until the agent's hooks say that a turn begins; without hooks, until the line has left the input. */
async function awaitTurn(deps: TypingDeps, options: Submitting): Promise<boolean> {
  const { ports: { clock }, sessions } = deps;
  const { session, text, look } = options;
  const until = clock.monotonic() + ackMs;
  while (!hasBegun(deps, options)) {
    if (clock.monotonic() >= until) return false;
    await clock.sleep(lookEvery);
    if (look === undefined) continue;
    const screen = await sessions.capture(session);
    if (screen.kind !== "captured" || !holdsLine(screen, text, look)) return false;
  }
  return true;
}

/** Whether the agent's hooks have said anything since. */
function hasBegun({ town }: TypingDeps, { session, look, before }: Submitting): boolean {
  if (look) return false;
  const now = activityOf(town.ledger as Ledger, session);
  return now?.at !== before?.at || now?.event !== before?.event || now?.busy === true;
}
