/** Types that the program itself makes: in no default list and never ready. */
export const INTERNAL_TYPES: readonly string[] = [
  "convoy",
  "message",
  "molecule",
  "step",
  "gate",
  "agent",
  "merge-request",
  "event",
];

/** Types that people give to work. */
export const WORK_TYPES: readonly string[] = ["task", "bug", "feature", "epic", "chore", "decision"];

/** Statuses, in the order of a life. */
export const STATUSES: readonly string[] = [
  "open",
  "in_progress",
  "blocked",
  "deferred",
  "hooked",
  "pinned",
  "closed",
  "tombstone",
];

/** Other names under which older tools wrote types. */
const ALIASES: Readonly<Record<string, string>> = {
  enhancement: "feature",
  feat: "feature",
  dec: "decision",
  adr: "decision",
  mr: "merge-request",
  mol: "molecule",
};

/** The one name of a type that may be given by an alias: `feat` is `feature`. */
export function canonicalType(text: string): string {
  const lower = text.trim().toLowerCase();
  return ALIASES[lower] ?? lower;
}
