import type { Style } from "../lib/style.ts";
import type { Bead } from "../ledger/ledger.ts";
import type { Ports } from "../ports/ports.ts";
import type { Town } from "../town/town.ts";
import type { Attempt } from "../work/attempt.ts";
import { workerName } from "../work/attempt.ts";
import { attemptOf } from "../work/attempt_store.ts";
import type { SessionRecord } from "../work/prepare.ts";
import type { SampleBead } from "./sample.ts";
import { createPicture } from "../ui/picture.ts";
import { type BeadLine, drawDemo } from "./view.ts";

/** What was seen on the way, for the closing report. Times are ms since the epoch. */
export interface Seen {
  slungAt: number;
  /** When the first attempt of each bead reported ready, was submitted, and merged. */
  ready: Map<string, number>;
  submitted: Map<string, number>;
  merged: Map<string, number>;
  reworked: Set<string>;
  killed: Set<string>;
  recovered: Set<string>;
}

/** The reason of a demonstration that a person ended. */
export const interrupted = "it was interrupted";

/** How watching ended. */
export type Watched = { kind: "landed" } | { kind: "stuck"; reason: string };

/** What watching needs. */
export interface WatchOptions {
  town: Town;
  beads: readonly SampleBead[];
  convoy: string;
  style: Style;
  /** Give up after so many ms. */
  timeoutMs: number;
  /** Gives up at once when it aborts. */
  signal: AbortSignal;
}

/**
 * Shows the work until the convoy has landed, and kills the worker it is meant to kill.
 *
 * On a terminal the picture is redrawn in place; elsewhere each change is a line.
 */
export async function watchDemo(ports: Ports, options: WatchOptions): Promise<{ seen: Seen; end: Watched }> {
  const { clock, terminal } = ports;
  const { town, beads } = options;
  const seen: Seen = {
    slungAt: clock.now(),
    ready: new Map(),
    submitted: new Map(),
    merged: new Map(),
    reworked: new Set(),
    killed: new Set(),
    recovered: new Set(),
  };
  const events: string[] = [];
  const lines = new Map<string, string>();
  const say = (text: string) => {
    const line = `${((clock.now() - seen.slungAt) / 1000).toFixed(1).padStart(5)} s  ${text}`;
    events.push(line);
    if (!terminal.canDraw) terminal.write(`${line}\n`);
  };
  const picture = createPicture(terminal);
  const deadline = clock.now() + options.timeoutMs;
  for (;;) {
    const rows = beads.map((sample) => {
      const bead = town.ledger.view.beadById(sample.id)!;
      return observe(bead, { sample, seen, say, lines });
    });
    killIfDue(ports, { town, beads, seen, say });
    const elapsed = clock.now() - seen.slungAt;
    if (terminal.canDraw) {
      const model = { convoy: options.convoy, beads: rows, events, elapsed };
      picture(drawDemo(model, { columns: terminal.columns(), style: options.style }));
    }
    const convoy = town.ledger.view.beads("issue_type = 'convoy'")[0];
    if (convoy?.status === "closed") return { seen, end: { kind: "landed" } };
    const stuck = rows.find((row) => row.state === "escalated");
    if (stuck) return { seen, end: { kind: "stuck", reason: `${stuck.id} needs a person` } };
    if (options.signal.aborted) return { seen, end: { kind: "stuck", reason: interrupted } };
    if (clock.now() > deadline) return { seen, end: { kind: "stuck", reason: "it takes too long" } };
    await clock.sleep(terminal.canDraw ? 80 : 50);
  }
}

function observe(
  bead: Bead,
  options: { sample: SampleBead; seen: Seen; say: (text: string) => void; lines: Map<string, string> },
): BeadLine {
  const { sample, seen, say, lines } = options;
  const attempt = attemptOf(bead);
  const state = bead.blocked && (!attempt || attempt.state === "hooked")
    ? `waits for ${sample.needs?.join(" and ")}`
    : attempt?.state ?? bead.status;
  note(bead, attempt, seen);
  const who = attempt?.worker === undefined ? undefined : workerName(attempt.worker);
  const line = `${bead.id}: ${state}${attempt && attempt.n > 1 ? ` (attempt ${attempt.n})` : ""}`;
  if (lines.get(bead.id) !== line) {
    lines.set(bead.id, line);
    const why = state === "hooked" && attempt?.failure ? `: ${attempt.failure.summary}` : "";
    say(`${line}${who && state === "starting" ? `, ${who}` : ""}${why}`);
  }
  const remarks: string[] = [];
  if (seen.reworked.has(bead.id)) remarks.push("conflict, reworked");
  if (seen.killed.has(bead.id)) {
    remarks.push(seen.recovered.has(bead.id) ? "killed, recovered" : "killed with -9");
  }
  return {
    id: bead.id,
    title: bead.title,
    state,
    attempt: attempt?.n ?? 1,
    ...(who ? { worker: who } : {}),
    remarks,
  };
}

function note(bead: Bead, attempt: Attempt | undefined, seen: Seen): void {
  if (!attempt) return;
  const first = (map: Map<string, number>) => {
    if (!map.has(bead.id)) map.set(bead.id, attempt.since);
  };
  if (attempt.state === "working") first(seen.ready);
  if (attempt.state === "submitted" || attempt.state === "queued") seen.submitted.set(bead.id, attempt.since);
  if (attempt.state === "merged") first(seen.merged);
  if (attempt.failure?.kind === "conflict") seen.reworked.add(bead.id);
  if (attempt.restarts > 0 && attempt.state !== "preparing") seen.recovered.add(bead.id);
}

/** Kills the worker of the bead that is meant to lose it, once it has something to lose. */
function killIfDue(
  ports: Ports,
  options: { town: Town; beads: readonly SampleBead[]; seen: Seen; say: (text: string) => void },
): void {
  const { town, beads, seen, say } = options;
  for (const { id, accident } of beads) {
    if (accident !== "kill" || seen.killed.has(id)) continue;
    const attempt = attemptOf(town.ledger.view.beadById(id)!);
    if (attempt?.state !== "working" || attempt.worker === undefined) continue;
    const name = `gt-worker-${attempt.worker}`;
    const record = town.ledger.ephemeral.get("session", name) as SessionRecord | undefined;
    const branch = `${town.paths.rig(attempt.rig).repository}/refs/heads/${attempt.branch}`;
    const head = ports.files.readText(branch)?.trim();
    if (!record || head === undefined || head === attempt.baseCommit) continue;
    seen.killed.add(id);
    ports.processes.signal(record.pid, "SIGKILL");
    say(`${id}: its worker is killed with -9 in the middle of the work (process ${record.pid})`);
  }
}
