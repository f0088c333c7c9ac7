import { basename, dirname, join } from "node:path";
import type { Files } from "../ports/files.ts";
import { addTokens, noTokens, type Tokens } from "../town/costs/usage.ts";
import type { RecordsName } from "./records/records.ts";
import { eventsOf } from "./records/said.ts";
import type { TranscriptEvent } from "./transcript.ts";

/** What one turn of an agent used, its subagents with it. */
export interface TurnUsage extends Tokens {
  /** When it began, in ms since the epoch. */
  at: number;
  /** Of one model; a turn of several has a row for each. */
  model: string;
  messages: number;
}

/** The turns of a transcript from a time on, in their order; empty where it is gone. */
export function readTurns(
  files: Files,
  options: { path: string; id: string; since: number; records?: RecordsName | undefined },
): TurnUsage[] {
  const { path, id, since, records } = options;
  const folder = join(dirname(path), basename(path, ".jsonl"), "subagents");
  const paths = [
    path,
    ...files.list(folder).filter((name) => name.endsWith(".jsonl")).map((name) => join(folder, name)),
  ];
  const events = paths.flatMap((at) => [...lastOfEach(eventsOf(files, { path: at, id, records }))])
    .filter(({ at }) => at >= since)
    .sort((a, b) => a.at - b.at);
  const turns: TurnUsage[] = [];
  let began: number | undefined;
  for (const event of events) {
    if (event.kind === "turn") began = event.at;
    if (event.kind !== "tokens") continue;
    began ??= event.at;
    let turn = turns.find(({ at, model }) => at === began && model === event.model);
    if (!turn) turns.push(turn = { at: began, model: event.model, messages: 0, ...noTokens() });
    turn.messages++;
    addTokens(turn, event.tokens);
  }
  return turns;
}

/** Of the lines of one message only the last. */
function lastOfEach(events: readonly TranscriptEvent[]): readonly TranscriptEvent[] {
  const last = new Map(
    events.map((event, at) => [event.kind === "tokens" ? event.message : String(at), event]),
  );
  return [...last.values()];
}
