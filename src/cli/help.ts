import type { Terminal } from "../ports/terminal.ts";
import type { Style } from "../lib/style.ts";
import { helpWidth, twoColumns } from "./layout.ts";
import { createStyle } from "./output.ts";
import { commandsUnder, loadCommand, nextWords } from "./program.ts";
import type { Program } from "./command.ts";

/** Help for the program itself, or for words that group commands: what stands below, each in a line. */
export async function overview(
  program: Program,
  options: { words: readonly string[]; terminal: Terminal },
): Promise<string> {
  const { words, terminal } = options;
  const style = createStyle(terminal.colour);
  const page = { program, style, width: helpWidth(terminal) };
  const lines = words.length === 0 ? await rootLines(page) : await groupLines(page, words);
  return lines.join("\n") + "\n";
}

interface Page {
  program: Program;
  style: Style;
  width: number;
}

async function rootLines(page: Page): Promise<string[]> {
  const { program, style } = page;
  const known = nextWords(program.table, []);
  const listed = new Set(program.topics.flatMap((topic) => topic.words));
  const topics = [...program.topics, { title: "More", words: known.filter((word) => !listed.has(word)) }];
  const sections: string[] = [];
  for (const topic of topics) {
    const rows = await rowsOf(program, [], topic.words.filter((word) => known.includes(word)));
    if (rows.length > 0) sections.push("", style.bold(topic.title), ...columnsOf(page, rows));
  }
  return [
    `${style.bold(program.name)}: ${program.summary}`,
    "",
    `${style.bold("Usage")}: ${program.name} COMMAND [ARGUMENTS] [FLAGS]`,
    ...sections,
    "",
    `\`${program.name} COMMAND --help\` explains a command; --json, --quiet, --actor, --town DIR`,
    "and -C DIR work with every one.",
  ];
}

async function groupLines(page: Page, words: readonly string[]): Promise<string[]> {
  const { program, style } = page;
  const name = [program.name, ...words].join(" ");
  const summary = program.groups[words.join(" ")];
  const rows = await rowsOf(program, words, nextWords(program.table, words));
  return [
    summary === undefined ? style.bold(name) : `${style.bold(name)}: ${summary}`,
    "",
    `${style.bold("Usage")}: ${name} COMMAND [ARGUMENTS] [FLAGS]`,
    "",
    style.bold("Commands"),
    ...columnsOf(page, rows),
    "",
    `\`${name} COMMAND --help\` explains a command.`,
  ];
}

function columnsOf(page: Page, rows: readonly (readonly [string, string])[]): string[] {
  return twoColumns(rows, { width: page.width, mark: page.style.cyan });
}

/** Each word with its summary; hidden commands, and groups of nothing else, are left out. */
export async function rowsOf(
  program: Program,
  words: readonly string[],
  next: readonly string[],
): Promise<[name: string, summary: string][]> {
  const rows: [string, string][] = [];
  for (const word of next) {
    const path = [...words, word];
    const command = await loadCommand(program.table, path);
    if (command) {
      if (!command.hidden) rows.push([word, command.summary]);
      continue;
    }
    const below = await Promise.all(
      commandsUnder(program.table, path).map((name) => loadCommand(program.table, name.split(" "))),
    );
    if (below.every((each) => each?.hidden)) continue;
    rows.push([
      word,
      program.groups[path.join(" ")] ?? below.map((each) => each?.name.split(" ").at(-1)).join(", "),
    ]);
  }
  return rows;
}
