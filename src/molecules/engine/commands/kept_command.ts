import type { Json } from "../../../lib/json.ts";
import { createStopper, type StopSignal } from "../../../lib/stopper.ts";
import { printableText } from "../../../lib/printable.ts";
import type { Ledger } from "../../../ledger/ledger.ts";
import { sleepUntil } from "../../../ports/clock.ts";
import { faultPoint } from "../../../ports/fault.ts";
import type { Ports } from "../../../ports/ports.ts";
import { identityOf, observeIdentity, type ProcessIdentity } from "../../../ports/process_identity.ts";
import { runName } from "../journal/step_at.ts";
import { commandScript, fencePath, lanePaths, runFolder, SHELL } from "./command_files.ts";
import type { CommandRecord, Span } from "./lane_records.ts";
import { openLanes } from "./lanes.ts";
import { endGroup, LOOK_MS } from "./end_group.ts";

/** What keeping commands outside of runs needs. */
export interface KeepDeps {
  ports: Pick<Ports, "clock" | "env" | "files" | "processes">;
  ledger: Pick<Ledger, "folder" | "ephemeral">;
}

/** How a command ended. */
export interface KeptEnd {
  how: "exit" | "signal" | "timeout" | "interrupted" | "unknown";
  /** Where it ended by itself. */
  code?: number;
  /** In ms. */
  took: number;
  /** The last lines that it printed. */
  lines: readonly string[];
}

/** A command that was begun, as this machine keeps it. */
export interface Kept {
  /** Its attempt in the record of its shell. */
  name: string;
  /** Grows with each attempt. */
  term: number;
  by: string;
  /** In ms since the epoch. */
  at: number;
  /** Who began it and waits for it. */
  driver: ProcessIdentity;
  /** Its shell, once that is known: before that it does not begin. */
  shell?: ProcessIdentity;
  /** Once somebody has found out. */
  ended?: KeptEnd;
}

/** How the latest attempt of a command stands; `told` is whether its end has been found out before. */
export type Standing =
  | { kind: "none" }
  | { kind: "going"; kept: Kept }
  | { kind: "ended"; kept: Kept; end: KeptEnd; told: boolean };

/** Under which kind of ephemeral value they are kept, by the key of the bead that each is the command of. */
const KIND = "kept-command";
/** How much of what a command prints is read, in bytes, and how much of that is kept: lines, and characters of each. */
const READ_MOST = 256 * 1024;
const LINES = 60;
const LONGEST_LINE = 2_000;

/** Keeps that a command is about to begin. Call it where no other process can do the same at the same time. */
export function keepCommand(
  { ports: { clock, processes }, ledger }: KeepDeps,
  { key, ...begun }: { key: string; name: string; term: number; by: string },
): Kept {
  const kept: Kept = { ...begun, at: clock.now(), driver: identityOf(processes, processes.pid) };
  write(ledger, key, kept);
  return kept;
}

/** Forgets a command that is done with. */
export function forgetCommand({ ledger }: Pick<KeepDeps, "ledger">, key: string): void {
  ledger.ephemeral.remove(KIND, key);
}

/** How the command of a bead stands, as far as this machine can tell. */
export function standingOf(deps: KeepDeps, key: string): Standing {
  for (;;) {
    const kept = read(deps.ledger, key);
    const standing = standingNow(deps, { key, kept });
    // While the processes were looked at, who waits for it may have said how it ended, and gone.
    if (JSON.stringify(read(deps.ledger, key)) === JSON.stringify(kept)) return standing;
  }
}

function standingNow(deps: KeepDeps, { key, kept }: { key: string; kept: Kept | undefined }): Standing {
  const { processes } = deps.ports;
  if (!kept) return { kind: "none" };
  if (kept.ended) return { kind: "ended", kept, end: kept.ended, told: true };
  const isDriven = observeIdentity(processes, kept.driver) !== "gone";
  if (!kept.shell) return isDriven ? { kind: "going", kept } : { kind: "none" };
  if (observeIdentity(processes, kept.shell) !== "gone") return { kind: "going", kept };
  const record = recordOf(deps, { key, kept });
  // Its shell was not told to go on, and has ended.
  if (!record) return isDriven ? { kind: "going", kept } : { kind: "none" };
  // Who waits for it hears more than its shell could write down.
  if (record.code === undefined && isDriven) return { kind: "going", kept };
  const how = record.code === undefined ? "unknown" : "exit";
  return { kind: "ended", kept, end: endOf(deps, { key, kept, how, record }), told: false };
}

/** Runs a command that is kept, to its end; it is ended when its time is over or `signal` aborts. */
export async function runKept(
  deps: KeepDeps,
  order: {
    key: string;
    kept: Kept;
    command: string;
    cwd: string;
    env: Record<string, string>;
    /** In ms. */
    timeout?: number;
    signal: StopSignal;
  },
): Promise<KeptEnd> {
  const { ports, ledger } = deps;
  const { key, kept, signal, timeout } = order;
  const started = startShell(deps, order);
  const pid = await started.pid;
  const begun = { ...kept, shell: identityOf(ports.processes, pid) };
  write(ledger, key, begun);
  started.allow(!signal.aborted);
  faultPoint("mol.after-start");
  const over = createStopper();
  let how: KeptEnd["how"] | undefined = signal.aborted ? "interrupted" : undefined;
  let ending: Promise<void> | undefined;
  const end = (why: KeptEnd["how"]) => {
    if (over.signal.aborted || how) return;
    how = why;
    ending = endGroup(ports, pid);
  };
  const interrupt = () => end("interrupted");
  signal.addEventListener("abort", interrupt);
  if (timeout !== undefined) {
    sleepUntil(ports.clock, { at: kept.at + timeout, signal: over.signal }).then(() => end("timeout"));
  }
  const { code } = await started.ended;
  over.abort();
  signal.removeEventListener("abort", interrupt);
  await ending;
  faultPoint("mol.after-end");
  how ??= code === undefined ? "signal" : "exit";
  return settle(deps, { key, kept: begun, how, ...(how === "exit" ? { code: code! } : {}) });
}

function startShell(deps: KeepDeps, { key, kept, command, cwd, env }: Parameters<typeof runKept>[1]) {
  const { ports: { files, processes }, ledger } = deps;
  const folder = folderOf(ledger, key);
  files.remove(folder);
  files.writeText(fencePath(folder), `${kept.term}\n`);
  const { lane, log, output } = openLanes(files, { folder }).reserve(kept.name, { apart: false });
  const { record, log: path } = lanePaths(folder, lane);
  const words = ["gt-step", record, kept.name, fencePath(folder), String(kept.term), command];
  return processes.start(
    [SHELL, "-c", commandScript(command), ...words, `${log.from} ${output.from}`],
    { cwd, env, stdout: path, stderr: path },
  );
}

/**
 * Waits for a command that another process began; whoever waits while nobody else does ends it when its time is over.
 *
 * Undefined when there is none any more, or `signal` aborts.
 */
export async function followKept(
  deps: KeepDeps,
  { key, timeout, signal }: { key: string; timeout?: number; signal: StopSignal },
): Promise<KeptEnd | undefined> {
  const { clock, processes } = deps.ports;
  while (!signal.aborted) {
    const standing = standingOf(deps, key);
    if (standing.kind === "none") return undefined;
    const { kept } = standing;
    if (standing.kind === "ended") return standing.told ? standing.end : settleFound(deps, { key, standing });
    const isLate = timeout !== undefined && clock.now() >= kept.at + timeout;
    if (isLate && kept.shell && observeIdentity(processes, kept.driver) === "gone") {
      await endGroup(deps.ports, kept.shell.pid);
      return settle(deps, { key, kept, how: "timeout" });
    }
    await clock.sleep(LOOK_MS, signal);
  }
  return undefined;
}

/** Keeps how a command ended that was found to be over. */
export function settleFound(
  deps: KeepDeps,
  { key, standing: { kept, end } }: { key: string; standing: Standing & { kind: "ended" } },
): KeptEnd {
  write(deps.ledger, key, { ...kept, ended: end });
  deps.ports.files.remove(folderOf(deps.ledger, key));
  return end;
}

function settle(
  deps: KeepDeps,
  { key, kept, how, code }: { key: string; kept: Kept; how: KeptEnd["how"]; code?: number },
): KeptEnd {
  const record = recordOf(deps, { key, kept });
  const found = record && (code === undefined ? record : { ...record, code });
  const end: KeptEnd = {
    ...endOf(deps, { key, kept, how, record: found }),
    took: deps.ports.clock.now() - kept.at,
  };
  return settleFound(deps, { key, standing: { kind: "ended", kept, end, told: false } });
}

function endOf(
  { ports: { files }, ledger }: KeepDeps,
  { key, kept, how, record }: {
    key: string;
    kept: Kept;
    how: KeptEnd["how"];
    record: CommandRecord | undefined;
  },
): KeptEnd {
  const path = record && lanePaths(folderOf(ledger, key), record.lane).record;
  const last = path === undefined ? undefined : files.stat(path)?.modified;
  return {
    how,
    ...(how === "exit" && record?.code !== undefined ? { code: record.code } : {}),
    took: Math.max(0, Math.round((last ?? kept.at) - kept.at)),
    lines: record ? lastLines(files, record.log) : [],
  };
}

function recordOf(
  { ports: { files }, ledger }: KeepDeps,
  { key, kept }: { key: string; kept: Kept },
): CommandRecord | undefined {
  return openLanes(files, { folder: folderOf(ledger, key) }).find(kept.name);
}

function folderOf({ folder }: Pick<Ledger, "folder">, key: string): string {
  return runFolder(folder, runName(key));
}

function lastLines(files: Ports["files"], { path, from }: Span): string[] {
  const size = files.stat(path)?.size ?? 0;
  const { text = "" } = files.readPart(path, { from: Math.max(from, size - READ_MOST), most: READ_MOST }) ??
    {};
  return printableText(text.trimEnd()).split("\n").filter((line, at) => at > 0 || line !== "")
    .slice(-LINES).map((line) => line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line);
}

function read({ ephemeral }: Pick<Ledger, "ephemeral">, key: string): Kept | undefined {
  return ephemeral.get<Json>(KIND, key) as unknown as Kept | undefined;
}

function write({ ephemeral }: Pick<Ledger, "ephemeral">, key: string, kept: Kept): void {
  ephemeral.put(KIND, key, kept as unknown as Json);
}
