/**
 * The witness: watches the workers of a rig, verifies what they submit, and gets them going again.
 *
 * A program without a model. It acts on the ledger and on what it observes itself, and spawns nothing while all is
 * well; what it cannot observe it leaves alone.
 *
 * @module
 */
import type { Sessions } from "../sessions/sessions.ts";
import { readDesired } from "../town/desired.ts";
import { isLoopRunning, type LoopTick } from "../town/loops/loop.ts";
import { loopOrder, startSession } from "../town/loops/loop_session.ts";
import { rigLoop, stewardLoop } from "../town/loops/loops.ts";
import { rigConfig } from "../town/town.ts";
import { townSessions } from "../town/town_sessions.ts";
import { liveAssignments } from "../work/attempt_store.ts";
import { acknowledgeMail } from "../work/program_mail.ts";
import type { WorkDeps } from "../work/sling.ts";
import { clearHold, readHold } from "../refinery/remote_hold.ts";
import { actOn } from "./acts.ts";
import { ringForMail } from "./mail_bell.ts";
import { listOnce, observeWorker } from "./observe.ts";
import { decide } from "./worker_state.ts";
import { runLoop } from "../town/loops/run_loop.ts";

/** The name a rig's witness acts under. */
export function witnessName(rig: string): string {
  return `witness/${rig}`;
}

/** What a witness is given. */
export interface WitnessOptions {
  rig: string;
  /** Starts the steward's session; the real one by default. */
  startSteward?: () => Promise<unknown>;
  /** The town's own by default. */
  sessions?: Sessions;
}

/** One witness at work. */
export interface Witness {
  /** Looks at every worker once; returns when to be called again, in ms since the epoch. */
  tick(context: LoopTick): Promise<number>;
}

/** How often the witness looks at workers that run, and at the steward, in ms. */
const WATCH_EVERY = 1_000;
const STEWARD_EVERY = 1_500;

/** Makes the witness of a rig. */
export function createWitness(deps: WorkDeps, options: WitnessOptions): Witness {
  const { rig } = options;
  const { ports, town } = deps;
  const sessions = options.sessions ?? townSessions(deps);
  const watchSteward = createStewardWatch(deps, options);
  return {
    async tick(context) {
      if (context.woken) clearHold(deps, rig);
      const list = listOnce(() => sessions.list());
      const config = await town.config();
      let next = ports.clock.now() + STEWARD_EVERY;
      for (const assignment of liveAssignments(town.ledger.view, { rig })) {
        if (context.signal.aborted) return next;
        const view = await observeWorker(deps, { assignment, config, list, sessions });
        const mail = await ringForMail(deps, { assignment, view, sessions });
        // It has something to do from this very moment.
        if (mail === "rung") continue;
        next = Math.min(next, mail ?? next);
        const act = decide(view);
        if (act.kind === "none") continue;
        next = Math.min(next, ports.clock.now() + WATCH_EVERY);
        if (act.kind === "wait") continue;
        if (act.kind === "verify" && (readHold(deps, rig)?.until ?? 0) > ports.clock.now()) continue;
        await actOn(deps, { assignment, act, view, config, sessions, log: context.log });
      }
      acknowledgeMail(town, witnessName(rig));
      await watchSteward(context);
      return next;
    },
  };
}

/** Runs the witness of a rig until the town is meant to be down. @throws {CommandError} `rig_not_found`, `loop_running`. */
export async function runWitness(
  deps: WorkDeps,
  options: WitnessOptions & { signal?: AbortSignal },
): Promise<void> {
  const { rig, signal } = options;
  rigConfig(await deps.town.config(), rig);
  const witness = createWitness(deps, options);
  await runLoop(deps, {
    name: rigLoop("witness", rig).name,
    tick: (context) => witness.tick(context),
    ...(signal ? { signal } : {}),
  });
}

/** Starts the steward again when its loop is gone while the town is meant to be up, with growing pauses. */
function createStewardWatch(
  deps: WorkDeps,
  options: WitnessOptions,
): (context: LoopTick) => Promise<void> {
  const { ports, town } = deps;
  const { name } = stewardLoop;
  const start = options.startSteward ?? (() => startSession(deps, loopOrder(deps, stewardLoop)));
  let goneSince: number | undefined;
  let pause = STEWARD_EVERY;
  return async ({ log }) => {
    const seen = isLoopRunning(deps, name);
    if (seen !== "gone" || readDesired(ports, town.paths) === "down") {
      goneSince = undefined;
      if (seen === "alive") pause = STEWARD_EVERY;
      return;
    }
    const now = ports.clock.now();
    goneSince ??= now;
    // At the start of a town everything comes up at once: it gets a moment.
    if (now - goneSince < pause) return;
    log("the steward is gone: starting it");
    goneSince = now;
    pause = Math.min(300_000, pause * 2);
    await start();
  };
}
