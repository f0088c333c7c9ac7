import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { commandHelp } from "../../../src/cli/help_command.ts";
import { overview } from "../../../src/cli/help.ts";
import { twoColumns, wrapText } from "../../../src/cli/layout.ts";
import { commandsUnder, loadCommand } from "../../../src/cli/program.ts";
import { bdProgram } from "../../../src/commands/bd_program.ts";
import { gtProgram } from "../../../src/commands/gt_program.ts";
import { createTestTerminal } from "../../../src/ports/terminal.ts";
import { createBox, sample } from "./sample_program.ts";
import type { Program } from "../../../src/cli/command.ts";

const terminal = createTestTerminal();

describe("help", () => {
  it("shows what a command does, takes and ends with", () => {
    assertEquals(
      commandHelp(createBox, terminal),
      `sample box create: Make a box

Usage: sample box create NAME [THING...] [flags]

A box holds things.

  it is
  square

That is all there is to say about it, however long one talks.

Arguments
  NAME   What to call it
  THING  What goes in

Flags
  -s, --size SIZE      How large (default: 3)
  --colour COLOUR      Which colour (one of: red, blue)
  -l, --label TEXT     What is on it (repeatable or comma-separated)
  -r, --reason REASON  Why
  -o, --open           Leave it open
  --no-lid NO-LID      Why it has no lid
  --no-wait            Do not wait
  --into INTO          Where it goes

Flags of every command
  --json               Print the result as JSON
  -q, --quiet          Print only answers and errors
  --actor NAME         Act in this name
  --town DIR           Use the town in this folder
  -C, --directory DIR  Run as if called in this folder
  -h, --help           Show help

Examples
  # A sample
  sample

Exit codes
  0    done
  1    refused, or the answer is no
  2    wrong arguments
  3    the box is full
  70   a bug in this program
  130  interrupted
`,
    );
  });

  it("groups the commands of a program by topic, and leaves out the hidden", async () => {
    const text = await overview(sample, { words: [], terminal });
    assertStringIncludes(text, "Boxes\n  box  things that hold things\n");
    assertStringIncludes(text, "More\n");
    assertEquals(text.includes("secret"), false);
    assertEquals(text.includes("missing"), false);
  });

  it("marks nothing where there are no colours, and something where there are", async () => {
    assertEquals((await overview(sample, { words: [], terminal })).includes("\x1b"), false);
    const coloured = { ...terminal, colour: true };
    assertEquals((await overview(sample, { words: [], terminal: coloured })).includes("\x1b[1m"), true);
  });

  it("wraps text at the width, and keeps longer words whole", () => {
    assertEquals(wrapText("one two  three", 7), ["one two", "three"]);
    assertEquals(wrapText("x".repeat(9) + " y", 7), ["x".repeat(9), "y"]);
    assertEquals(twoColumns([["a", "b c"], ["z".repeat(30), "d"]], { width: 80 }), [
      "  a" + " ".repeat(27) + "b c",
      "  " + "z".repeat(30),
      " ".repeat(30) + "d",
    ]);
  });
});

for (const program of [gtProgram, bdProgram]) {
  describe(`the table of ${program.name}`, () => {
    it("is in alphabetical order", () => {
      const names = Object.keys(program.table);
      assertEquals(names, [...names].sort());
    });

    it("names each command as the command names itself", async () => {
      const wrong = await everyCommand(
        program,
        ({ words, command }) =>
          command.name === [program.name, ...words].join(" ") ? [] : [`${words.join(" ")}: ${command.name}`],
      );
      assertEquals(wrong, []);
    });

    it("has help for each that fits 80 columns, with two examples that parse", async () => {
      const { parseCall } = await import("../../../src/cli/parse.ts");
      const wrong = await everyCommand(program, ({ command }) => {
        const long = commandHelp(command, terminal).split("\n").filter((line) => line.length > 80);
        const few = command.examples.length < 2
          ? [`${command.name}: ${command.examples.length} example`]
          : [];
        const period = /[.]$/.test(command.summary) ? [`${command.name}: the summary ends in a period`] : [];
        const unparsed = command.examples.flatMap(({ line }) => {
          const rest = wordsOf(line, command.name);
          if (rest === undefined) return [];
          try {
            parseCall(command, { args: rest, ignored: program.ignored });
            return [];
          } catch (error) {
            return [`${line}: ${(error as Error).message}`];
          }
        });
        return [...long.map((line) => `${command.name}: ${line}`), ...few, ...period, ...unparsed];
      });
      assertEquals(wrong, []);
    });

    it("has flags whose letters are taken once", async () => {
      const wrong = await everyCommand(program, ({ command }) => {
        const letters = Object.values(command.flags ?? {}).flatMap(({ short }) => short ?? []);
        return new Set(letters).size === letters.length ? [] : [`${command.name}: ${letters.join(" ")}`];
      });
      assertEquals(wrong, []);
    });

    it("lists every command within 80 columns, under a topic", async () => {
      const text = await overview(program, { words: [], terminal });
      assertEquals(text.split("\n").filter((line) => line.length > 80), []);
      assertEquals(text.includes("\nMore\n"), false);
    });
  });
}

type Loaded = { words: string[]; command: NonNullable<Awaited<ReturnType<typeof loadCommand>>> };

async function everyCommand(program: Program, check: (loaded: Loaded) => string[]): Promise<string[]> {
  const all = commandsUnder(program.table, []).map((name) => name.split(" "));
  const found = await Promise.all(
    all.map(async (words) => ({ words, command: await loadCommand(program.table, words) })),
  );
  return found.flatMap(({ words, command }) =>
    command ? check({ words, command }) : [`${words.join(" ")}: missing`]
  );
}

/** The words of an example after the command's own, where the line is a plain call of it. */
function wordsOf(line: string, name: string): string[] | undefined {
  if (line !== name && !line.startsWith(`${name} `) || /[|&;$<>]/.test(line)) return undefined;
  const words = line.slice(name.length).match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  return words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, "$1$2"));
}
