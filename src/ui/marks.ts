/** Ways to mark text for a terminal; each returns the text alone where colours are off. */
export type Marks = Readonly<
  Record<"bold" | "dim" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan", (text: string) => string>
>;
