import type { Style } from "../lib/style.ts";
import type { Ports } from "../ports/ports.ts";
import type { GroupWait } from "../molecules/engine/driver/group_waits.ts";
import type { OpenRun } from "../molecules/engine/journal/run_log.ts";
import { runName, stepAt } from "../molecules/engine/journal/step_at.ts";
import { hasEnded } from "../molecules/machine/run.ts";
import { freeingLines, statusSign, waitText } from "./run_view.ts";
import { stepName } from "./step_name.ts";

/** How often is looked at what waits, in ms: what waits only for a moment is not told. */
const LOOK_MS = 500;

/** What telling of waits needs. */
export interface WaitDeps {
  ports: { clock: Pick<Ports["clock"], "sleep"> };
  style: Style;
  line(text: string): void;
  waits(open: OpenRun): readonly GroupWait[];
}

/** Tells what runs wait for in groups that others hold, a line for each, until the signal aborts. */
export async function tellWaits(
  { ports: { clock }, style, line, waits }: WaitDeps,
  { places, signal }: { places: ReadonlyMap<string, { open: OpenRun; prefix: string }>; signal: AbortSignal },
): Promise<void> {
  const told = new Set<string>();
  const tell = (what: string, text: string) => {
    if (!told.has(what)) line(text);
    told.add(what);
  };
  let before = new Set<string>();
  for (;;) {
    await clock.sleep(LOOK_MS, signal);
    if (signal.aborted) return;
    const waiting = new Set<string>();
    for (const { open, prefix } of places.values()) {
      if (hasEnded(open.run)) continue;
      for (const [wait, ...others] of byGroup(waits(open).filter(isHeldByOthers))) {
        const name = `${open.key} ${wait.group}`;
        waiting.add(name);
        if (!before.has(name)) continue;
        const more = others.length > 0 ? `, as do ${others.length} more` : "";
        const text = style.dim(`${waitText(wait)}${more}`);
        // Some of them going on is no news.
        tell(
          `${name} ${wait.heldBy.join()}`,
          `${statusSign(style, "ready")} ${prefix}${waitingName(open, wait)}  ${text}`,
        );
        for (const hint of freeingLines([wait])) tell(hint, style.dim(`    ${hint}`));
      }
    }
    before = waiting;
  }
}

function waitingName(open: OpenRun, { step }: GroupWait): string {
  return step === undefined ? runName(open.key) : stepName(step, stepAt(open, step).record);
}

function byGroup(waits: readonly GroupWait[]): [GroupWait, ...GroupWait[]][] {
  return [...Map.groupBy(waits, ({ group }) => group).values()] as [GroupWait, ...GroupWait[]][];
}

/** A run that works as many of its own steps at a time as it may does not wait for anybody. */
function isHeldByOthers({ heldBy }: GroupWait): boolean {
  return heldBy.some((name) => !name.startsWith('"'));
}
