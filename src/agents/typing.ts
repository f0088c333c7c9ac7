import type { Ledger } from "../ledger/ledger.ts";
import type { Ports } from "../ports/ports.ts";
import type { Captured, Sessions, Typed } from "../sessions/sessions.ts";
import { type Activity, activityOf } from "./activity.ts";
import { holdsLine, readScreen } from "./screen.ts";

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

/** The text that stands in a session's input because we typed it and nobody took it; the ephemeral record `typed`. */
export function typedBefore({ town }: Pick<TypingDeps, "town">, session: string): string | undefined {
  return town.ledger.ephemeral.get<{ text: string }>("typed", session)?.text;
}

/**
 * Types a line into an empty input and presses Enter; with `isTyped` it stands there already from an earlier time.
 *
 * Enter is pressed only while the input shows this line and nothing else, and again only when the agent's hook has not
 * said that a turn begins: a lost Enter is made good, and neither a dialog nor a person's half line gets one.
 */
export async function typeSafely(
  deps: TypingDeps,
  options: { session: string; text: string; isTyped: boolean },
): Promise<LineTyped> {
  const { town: { ledger }, sessions } = deps;
  const { session, text } = options;
  const before = activityOf(ledger as Ledger, session);
  if (!options.isTyped) {
    ledger.ephemeral.put("typed", session, { text });
    const typed = await sessions.typeText(session, text);
    if (typed.kind !== "typed") {
      ledger.ephemeral.remove("typed", session);
      return typed;
    }
  }
  const outcome = await submit(deps, { session, text, before });
  if (outcome.kind === "taken" || outcome.kind === "absent") ledger.ephemeral.remove("typed", session);
  return outcome;
}

async function submit(
  deps: TypingDeps,
  options: { session: string; text: string; before: Activity | undefined },
): Promise<LineTyped> {
  const { session, text } = options;
  const { sessions } = deps;
  for (let pressed = 0; pressed <= presses; pressed++) {
    const screen = await awaitEcho(deps, { session, text, isShown: pressed > 0 });
    if (hasBegun(deps, options)) return { kind: "taken", acknowledged: true };
    if (screen.kind === "absent" || screen.kind === "unknown") return screen;
    if (screen.scrolled) return { kind: "scrolled" };
    if (!holdsLine(screen, text)) {
      const isGone = pressed > 0 && readScreen(screen) === "free";
      return isGone ? { kind: "taken", acknowledged: false } : { kind: "disturbed", screen };
    }
    if (readScreen(screen) === "decision") return { kind: "disturbed", screen };
    if (pressed === presses) break;
    const entered = await sessions.pressEnter(session);
    if (entered.kind !== "typed") return entered;
    if (await awaitTurn(deps, options)) return { kind: "taken", acknowledged: true };
  }
  return { kind: "not-taken" };
}

/** Looks until the line shows; once it has been shown, one look is enough. */
async function awaitEcho(
  { ports, sessions }: TypingDeps,
  options: { session: string; text: string; isShown: boolean },
): Promise<Captured> {
  const until = ports.clock.monotonic() + (options.isShown ? 0 : echoMs);
  for (;;) {
    const screen = await sessions.capture(options.session);
    if (screen.kind !== "captured" || holdsLine(screen, options.text)) return screen;
    if (ports.clock.monotonic() >= until) return screen;
    await ports.clock.sleep(lookEvery);
  }
}

async function awaitTurn(
  deps: TypingDeps,
  options: { session: string; before: Activity | undefined },
): Promise<boolean> {
  const { clock } = deps.ports;
  const until = clock.monotonic() + ackMs;
  while (!hasBegun(deps, options)) {
    if (clock.monotonic() >= until) return false;
    await clock.sleep(lookEvery);
  }
  return true;
}

/** Whether the agent's hooks have said anything since. */
function hasBegun(
  { town }: TypingDeps,
  { session, before }: { session: string; before: Activity | undefined },
): boolean {
  const now = activityOf(town.ledger as Ledger, session);
  return now?.at !== before?.at || now?.event !== before?.event || now?.busy === true;
}
