/**
 * Writes the reference of a program's commands from its table, so that it says what the program does.
 *
 *     deno task docs             write docs/bd.md
 *     deno task docs --check     fail where it is not up to date
 *
 * @module
 */
import { join } from "node:path";
import { commandHelp } from "../../src/cli/help_command.ts";
import { loadCommand, type Program } from "../../src/cli/program.ts";
import { bdProgram } from "../../src/commands/bd_program.ts";
import { createTestTerminal } from "../../src/ports/terminal.ts";
import { fail, root } from "./project.ts";

/** The reference of a program in Markdown: every command that is not hidden, with its help. */
export async function referenceOf(program: Program): Promise<string> {
  const terminal = createTestTerminal();
  const common = await sharedSections(program);
  const parts = [
    `# ${program.name}`,
    "Made by `deno task docs` from the table of commands; do not edit.",
    common,
  ];
  for (const words of Object.keys(program.table)) {
    const command = (await loadCommand(program.table, words.split(" ")))!;
    if (command.hidden) continue;
    const help = withoutShared(commandHelp(command, terminal));
    parts.push(`## ${command.name}`, "```text\n" + help.trimEnd() + "\n```");
    if (command.aliases) parts.push(`Also: ${command.aliases.map((name) => `\`${name}\``).join(", ")}`);
  }
  return parts.join("\n\n") + "\n";
}

/** What the help of every command ends with, said once. */
async function sharedSections(program: Program): Promise<string> {
  const command = (await loadCommand(program.table, ["version"]))!;
  const help = commandHelp(command, createTestTerminal());
  const flags = /Flags of every command\n[^]*?(?=\n\n)/.exec(help)![0];
  const exits = /Exit codes\n[^]*$/.exec(help)![0].trimEnd();
  return "```text\n" + `${flags}\n\n${exits}` + "\n```";
}

function withoutShared(help: string): string {
  return help.replace(/\n\nFlags of every command\n[^]*?(?=\n\n)/, "").replace(
    /\n\nExit codes\n([^]*)$/,
    (_, lines: string) => {
      const own = lines.split("\n").filter((line) =>
        !/^ {2}(0 +done|2 +wrong arguments|70 +a bug|130 +interrupted|1 +refused, or)/.test(line)
      ).join("\n").trimEnd();
      return own === "" ? "\n" : `\n\nExit codes\n${own}\n`;
    },
  );
}

if (import.meta.main) {
  const path = join(root, "docs", "bd.md");
  const text = await referenceOf(bdProgram);
  if (Deno.args.includes("--check")) {
    if (Deno.readTextFileSync(path) !== text) fail("docs/bd.md is not up to date: run deno task docs");
  } else {
    Deno.mkdirSync(join(root, "docs"), { recursive: true });
    Deno.writeTextFileSync(path, text);
  }
}
