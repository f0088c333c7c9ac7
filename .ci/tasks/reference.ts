/**
 * Writes the reference of a program's commands from its table, so that it says what the program does.
 *
 *     deno task docs             write docs/bd.md, docs/molecule-language.md and their schemas
 *     deno task docs --check     fail where they are not up to date
 *
 * @module
 */
import { join } from "node:path";
import type { Command, Program } from "../../src/cli/command.ts";
import { exitMeanings } from "../../src/cli/exit.ts";
import { globalFlags } from "../../src/cli/global_flags.ts";
import { flagNote, flagWords, positionalNote } from "../../src/cli/help_command.ts";
import { commandsUnder, loadCommand, nextWords } from "../../src/cli/program.ts";
import { positionalWord, usageLine } from "../../src/cli/usage.ts";
import { bdProgram } from "../../src/commands/bd_program.ts";
import { allSchemas } from "../../src/commands/bd_support/schemas.ts";
import { casesJsonSchema, moleculeJsonSchema } from "../../src/molecules/language/json_schema.ts";
import { languageReference } from "../../src/molecules/language/reference.ts";
import { convoyJsonSchema } from "../../src/town/convoys/convoy_schema.ts";
import { fail, root } from "./project.ts";
import { bdIntroduction } from "./reference_introduction.ts";

interface Section {
  title: string;
  commands: Command[];
}

/** The reference of a program in Markdown: an introduction, a table of the commands, and each command that is not hidden. */
export async function referenceOf(program: Program, introduction = ""): Promise<string> {
  const sections = await sectionsOf(program);
  const parts = [
    `# ${program.name}`,
    introduction,
    "## The commands",
    ...sections.flatMap(({ title, commands }) => [
      table([`**${title}**`, ""], commands.map((command) => [linkTo(command), prose(command.summary)])),
    ]),
    "## What all commands share",
    table(
      ["Flag", ""],
      Object.entries(globalFlags).map((
        [name, flag],
      ) => [`\`${flagWords(name, flag)}\``, prose(flag.summary)]),
    ),
    table(["Exit code", ""], Object.entries(exitMeanings).map(([code, meaning]) => [code, meaning])),
    ...sections.flatMap(({ title, commands }) => [`## ${title}`, ...commands.flatMap(commandParts)]),
  ];
  const made = "<!-- Made by `deno task docs` from the table of commands; do not edit. -->";
  return `${made}\n\n${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

async function sectionsOf(program: Program): Promise<Section[]> {
  const listed = new Set(program.topics.flatMap(({ words }) => words));
  const more = nextWords(program.table, []).filter((word) => !listed.has(word));
  const sections: Section[] = [];
  for (const { title, words } of [...program.topics, { title: "More", words: more }]) {
    const commands: Command[] = [];
    for (const name of words.flatMap((word) => commandsUnder(program.table, [word]))) {
      const command = (await loadCommand(program.table, name.split(" ")))!;
      if (!command.hidden && !commands.includes(command)) commands.push(command);
    }
    if (commands.length > 0) sections.push({ title, commands });
  }
  return sections;
}

function commandParts(command: Command): string[] {
  const flags = Object.entries(command.flags ?? {}).filter(([, flag]) => !flag.hidden);
  const rows = [
    ...(command.positionals ?? []).map((
      each,
    ) => [`\`${positionalWord(each)}\``, prose(positionalNote(each))]),
    ...flags.map(([name, flag]) => [`\`${flagWords(name, flag)}\``, prose(flagNote(flag))]),
  ];
  const exits = Object.entries(command.exits ?? {}).map(([code, meaning]) => `${code}: ${meaning}`);
  return [
    `### ${command.name}`,
    `${prose(command.summary)}.${alsoCalled(command)}`,
    fence("text", usageLine(command)),
    ...paragraphs(command.description),
    rows.length === 0 ? "" : table(["", ""], rows),
    exits.length === 0 ? "" : `Exit codes of its own: ${exits.join("; ")}.`,
    fence("console", command.examples.map(({ line, summary }) => `# ${summary}\n${line}`).join("\n")),
  ];
}

function alsoCalled({ name, aliases }: Command): string {
  if (!aliases) return "";
  const before = name.split(" ").slice(0, -1).join(" ");
  return ` Also called ${aliases.map((alias) => `\`${before} ${alias}\``).join(", ")}.`;
}

/** A paragraph that begins with a space is kept as it stands. */
function paragraphs(description: string | undefined): string[] {
  if (description === undefined) return [];
  return description.replace(/^\n+|\s+$/g, "").split(/\n\s*\n/)
    .map((paragraph) => paragraph.startsWith(" ") ? fence("text", paragraph) : prose(paragraph));
}

function linkTo({ name }: Command): string {
  return `[${name}](#${name.replaceAll(" ", "-")})`;
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** Text outside code in which nothing means anything to Markdown. */
function prose(text: string): string {
  return text.split(/(`[^`]*`)/).map((part, at) => at % 2 === 1 ? part : part.replace(/[<>*_[\]]/g, "\\$&"))
    .join("");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The files that are made from the table of commands and from the language of molecules, by their path in the project. */
export async function referenceFiles(): Promise<Record<string, string>> {
  return {
    "docs/bd.md": await formatted(await referenceOf(bdProgram, bdIntroduction), "md"),
    "docs/bd.schema.json": await formatted(JSON.stringify(await allSchemas()), "json"),
    "docs/convoy.schema.json": await formatted(JSON.stringify(await convoyJsonSchema()), "json"),
    "docs/molecule-language.md": await formatted(languageReference(), "md"),
    "docs/molecule.schema.json": await formatted(JSON.stringify(moleculeJsonSchema()), "json"),
    "docs/molecule-cases.schema.json": await formatted(JSON.stringify(casesJsonSchema()), "json"),
  };
}

/** A text as `deno fmt` leaves it. */
async function formatted(text: string, ext: "md" | "json"): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", ext, "-"],
    cwd: root,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  return new TextDecoder().decode((await output).stdout);
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await referenceFiles())) {
    const file = join(root, path);
    if (!Deno.args.includes("--check")) Deno.writeTextFileSync(file, text);
    else if (Deno.readTextFileSync(file) !== text) fail(`${path} is not up to date: run deno task docs`);
  }
}
