/** A list of records that keeps its value: changing one copies a small part of it, whatever its length. */
export interface StepList<Step> {
  readonly length: number;
  readonly chunks: readonly (readonly Step[])[];
}

const CHUNK = 128;

/** The list of these records. */
export function stepList<Step>(records: readonly Step[]): StepList<Step> {
  const chunks: Step[][] = [];
  for (let at = 0; at < records.length; at += CHUNK) chunks.push(records.slice(at, at + CHUNK));
  return { length: records.length, chunks };
}

/** The record with a number. */
export function recordAt<Step>({ chunks }: Pick<StepList<Step>, "chunks">, index: number): Step {
  const record = chunks[Math.floor(index / CHUNK)]?.[index % CHUNK];
  if (!record) throw new Error(`there is no step number ${index}`);
  return record;
}

/** All records in order. */
export function* recordsOf<Step>({ chunks }: StepList<Step>): Generator<Step> {
  for (const chunk of chunks) yield* chunk;
}

/** A list that is being changed; what it was made from stays as it is. */
export interface StepListDraft<Step> {
  /** As they are now. */
  readonly chunks: StepList<Step>["chunks"];
  get(index: number): Step;
  set(index: number, record: Step): void;
  push(record: Step): number;
  length(): number;
  finish(): StepList<Step>;
}

/** Begins to change a list. */
export function draftSteps<Step>(list: StepList<Step>): StepListDraft<Step> {
  let chunks: (readonly Step[])[] | undefined;
  const own = new Map<number, Step[]>();
  let { length } = list;
  const ownChunk = (at: number): Step[] => {
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
