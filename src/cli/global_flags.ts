import type { Command, Flag } from "./command.ts";

/** Flags that every command has. */
export const globalFlags: Readonly<Record<string, Flag>> = {
  json: { type: "boolean", summary: "Print the result as JSON" },
  quiet: { type: "boolean", short: "q", summary: "Print only answers and errors" },
  actor: { type: "string", summary: "Act in this name", placeholder: "NAME" },
  town: { type: "string", summary: "Use the town in this folder", placeholder: "DIR", completes: "file" },
  directory: {
    type: "string",
    short: "C",
    summary: "Run as if called in this folder",
    placeholder: "DIR",
    completes: "file",
  },
  help: { type: "boolean", short: "h", summary: "Show help" },
};

/** The flags of a command with the global ones; where a letter or name is taken, the command's own wins. */
export function allFlags(command: Pick<Command, "flags">): Record<string, Flag> {
  const own = command.flags ?? {};
  const taken = new Set(Object.values(own).map((flag) => flag.short));
  const merged: Record<string, Flag> = {};
  for (const [name, flag] of Object.entries(globalFlags)) {
    const { short, ...rest } = flag;
    merged[name] = short === undefined || taken.has(short) ? rest : flag;
  }
  return { ...merged, ...own };
}

/** A flag found by what was typed. */
export interface FoundFlag {
  name: string;
  flag: Flag;
}

/** Finds a flag by its long name, another long name of it, or its letter. */
export function findFlag(
  flags: Readonly<Record<string, Flag>>,
  typed: { long: string } | { short: string },
): FoundFlag | undefined {
  if ("long" in typed && Object.hasOwn(flags, typed.long)) {
    return { name: typed.long, flag: flags[typed.long]! };
  }
  for (const [name, flag] of Object.entries(flags)) {
    const matches = "long" in typed ? flag.aliases?.includes(typed.long) : typed.short === flag.short;
    if (matches) return { name, flag };
  }
  return undefined;
}
