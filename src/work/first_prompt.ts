import { typingLock } from "../agents/doorbell.ts";
import { besidesInput, holdsLine, type InputLook, isBeforeText, readScreen } from "../agents/screen.ts";
import { stillScreen } from "../agents/screen_watch.ts";
import { typedBefore, typeSafely } from "../agents/typing.ts";
import { tryLock } from "../ports/lock.ts";
import type { Sessions } from "../sessions/sessions.ts";
import { townSessions } from "../town/town_sessions.ts";
import type { WorkDeps } from "./sling.ts";
import type { Captured } from "../sessions/session.ts";

/** How often the screen of a starting agent is looked at, in ms. */
const lookEvery = 500;

/**
 * Types the first prompt of an agent that takes it by keyboard, once its screen says that it takes input: `ready`
 * matches, nothing is asked, and, for one without hooks, its input line is empty and the screen stands still.
 *
 * Returns false when that did not come in time: the prompt is then left to the witness, which starts the session anew.
 */
export async function typeFirstPrompt(
  deps: WorkDeps,
  options: {
    session: string;
    text: string;
    ready: string | undefined;
    look: InputLook | undefined;
    timeoutMs: number;
    /** The town's own by default. */
    sessions?: Sessions;
  },
): Promise<boolean> {
  const { clock } = deps.ports;
  const { session, sessions = townSessions(deps) } = options;
  const ready = options.ready === undefined ? undefined : new RegExp(options.ready, "m");
  const deadline = clock.now() + options.timeoutMs;
  while (clock.now() < deadline) {
    const lock = tryLock(typingLock(deps.town.paths, session));
    try {
      const screen = await stillScreen({ ...deps, sessions }, session);
      if (screen.kind === "absent") return false;
      const isReady = screen.kind === "captured" && screen.text.trim() !== "" &&
        (ready?.test(screen.text) ?? true);
      if (lock && isReady && await typeOnce({ ...deps, sessions }, { ...options, screen })) return true;
    } finally {
      lock?.release();
    }
    await clock.sleep(lookEvery);
  }
  return false;
}

async function typeOnce(
  deps: WorkDeps & { sessions: Sessions },
  options: {
    session: string;
    text: string;
    ready: string | undefined;
    look: InputLook | undefined;
    screen: Captured & { kind: "captured" };
  },
): Promise<boolean> {
  const { session, text, ready, look, screen } = options;
  const reading = readScreen(screen, look);
  // Where a pattern of its own says that it takes input, its input line need not look like one.
  if (reading === "no-input" && ready !== undefined) {
    return (await deps.sessions.typeLine(session, text)).kind === "typed";
  }
  const isTyped = reading === "half-typed" && typedBefore(deps, session) === text &&
    holdsLine(screen, text, look);
  const isEmpty = reading === "free" || reading === "half-typed" && isBeforeText(screen, look);
  if (!isTyped && !isEmpty) return false;
  return (await typeSafely(deps, { session, text, isTyped, look, shown: besidesInput(screen, look) }))
    .kind === "taken";
}
