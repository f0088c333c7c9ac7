/** A message of GitHub's workflow commands: `::error file=…,line=…,col=…,title=…::…`. */
export function annotation(
  kind: "error" | "warning" | "notice",
  { title, text, file, line, column: col }: {
    title: string;
    text: string;
    file?: string;
    line?: number;
    column?: number;
  },
): string {
  const escape = (text: string) =>
    text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const properties = Object.entries({ file, line, col, title })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escape(String(value)).replaceAll(":", "%3A").replaceAll(",", "%2C")}`);
  return `::${kind} ${properties.join(",")}::${escape(text)}`;
}

/** What ends the group of a step, or makes GitHub look at no command any more, where a line begins with it. */
const GROUPING = /^(\s*):(:(?:group|endgroup|stop-commands)\b)/i;

/** The older form of the same, which GitHub finds anywhere in a line. */
const OLD_GROUPING = /##(?=\[(?:group|endgroup|stop-commands)\b)/gi;

/** A line that a command has printed, with a blank in what would break the group that it stands in. */
export function groupedLine(line: string): string {
  return line.replace(GROUPING, "$1: $2").replace(OLD_GROUPING, "## ");
}
