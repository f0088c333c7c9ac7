import type { CommandTable } from "../cli/program.ts";

/** Every command of `gt`, in alphabetical order: the words, and the file that is loaded when they are called. */
export const gtTable: CommandTable = {
  "complete": () => import("./gt/complete.ts"),
  "completion": () => import("./gt/completion.ts"),
  "shell-init": () => import("./gt/shell_init.ts"),
  "version": () => import("./gt/version.ts"),
};
