/** The exit code of every ending, in one place. */
export const exitCodes = { ok: 0, refused: 1, usage: 2, bug: 70, interrupted: 130 } as const;

/** The codes every command may end with, as help shows them. */
export const exitMeanings: Readonly<Record<number, string>> = {
  [exitCodes.ok]: "done",
  [exitCodes.refused]: "refused, or the answer is no",
  [exitCodes.usage]: "wrong arguments",
  [exitCodes.bug]: "a bug in this program",
  [exitCodes.interrupted]: "interrupted",
};
