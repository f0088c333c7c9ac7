import { scriptWords } from "../../../lib/shell.ts";
import { sleepUntil } from "../../../ports/clock.ts";
import type { GateCondition } from "../../definition.ts";
import { refuseNul } from "../commands/command_environment.ts";
import type { Order, PerformDeps } from "../steps/performance.ts";
import { guarded } from "../steps/trouble.ts";
import { type Answer, createCaller, lastLine } from "./gate_call.ts";
import { githubQuestion } from "./gate_github.ts";
import type { Opening } from "./gate_opening.ts";

/** A gate that is asked again and again; times in ms. */
interface Asked {
  /** What is asked ends when the signal aborts. */
  ask(signal: AbortSignal): Promise<Answer>;
  every: number;
  factor: number;
  maxEvery: number;
}

/** The gate of a command, or of something on GitHub. */
export type AskedCondition = GateCondition & { type: "command" | "gh:run" | "gh:pr" };

/** Asks until the gate opens or fails; once more, and not for long, when its time is over. */
export function gateAsked(
  deps: PerformDeps,
  { order, condition, opening }: { order: Order; condition: AskedCondition; opening: Opening },
): void {
  const asked = askedOf(deps, { order, condition });
  const asking = guarded(deps, {
    work: () => askAgain(deps, { asked, opening }),
    fail: ({ text }) => opening.fail(text),
  });
  opening.until(() => asking);
}

function askedOf(
  deps: PerformDeps,
  { order, condition }: { order: Order; condition: AskedCondition },
): Asked {
  const call = createCaller(deps, order);
  if (condition.type !== "command") {
    const { every } = condition;
    // GitHub is asked less and less often, eight times as rarely in the end.
    return { ask: githubQuestion(deps, { order, condition, call }), every, factor: 1.5, maxEvery: every * 8 };
  }
  const { every, factor, maxEvery } = condition;
  const command = deps.language.fill(condition.command, order.scope);
  refuseNul(command, { what: "its command", of: condition.command });
  const ask = async (signal: AbortSignal): Promise<Answer> => {
    const { code, stdout, stderr, trouble } = await call(scriptWords(command), signal);
    if (trouble) return { kind: "shut", why: `it ${trouble}` };
    if (code === 0) return { kind: "open", outputs: { stdout: stdout.trim() } };
    return {
      kind: "shut",
      why: `it ended with ${code ?? "a signal"}${lastLine(stderr) || lastLine(stdout)}`,
    };
  };
  return { ask, every, factor, maxEvery };
}

/** The shortest time between two questions, in ms. */
const SHORTEST_PAUSE = 50;

/** How long the question may take that is asked when the time is over, in ms. */
const LAST_MS = 30_000;

async function askAgain(
  { ports: { clock } }: PerformDeps,
  { asked, opening }: { asked: Asked; opening: Opening },
): Promise<void> {
  const { signal, by = Infinity } = opening;
  for (let pause = asked.every; !signal.aborted; pause *= Math.max(1, asked.factor)) {
    const isLast = clock.now() >= by;
    const cut = new AbortController();
    const stop = () => cut.abort();
    signal.addEventListener("abort", stop);
    if (by !== Infinity) {
      sleepUntil(clock, { at: isLast ? clock.now() + LAST_MS : by, signal: cut.signal }).then(stop);
    }
    const answer = await asked.ask(cut.signal);
    const isCut = cut.signal.aborted;
    cut.abort();
    signal.removeEventListener("abort", stop);
    if (signal.aborted) return;
    // What was told to end may say anything.
    if (isCut) return opening.giveUp();
    if (answer.kind === "open") return opening.open(answer.outputs);
    if (answer.kind === "failed") return opening.fail(answer.text);
    opening.trouble = answer.why;
    if (isLast) return opening.giveUp();
    const at = clock.now() + Math.max(SHORTEST_PAUSE, Math.min(asked.maxEvery, pause));
    await sleepUntil(clock, { at: Math.min(at, by), signal });
  }
}
