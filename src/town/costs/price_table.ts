/** What a model's tokens cost, in US dollars for a million of them. */
export interface Price {
  /** What the model's name begins with; the longest that fits counts. */
  readonly model: string;
  /** Local day from which it holds: `2026-10-07`; absent for always. */
  readonly from?: string;
  readonly input: number;
  readonly output: number;
  /** A tenth of `input` unless it is given. */
  readonly cache_read?: number;
  /** Kept five minutes: 1.25 times `input` unless it is given. */
  readonly cache_write?: number;
  /** Kept an hour: twice `input` unless it is given. */
  readonly cache_write_1h?: number;
  /** What all of it is multiplied by for requests of more than 100 000 tokens. */
  readonly long?: number;
}

/** The day on which the prices below were compared with https://platform.claude.com/docs/en/about-claude/pricing. */
export const pricesCheckedOn = "2026-10-24";

/** The list prices this program knows; those of town.yaml come before them. */
export const knownPrices: readonly Price[] = [
  { model: "claude-fable-5-1", input: 10, output: 50, cache_read: 0.25 },
  { model: "claude-fable-5", input: 10, output: 50 },
  { model: "claude-mythos-5-1", input: 10, output: 50, cache_read: 0.25 },
  { model: "claude-mythos-5", input: 10, output: 50 },
  { model: "claude-opus-5-5", input: 4, output: 20, cache_read: 0.2 },
  { model: "claude-opus-5", input: 5, output: 25 },
  { model: "claude-opus-4-8", input: 5, output: 25 },
  { model: "claude-opus-4-7", input: 5, output: 25 },
  { model: "claude-opus-4-6-fast", input: 30, output: 150 },
  { model: "claude-opus-4-6", input: 5, output: 25 },
  { model: "claude-opus-4-5", input: 5, output: 25 },
  { model: "claude-opus-4", input: 15, output: 75 },
  { model: "claude-3-opus", input: 15, output: 75 },
  { model: "claude-sonnet-5-5", input: 2, output: 10 },
  { model: "claude-sonnet-5-5", from: "2026-10-07", input: 2, output: 10, cache_read: 0.1 },
  { model: "claude-sonnet-5", input: 2, output: 10 },
  { model: "claude-sonnet-4", input: 3, output: 15 },
  { model: "claude-3-7-sonnet", input: 3, output: 15 },
  { model: "claude-3-5-sonnet", input: 3, output: 15 },
  { model: "claude-haiku-5-5", input: 0.1, output: 0.5, long: 5 },
  { model: "claude-haiku-4-5", input: 1, output: 5 },
  { model: "claude-3-5-haiku", input: 0.8, output: 4 },
  { model: "claude-3-haiku", input: 0.25, output: 1.25, cache_read: 0.03, cache_write: 0.3 },
];
