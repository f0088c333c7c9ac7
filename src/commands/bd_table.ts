import type { CommandTable } from "../cli/program.ts";

/** Every command of `bd`, in alphabetical order: the words, and the file that is loaded when they are called. */
export const bdTable: CommandTable = {
  "complete": () => import("./bd/complete.ts"),
  "completion": () => import("./bd/completion.ts"),
  "version": () => import("./bd/version.ts"),
};
