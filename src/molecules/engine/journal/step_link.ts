import type { Bead } from "../../../ledger/ledger.ts";
import type { JsonObject } from "../../../lib/json.ts";
import type { OutputDefinition } from "../../definition.ts";

/** What a bead that stands for an attempt of a step keeps as `metadata.attempt_of`. */
export interface StepBeadLink {
  /** Key of the run's bead. */
  run: string;
  step: string;
  attempt: number;
  /** `<run>/<step>/<attempt>`. */
  key: string;
}

/** What an attempt of a step a bead stands for; undefined for any other bead. */
export function stepOfBead(bead: Pick<Bead, "metadata">): StepBeadLink | undefined {
  return bead.metadata.attempt_of as unknown as StepBeadLink | undefined;
}

/** The outputs that the holder of a step's bead gives, by name. */
export function askedOutputs(bead: Pick<Bead, "metadata">): readonly string[] {
  return (bead.metadata.asked_outputs ?? []) as string[];
}

/** What a step's bead keeps of the outputs that its holder gives. */
export function askedMetadata(outputs: readonly Omit<OutputDefinition, "value">[]): JsonObject {
  if (outputs.length === 0) return {};
  const types = Object.fromEntries(outputs.flatMap(({ name, type }) => type ? [[name, type]] : []));
  return {
    asked_outputs: outputs.map(({ name }) => name),
    ...(Object.keys(types).length > 0 ? { output_types: types } : {}),
  };
}

/** Those that have not been given. */
export function missingOutputs(bead: Pick<Bead, "metadata">): string[] {
  const given = (bead.metadata.outputs ?? {}) as object;
  return askedOutputs(bead).filter((name) => !Object.hasOwn(given, name));
}

/** Whether outputs differ from those that a step's bead has. */
export function changesOutputs(bead: Pick<Bead, "metadata">, outputs: JsonObject): boolean {
  const has = (bead.metadata.outputs ?? {}) as JsonObject;
  return Object.entries(outputs).some(([name, value]) =>
    !Object.hasOwn(has, name) || JSON.stringify(has[name]) !== JSON.stringify(value)
  );
}

const WORDS = "failed|rejected|cancell?ed|abandoned|aborted|won't fix|wontfix";

/** One of the words alone, or before a colon or a dash: "Failed tests are mended" is no failure. */
const FAILURE = new RegExp(String.raw`^\s*(?:${WORDS})(?:\s*:|\s+[–—-]+\s|[.!]?\s*$)`, "i");

const LIKE_FAILURE = new RegExp(String.raw`^\s*(?:${WORDS}|timeout)\b`, "i");

/** Why a step failed, in the words of whoever closed its bead: without the word by which that is known. */
export function failureText(reason: string): string {
  return reason.replace(/^\s*failed(?:\s*:\s*|\s+[–—-]+\s+|[.!]?\s*$)/i, "").trim() || "no reason given";
}

/** Whether a bead of a step was closed without success: its reason is `failed: WHY`, or another word for that. */
export function isFailure(reason: string | undefined): boolean {
  return reason !== undefined && FAILURE.test(reason);
}

/** Whether a reason may be meant as a failure, and is none. */
export function isLikeFailure(reason: string | undefined): boolean {
  return reason !== undefined && LIKE_FAILURE.test(reason) && !isFailure(reason);
}
