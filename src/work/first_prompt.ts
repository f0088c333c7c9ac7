import { readScreen } from "../agents/screen.ts";
import { townSessions } from "../town/town_sessions.ts";
import type { WorkDeps } from "./sling.ts";

/** How often the screen of a starting agent is looked at, in ms. */
const lookEvery = 500;

/**
 * Types the first prompt of an agent that takes it by keyboard, once its screen says that it takes input.
 *
 * Returns false when that did not come in time: the prompt is then left to the witness, which starts the session anew.
 */
export async function typeFirstPrompt(
  deps: WorkDeps,
  options: { session: string; text: string; ready: string | undefined; timeoutMs: number },
): Promise<boolean> {
  const { clock } = deps.ports;
  const sessions = townSessions(deps);
  const ready = options.ready === undefined ? undefined : new RegExp(options.ready, "m");
  const deadline = clock.now() + options.timeoutMs;
  while (clock.now() < deadline) {
    const screen = await sessions.capture(options.session);
    if (screen.kind === "absent") return false;
    const takesInput = screen.kind === "captured" && screen.text.trim() !== "" &&
      (ready?.test(screen.text) ?? true) && readScreen(screen) !== "decision";
    if (takesInput) {
      const typed = await sessions.typeLine(options.session, options.text);
      if (typed.kind === "typed") return true;
    }
    await clock.sleep(lookEvery);
  }
  return false;
}
