import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { holdsLine, readScreen, type ScreenReading } from "../../../src/agents/screen.ts";

const rule = "─".repeat(40);

/** A screen, with the cursor where a `▮` stands, or at its end. */
const screens: [name: string, text: string, reading: ScreenReading][] = [
  ["an empty input line", "● done\n\n❯ ▮", "free"],
  ["an empty input line between rules", `● done\n${rule}\n❯ ▮\n${rule}\n  ? for shortcuts`, "free"],
  ["an empty input line in a box", "╭────╮\n│ >  ▮   │\n╰────╯", "free"],
  ["an example in an empty line", `${rule}\n❯ Try "fix the lint errors"\n${rule}\n▮`, "free"],
  ["a line that somebody types", "❯ please look at▮", "half-typed"],
  ["a line with the cursor drawn elsewhere", `${rule}\n❯ please look\n${rule}\n▮`, "half-typed"],
  ["a line with the cursor at its beginning", "❯ ▮please look at", "half-typed"],
  ["a shell", "user@host:~$ ▮", "free"],
  ["a shell with half a command", "user@host:~$ rm -rf▮", "half-typed"],
  [
    "a question of trust",
    "Do you trust the files in this folder?\n❯ 1. Yes, proceed\n  2. No, exit\n▮",
    "decision",
  ],
  ["a permission", "Do you want to proceed?\n❯ 1. Yes\n  2. No, and tell Claude▮", "decision"],
  ["a login", "Select login method:\n❯ 1. Claude account with subscription▮", "decision"],
  ["yes or no", "Overwrite notes.txt? (y/N) ▮", "decision"],
  ["enter to confirm", "some text\nPress Enter to continue▮", "decision"],
  ["a key wanted", "Paste code here if prompted >▮", "decision"],
  [
    "a choice of how to sign in",
    "  Choose how you want to use it.\n> 1. Sign in with a plan\n  2. Another way\n  Press enter to continue▮",
    "decision",
  ],
  [
    "a key to be pasted",
    "╭API key──╮\n│Paste your API key│\n╰─────────╯\n  Press enter to save\n▮",
    "decision",
  ],
  [
    "a folder to be trusted, in lines that are wrapped",
    "Trust this folder? It can read, edit, and run\nfiles here.\n  2. Back\n  enter continue · esc back▮",
    "decision",
  ],
  [
    "a way to authenticate",
    "│ ? Get started │\n│ ● 1. Sign in with Somebody │\n│ (Use Enter to select) │\n▮",
    "decision",
  ],
  ["a turn that can be left", "● working\n⠏ Thinking... (esc to cancel, 49s)\n❯ ▮", "free"],
  ["output alone", "compiling\ncompiling more\n▮", "no-input"],
  ["nothing", "▮", "no-input"],
];

const line = "Mail has come. If it is not shown here, run: gt mail inbox";
const held: [name: string, text: string, holds: boolean][] = [
  ["as it is", `❯ ${line}▮`, true],
  [
    "in a box that wraps it",
    "│ > Mail has come. If it is not shown │\n│ here, run: gt mail inbox▮ │\n╰──╯",
    true,
  ],
  [
    "wrapped between rules",
    `${rule}\n❯ Mail has come. If it is not shown\n  here, run: gt mail inbox\n${rule}\n▮`,
    true,
  ],
  ["with more behind it", `❯ ${line} and▮`, false],
  ["with more before it", `❯ please ${line}▮`, false],
  [
    "with more in its second line",
    "❯ Mail has come. If it is not shown\n  here, run: gt mail inbox please\n▮",
    false,
  ],
  ["cut off", "❯ Mail has come. If it▮", false],
  ["not at all", "❯ ▮", false],
  ["only in the history", `❯ ${line}\n● You have mail\n❯ other▮`, false],
];

describe("holdsLine", () => {
  for (const [name, drawn, holds] of held) {
    it(`says ${holds ? "yes" : "no"} to a line that is there ${name}`, () => {
      const before = drawn.slice(0, drawn.indexOf("▮")).split("\n");
      const cursor = { row: before.length - 1, column: before.at(-1)!.length };
      assertEquals(holdsLine({ text: drawn.replace("▮", ""), cursor }, line), holds);
    });
  }
});

describe("readScreen", () => {
  for (const [name, drawn, reading] of screens) {
    it(`calls ${name} ${reading}`, () => {
      const before = drawn.slice(0, drawn.indexOf("▮")).split("\n");
      const cursor = { row: before.length - 1, column: before.at(-1)!.length };
      assertEquals(readScreen({ text: drawn.replace("▮", ""), cursor }), reading);
    });
  }
});
