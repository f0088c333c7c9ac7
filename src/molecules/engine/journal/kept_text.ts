import type { Definition, StepDefinition } from "../../definition.ts";

/** What most steps are; a journal keeps of a step only what differs. Part of the form of journals: it never changes. */
const USUAL = {
  needs: { mode: "all", of: [] },
  always: false,
  strict: false,
  retry: { attempts: 1, delay: 0, factor: 1, maxDelay: 0, on: ["exit", "timeout", "heartbeat", "failed"] },
  outputs: [],
  env: {},
  secrets: [],
  allowFailure: false,
} as const satisfies Partial<StepDefinition>;

/** The same as text, to compare with. */
const USUAL_TEXTS = Object.entries(USUAL).map(([name, value]) => [name, JSON.stringify(value)] as const);

type Lists = "steps" | "onFailure" | "finally";

/** A step as a journal keeps it; one without a title has its id for that. */
export type KeptStep = Omit<StepDefinition, keyof typeof USUAL | "title"> & Partial<StepDefinition>;

/** A molecule as a journal keeps it. */
export type KeptDefinition = Omit<Definition, Lists> & Record<Lists, readonly KeptStep[]>;

/** Anything with a molecule in it as a journal keeps it. */
export type Kept<Text extends { definition: Definition }> = Omit<Text, "definition"> & {
  definition: KeptDefinition;
};

/** What a journal keeps of something with a molecule in it. */
export function keptText<Text extends { definition: Definition }>(text: Text): Kept<Text> {
  const { steps, onFailure, finally: last } = text.definition;
  const lists = { steps: steps.map(short), onFailure: onFailure.map(short), finally: last.map(short) };
  return { ...text, definition: { ...text.definition, ...lists } };
}

/** The same as it was, also of what an earlier version kept whole. */
export function wholeText<Text extends { definition: Definition }>(kept: Kept<Text>): Text {
  const { steps, onFailure, finally: last } = kept.definition;
  const lists = { steps: steps.map(whole), onFailure: onFailure.map(whole), finally: last.map(whole) };
  return { ...kept, definition: { ...kept.definition, ...lists } } as unknown as Text;
}

function short(step: StepDefinition): KeptStep {
  const kept: Record<string, unknown> = { ...step };
  for (const [name, text] of USUAL_TEXTS) if (JSON.stringify(kept[name]) === text) delete kept[name];
  if (step.title.text === step.id && Object.keys(step.title).length === 1) delete kept.title;
  return kept as unknown as KeptStep;
}

/** The keys stand in the order in which a file's are read: two texts are shown side by side in it. */
function whole({ id, title = { text: id }, action, ...others }: KeptStep): StepDefinition {
  return { id, title, action, ...USUAL, ...others };
}
