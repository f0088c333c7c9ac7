/** The keys of a molecule that this version reads. */
export const MOLECULE_KEYS = ["molecule", "version", "description", "vars", "steps"] as const;

/** The keys of a step that this version reads. */
export const STEP_KEYS = ["id", "title", "description", "prompt", "acceptance", "needs"] as const;

/** The keys of a variable that this version reads. */
export const VARIABLE_KEYS = ["description", "default", "required", "enum"] as const;

/** Keys of the language that a molecule may have, but that this version does not run. */
export const MOLECULE_KEYS_NOT_RUN: readonly string[] = [
  "aspects",
  "budget",
  "concurrency",
  "defaults",
  "env",
  "extends",
  "finally",
  "include",
  "on_failure",
  "secrets",
  "timeout",
];

/** Kinds and modifiers of steps that are part of the language, but that this version does not run. */
export const STEP_KEYS_NOT_RUN: readonly string[] = [
  "after",
  "agent",
  "allow_failure",
  "always",
  "before",
  "budget",
  "cache",
  "concurrency",
  "convoy",
  "cwd",
  "env",
  "for_each",
  "gate",
  "heartbeat",
  "matrix",
  "max_parallel",
  "molecule",
  "on_failure",
  "outputs",
  "repeat",
  "retry",
  "run",
  "secrets",
  "stdin",
  "strict",
  "timeout",
  "when",
  "with",
];

/** Modifiers of variables that are part of the language, but that this version does not check. */
export const VARIABLE_KEYS_NOT_RUN: readonly string[] = ["pattern"];
