import { basename, dirname, join } from "node:path";
import type { Json } from "../lib/json.ts";
import type { Ephemeral } from "../ledger/ledger.ts";
import type { Files } from "../ports/files.ts";
import { localTime } from "../ports/time.ts";
import { addTokens, LONG_PROMPT, rowFor, type Tokens, type UsageRow } from "../town/costs/usage.ts";
import type { RecordsName } from "./records/records.ts";
import { eventsOf, lineReader } from "./records/said.ts";
import type { TranscriptEvent } from "./transcript.ts";

/** A message that was counted: where, and with what, since a later line may say more of it. */
type Counted = readonly [message: string, row: number, tokens: Tokens];

/** How far a file was read, the last messages that were counted, and what its lines said for those that follow. */
interface FileState {
  next: number;
  last: readonly Counted[];
  memory?: { model?: string };
}

/**
 * How far a transcript was read and what was in it; the ephemeral record of kind `usage`, by the agent's id of the
 * session. A function of the files alone, so reading from the beginning again comes to the same.
 */
export interface UsageState {
  /** By name. */
  files: { [name: string]: FileState };
  rows: UsageRow[];
  /** A turn has begun of which no answer is counted yet. */
  turnOpen: boolean;
  /** Time of the last event. */
  at: number;
  /** The error that ended the last turn; absent once the model answers again. */
  error?: { at: number; error: string; text: string };
  /** Errors in a row. */
  errors: number;
}

/** A transcript, and what has to be known to read it. */
export interface TranscriptToRead {
  /** The agent's own id of the session. */
  id: string;
  path: string;
  /** What it says of times before was copied from another session; ms since the epoch. */
  since: number;
  /** Whose records it is; Claude Code's by default. */
  records?: RecordsName;
  /** Id of the step that was under way at a time. */
  stepAt?: (at: number) => string | undefined;
}

/** How much is read at a time, in bytes. */
const CHUNK = 1024 * 1024;
/** How many messages of a file are remembered: parts of one message are lines that follow each other closely. */
const REMEMBERED = 8;

/**
 * Reads what was added to a transcript, and to those of its subagents, since the last call; returns what it comes to,
 * and whether anything was new. Two that read at once count once: the second one's state is dropped.
 */
export function readUsage(
  deps: { files: Files; ephemeral: Ephemeral },
  options: TranscriptToRead,
): { state: UsageState; changed: boolean } {
  const { files, ephemeral } = deps;
  const { id, since, stepAt = () => undefined, records } = options;
  const read = lineReader(records);
  if (!read) return readWhole(deps, options);
  const before = ephemeral.get<Json>("usage", id);
  const paths = transcriptFiles(files, options.path);
  let state = before === undefined ? emptyState() : structuredClone(before) as unknown as UsageState;
  // A file that has become shorter is another one: then everything is counted anew.
  if (paths.some(({ name, size }) => size < (state.files[name]?.next ?? 0))) state = emptyState();
  let changed = false;
  for (const { path, name, size } of paths) {
    const file = state.files[name] ??= { next: 0, last: [] };
    while (file.next < size) {
      const part = files.readLines(path, { from: file.next, most: CHUNK });
      if (!part || part.next === file.next) break;
      const memory = file.memory ??= {};
      for (const line of part.lines) {
        const event = read(line, memory);
        if (event && event.at >= since) count(state, { event, file, stepAt });
      }
      file.next = part.next;
      changed = true;
    }
  }
  if (changed && !ephemeral.swap("usage", id, before, state as unknown as Json)) {
    return { state: ephemeral.get<Json>("usage", id) as unknown as UsageState ?? state, changed };
  }
  return { state, changed };
}

/** Of records that are no lines: everything, each time; what is told again comes to the same. */
function readWhole(
  { files, ephemeral }: { files: Files; ephemeral: Ephemeral },
  options: TranscriptToRead,
): { state: UsageState; changed: boolean } {
  const { id, since, stepAt = () => undefined } = options;
  const before = ephemeral.get<Json>("usage", id);
  const state = emptyState();
  const file: FileState = state.files[""] = { next: 0, last: [] };
  for (const event of eventsOf(files, options)) {
    if (event.at >= since) count(state, { event, file, stepAt });
  }
  const changed = JSON.stringify(before) !== JSON.stringify(state);
  if (changed) ephemeral.put("usage", id, state as unknown as Json);
  return { state, changed };
}

function emptyState(): UsageState {
  return { files: {}, rows: [], turnOpen: false, at: 0, errors: 0 };
}

/** The transcript itself, and those that its subagents write beside it. */
function transcriptFiles(files: Files, path: string): { path: string; name: string; size: number }[] {
  const folder = join(dirname(path), basename(path, ".jsonl"), "subagents");
  const beside = files.list(folder).filter((name) => name.endsWith(".jsonl"));
  return [path, ...beside.map((name) => join(folder, name))].flatMap((at) => {
    const stat = files.stat(at);
    return stat ? [{ path: at, name: at === path ? "" : basename(at), size: stat.size }] : [];
  });
}

function count(
  state: UsageState,
  options: {
    event: TranscriptEvent;
    file: FileState;
    stepAt: (at: number) => string | undefined;
  },
): void {
  const { event, file, stepAt } = options;
  state.at = Math.max(state.at, event.at);
  if (event.kind === "turn") state.turnOpen = true;
  if (event.kind === "error") {
    state.error = { at: event.at, error: event.error, text: event.text.slice(0, 500) };
    state.errors++;
  }
  if (event.kind !== "tokens") return;
  delete state.error;
  state.errors = 0;
  const { message, tokens } = event;
  const known = file.last.find(([id]) => id === message);
  if (known) {
    const row = state.rows[known[1]]!;
    addTokens(row, known[2], -1);
    addTokens(row, tokens);
    file.last = [...file.last.filter((one) => one !== known), [message, known[1], tokens]];
    return;
  }
  const step = stepAt(event.at);
  const prompt = tokens.input + tokens.cache_read + tokens.cache_write + tokens.cache_write_1h;
  const at = rowFor(state.rows, {
    day: localTime(event.at).slice(0, 10),
    model: event.model,
    ...(prompt > LONG_PROMPT ? { long: true as const } : {}),
    ...(step === undefined ? {} : { step }),
  });
  const row = state.rows[at]!;
  addTokens(row, tokens);
  row.messages++;
  if (state.turnOpen) row.turns++;
  state.turnOpen = false;
  file.last = [...file.last, [message, at, tokens] as const].slice(-REMEMBERED);
}
