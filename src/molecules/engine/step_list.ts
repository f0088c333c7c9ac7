import type { StepRecord } from "./run.ts";

/** A list of records that keeps its value: changing one copies a small part of it, whatever its length. */
export interface StepList {
  readonly length: number;
  readonly chunks: readonly (readonly StepRecord[])[];
}

const CHUNK = 128;

/** The list of these records. */
export function stepList(records: readonly StepRecord[]): StepList {
  const chunks: StepRecord[][] = [];
  for (let at = 0; at < records.length; at += CHUNK) chunks.push(records.slice(at, at + CHUNK));
  return { length: records.length, chunks };
}

/** The record with a number. */
export function recordAt({ chunks }: Pick<StepList, "chunks">, index: number): StepRecord {
  const record = chunks[Math.floor(index / CHUNK)]?.[index % CHUNK];
  if (!record) throw new Error(`there is no step number ${index}`);
  return record;
}

/** All records in order. */
export function* recordsOf({ chunks }: StepList): Generator<StepRecord> {
  for (const chunk of chunks) yield* chunk;
}

/** A list that is being changed; what it was made from stays as it is. */
export interface StepListDraft {
  /** As they are now. */
  readonly chunks: StepList["chunks"];
  get(index: number): StepRecord;
  set(index: number, record: StepRecord): void;
  push(record: StepRecord): number;
  length(): number;
  finish(): StepList;
}

/** Begins to change a list. */
export function draftSteps(list: StepList): StepListDraft {
  let chunks: (readonly StepRecord[])[] | undefined;
  const own = new Map<number, StepRecord[]>();
  let { length } = list;
  const ownChunk = (at: number): StepRecord[] => {
    let chunk = own.get(at);
    if (!chunk) {
      chunks ??= [...list.chunks];
      own.set(at, chunk = [...(chunks[at] ?? [])]);
      chunks[at] = chunk;
    }
    return chunk;
  };
  const get = (index: number) => recordAt({ chunks: chunks ?? list.chunks }, index);
  return {
    get chunks() {
      return chunks ?? list.chunks;
    },
    get,
    set(index, record) {
      ownChunk(Math.floor(index / CHUNK))[index % CHUNK] = record;
    },
    push(record) {
      ownChunk(Math.floor(length / CHUNK)).push(record);
      return length++;
    },
    length: () => length,
    finish: () => chunks === undefined ? list : { length, chunks },
  };
}
