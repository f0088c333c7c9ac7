/** Tokens by what is paid for them. `input` is what no cache had; a cache is written for five minutes or for an hour. */
export interface Tokens {
  input: number;
  output: number;
  cache_read: number;
  cache_write: number;
  cache_write_1h: number;
}

/** What a session of an agent has used in one day, of one model, at one step. */
export interface UsageRow extends Tokens {
  /** Local day: `2026-11-23`. */
  day: string;
  model: string;
  /** Whether the requests were longer than {@linkcode LONG_PROMPT}, which some models charge more for. */
  long?: true;
  /** Id of the step's bead. */
  step?: string;
  /** Prompts that began a turn here. */
  turns: number;
  /** Answers of the model. */
  messages: number;
}

/** What one session of an agent has used: the record of it that travels with the ledger. */
export interface SessionUsage {
  /** The name it acted under: `worker-3`, `coordinator`. */
  actor: string;
  /** Name of the agent: `claude`. */
  agent?: string;
  rig?: string;
  /** Number of the attempt. */
  n?: number;
  /** When the session began, in ms since the epoch. */
  since: number;
  rows: readonly UsageRow[];
}

/** Requests of more tokens than this count as long ones. */
export const LONG_PROMPT = 100_000;

/** No tokens. */
export function noTokens(): Tokens {
  return { input: 0, output: 0, cache_read: 0, cache_write: 0, cache_write_1h: 0 };
}

/** Adds tokens to a sum, `times` over; -1 takes them away. */
export function addTokens(sum: Tokens, tokens: Tokens, times = 1): void {
  sum.input += times * tokens.input;
  sum.output += times * tokens.output;
  sum.cache_read += times * tokens.cache_read;
  sum.cache_write += times * tokens.cache_write;
  sum.cache_write_1h += times * tokens.cache_write_1h;
}

/** All tokens but those read from a cache, which cost next to nothing and would drown the others. */
export function freshTokens(tokens: Tokens): number {
  return tokens.input + tokens.output + tokens.cache_write + tokens.cache_write_1h;
}

/** The row of a day, a model and a step among rows; added where there is none. Returns its place. */
export function rowFor(
  rows: UsageRow[],
  row: Pick<UsageRow, "day" | "model" | "long" | "step">,
): number {
  const { day, model, long, step } = row;
  const at = rows.findIndex((one) =>
    one.day === day && one.model === model && one.long === long && one.step === step
  );
  if (at >= 0) return at;
  rows.push({
    day,
    model,
    ...(long === undefined ? {} : { long }),
    ...(step === undefined ? {} : { step }),
    turns: 0,
    messages: 0,
    ...noTokens(),
  });
  return rows.length - 1;
}
