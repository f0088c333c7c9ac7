import type { Command, Positional } from "./command.ts";

/** A positional as usage shows it, without brackets: `BEAD`. */
export function positionalWord(positional: Positional): string {
  return positional.name.toUpperCase().replaceAll("_", "-");
}

/** How a command is called: `gt convoy create NAME [BEAD…] [flags]`. */
export function usageLine(command: Command): string {
  const words = (command.positionals ?? []).map((positional) => {
    const word = positionalWord(positional) + (positional.variadic ? "..." : "");
    return positional.required ? word : `[${word}]`;
  });
  return [command.name, ...words, "[flags]"].join(" ");
}
