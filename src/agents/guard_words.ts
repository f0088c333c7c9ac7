/** The arguments that are no flags; a flag of `valuedFlags` takes the next one with it. */
export function operands(args: readonly string[], valuedFlags: readonly string[] = []): string[] {
  const end = args.indexOf("--");
  const flagged = end < 0 ? args : args.slice(0, end);
  const found = flagged.filter((word, at) =>
    !word.startsWith("-") && !valuedFlags.includes(flagged[at - 1] ?? "")
  );
  return end < 0 ? found : [...found, ...args.slice(end + 1)];
}

/** Whether a flag is among arguments: one of the letters behind one dash, or one of the names. */
export function hasFlag(
  args: readonly string[],
  flag: { letters: string; names: readonly string[] },
): boolean {
  const letters = new RegExp(`^-[A-Za-z]*[${flag.letters}]`);
  return args.some((word) =>
    letters.test(word) || flag.names.some((name) => word === name || word.startsWith(`${name}=`))
  );
}
