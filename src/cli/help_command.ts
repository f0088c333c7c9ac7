import type { Terminal } from "../ports/terminal.ts";
import type { Command, Flag } from "./command.ts";
import type { Style } from "../lib/style.ts";
import { exitMeanings } from "./exit.ts";
import { globalFlags } from "./global_flags.ts";
import { helpWidth, twoColumns, wrapText } from "./layout.ts";
import { createStyle } from "./output.ts";
import { positionalWord, usageLine } from "./usage.ts";

/** Help for one command: what it does, its arguments and flags with defaults, examples, exit codes. */
export function commandHelp(command: Command, terminal: Terminal): string {
  const style = createStyle(terminal.colour);
  const width = helpWidth(terminal);
  const columns = (rows: [string, string][]) => twoColumns(rows, { width, mark: style.cyan });
  const visible = Object.entries(command.flags ?? {}).filter(([, flag]) => !flag.hidden);
  const sections: [title: string, lines: string[]][] = [
    [
      "Arguments",
      columns((command.positionals ?? []).map((each) => [positionalWord(each), positionalNote(each)])),
    ],
    ["Flags", columns(visible.map(([name, flag]) => [flagWords(name, flag), flagNote(flag)]))],
    [
      "Flags of every command",
      columns(
        Object.entries(globalFlags).map(([name, flag]) => [
          flagWords(name, flag),
          flag.summary,
        ]),
      ),
    ],
    ["Examples", exampleLines(command, style)],
    ["Exit codes", columns(Object.entries({ ...exitMeanings, ...command.exits }))],
  ];
  const lines = [
    ...wrapText(`${command.name}: ${command.summary}`, width).map((line, at) =>
      at === 0 ? line.replace(command.name, style.bold(command.name)) : line
    ),
    "",
    `${style.bold("Usage")}: ${usageLine(command)}`,
    ...descriptionLines(command.description, width),
    ...sections.flatMap(([title, body]) => body.length === 0 ? [] : ["", style.bold(title), ...body]),
  ];
  return lines.join("\n") + "\n";
}

/** Paragraphs are parted by an empty line; a paragraph that begins with a space is kept as it stands. */
function descriptionLines(description: string | undefined, width: number): string[] {
  if (description === undefined) return [];
  return description.replace(/^\n+|\s+$/g, "").split(/\n\s*\n/).flatMap((paragraph) => [
    "",
    ...(paragraph.startsWith(" ") ? paragraph.split("\n") : wrapText(paragraph, width)),
  ]);
}

/** A flag as help shows it: `-p, --priority P`. */
export function flagWords(name: string, flag: Flag): string {
  const short = flag.short === undefined ? "" : `-${flag.short}, `;
  const value = flag.type === "boolean" ? "" : ` ${flag.placeholder ?? name.toUpperCase()}`;
  return `${short}--${name}${value}`;
}

/** What a flag means, with its values, its default and whether it may be given again. */
export function flagNote(flag: Flag): string {
  const notes = [
    ...(flag.values ? [`one of: ${flag.values.join(", ")}`] : []),
    ...(flag.type === "list" ? [flag.whole ? "repeatable" : "repeatable or comma-separated"] : []),
    ...(flag.default === undefined || flag.default === false ? [] : [`default: ${flag.default}`]),
  ];
  return notes.length === 0 ? flag.summary : `${flag.summary} (${notes.join("; ")})`;
}

/** What a positional means, with its values. */
export function positionalNote(positional: { summary: string; values?: readonly string[] }): string {
  return positional.values
    ? `${positional.summary} (one of: ${positional.values.join(", ")})`
    : positional.summary;
}

function exampleLines(command: Command, style: Style): string[] {
  return command.examples.flatMap((
    example,
  ) => [`  ${style.dim(`# ${example.summary}`)}`, `  ${example.line}`]);
}
