import type { Definition, StepAction, StepDefinition } from "../../../../src/molecules/definition.ts";

/** Parts of a step, its id at least; the rest is as in a file that does not mention it. */
export type StepParts = Partial<Omit<StepDefinition, "needs">> & {
  id: string;
  run?: string;
  needs?: readonly string[] | StepDefinition["needs"];
};

/** A step with what is not given filled in. */
export function stepOf({ run, needs = [], ...parts }: StepParts): StepDefinition {
  const action: StepAction = parts.action ?? { kind: "run", command: { text: run ?? "true" } };
  return {
    title: { text: parts.id },
    always: false,
    strict: false,
    retry: { attempts: 1, delay: 0, factor: 1, maxDelay: 0, on: ["exit", "timeout", "heartbeat", "failed"] },
    outputs: [],
    env: {},
    secrets: [],
    allowFailure: false,
    ...parts,
    action,
    needs: "mode" in needs ? needs : { mode: "all", of: needs },
  };
}

/** A molecule with what is not given filled in. */
export function definitionOf(
  parts: Partial<Omit<Definition, "steps" | "finally" | "onFailure">> & {
    steps: readonly StepParts[];
    finally?: readonly StepParts[];
    onFailure?: readonly StepParts[];
  },
): Definition {
  return {
    name: "test",
    version: 1,
    hash: "0".repeat(64),
    source: "test.yaml",
    vars: [],
    outputs: [],
    environment: [],
    ...parts,
    steps: parts.steps.map(stepOf),
    onFailure: (parts.onFailure ?? []).map(stepOf),
    finally: (parts.finally ?? []).map(stepOf),
  };
}

/** Retry after every kind of failure but `unknown`. */
export function retry(attempts: number, delay = 0): Pick<StepDefinition, "retry"> {
  return {
    retry: { attempts, delay, factor: 2, maxDelay: 60_000, on: ["exit", "timeout", "heartbeat", "failed"] },
  };
}
