import type {
  AgentChoice,
  Definition,
  Expression,
  Retry,
  SourcePlace,
  StepDefinition,
  Template,
  VariableDefinition,
} from "../definition.ts";
import type { SourceFile } from "./field.ts";

/** What an expression is for; it decides what may stand in it, and what it must give. */
export type Use = "text" | "shell" | "condition" | "until" | "list" | "output";

/** An expression or a template of a draft, and what it is for. */
export interface UsedExpression {
  use: Use;
  /** The key it stands at: `when`, `run`. */
  key: string;
  expression?: Expression;
  template?: Template;
}

/** The lists that steps stand in. */
export type StepList = "steps" | "onFailure" | "finally";

/** What all steps of a molecule have unless they say otherwise. */
export interface Defaults {
  timeout?: number;
  heartbeat?: number;
  retry?: Retry;
  cwd?: Template;
  agent?: AgentChoice;
  env: Readonly<Record<string, Template>>;
  secrets: readonly string[];
}

/** A step as it was read, with the places that rules speak of. */
export interface DraftStep {
  step: StepDefinition;
  list: StepList;
  /** Whether no aspect matches it. */
  apart?: true;
  /** Where its id stands. */
  idPlace: SourcePlace;
  needs: readonly { id: string; place: SourcePlace }[];
  uses: readonly UsedExpression[];
  /** Whether it stands in an aspect. */
  inAspect?: true;
  /** The id of the step that it runs after a failure of. */
  handles?: string;
  /** Whether it has the defaults of its molecule. */
  hasDefaults?: true;
  /** Where the name of its nested molecule stands, and the values it gets. */
  nested?: { place: SourcePlace; file: SourceFile; with: readonly GivenValue[] };
}

/** A value that a nested molecule is given: the name of its variable, where name and value stand, whether it is a list. */
export interface GivenValue {
  name: string;
  place: SourcePlace;
  valuePlace: SourcePlace;
  isList: boolean;
}

/** An aspect: which steps it matches, and what it puts around them. */
export interface DraftAspect {
  patterns: readonly { text: string; place: SourcePlace }[];
  before: readonly DraftStep[];
  after: readonly DraftStep[];
}

/** A variable as it was read. */
export interface DraftVariable {
  variable: VariableDefinition;
  place: SourcePlace;
  /** Whether it stands in the molecule's own file. */
  own: boolean;
}

/** The name or path of another molecule that parts are taken from. */
export interface Reference {
  name: string;
  place: SourcePlace;
}

/** A molecule as its own file says it, before it is composed with others and checked as a whole. */
export interface Draft {
  file: SourceFile;
  name: string;
  version: number;
  description?: string;
  vars: DraftVariable[];
  steps: DraftStep[];
  /** Ids that stand in the file, also of steps that could not be read. */
  ids: ReadonlySet<string>;
  aspects: DraftAspect[];
  extends?: Reference;
  include: readonly Reference[];
  outputs: Definition["outputs"];
  /** Those of the molecule, not of its steps. */
  uses: readonly UsedExpression[];
  /** All names of secrets that steps may have. */
  secrets: readonly string[];
  defaults: Defaults;
  limits: Pick<Definition, "maxParallel" | "timeout" | "concurrency" | "budget">;
  /** Where the file begins, for what is missing. */
  place: SourcePlace;
}
