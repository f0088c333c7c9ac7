import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { readScreen, type ScreenReading } from "../../../src/agents/screen.ts";

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
  ["output alone", "compiling\ncompiling more\n▮", "no-input"],
  ["nothing", "▮", "no-input"],
];

describe("readScreen", () => {
  for (const [name, drawn, reading] of screens) {
    it(`calls ${name} ${reading}`, () => {
      const before = drawn.slice(0, drawn.indexOf("▮")).split("\n");
      const cursor = { row: before.length - 1, column: before.at(-1)!.length };
      assertEquals(readScreen({ text: drawn.replace("▮", ""), cursor }), reading);
    });
  }
});
