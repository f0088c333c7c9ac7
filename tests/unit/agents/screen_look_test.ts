/**
 * The screens of agents without hooks, as they were seen: Codex 0.169.0, Gemini CLI 0.61.0, opencode 1.18.33, Copilot
 * CLI 1.0.102, Amp before its login, and a program of lines. The cursor stands where a `▮` is; `▯` where it is hidden.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Preset, presets } from "../../../src/agents/preset_table.ts";
import { holdsLine, holdsLineAndMore, readScreen, showsTurn } from "../../../src/agents/screen.ts";
import { inputLook } from "../../../src/agents/terminal_agent.ts";
import type { PresetName } from "../../../src/town/names.ts";

const rule = "─".repeat(60);

function drawn(text: string) {
  const at = text.search(/[▮▯]/);
  const before = text.slice(0, at).split("\n");
  const cursor = { row: before.length - 1, column: before.at(-1)!.length, hidden: text[at] === "▯" };
  return { text: text.replace(/[▮▯]/, ""), cursor };
}

function lookOf(name: PresetName) {
  const { hooks, input }: Preset = presets[name];
  return inputLook({ hooks, input })!;
}

const codex = (typed: string, above: string) =>
  `› Run the command gt prime and do what it says.\n\n${above}\n\n› ${typed}\n\n  gpt default · ~/app\n  ← for agents · ? for shortcuts`;
const gemini = (typed: string, above: string) =>
  ` > Run the command gt prime and do what it says.\n${above}\n ? for shortcuts\n${rule}\n YOLO Ctrl+Y\n *   ${typed}  \n workspace (/directory)    branch   sandbox`;
const opencode = (typed: string, above: string) =>
  `  ┃  Run the command gt prime and do what it says.       Context\n  ┃\n${above}\n\n  ┃\n  ┃  ${typed}\n  ┃\n  ┃  Build auto · Model\n  ╹${
    "▀".repeat(40)
  }\n   ~/app    ctrl+p commands`;
const copilot = (typed: string, above: string, below: string) =>
  `${above}\n\n ~/app [⎇ main]\n${rule}\n❯ ${typed}\n${rule}\n ${below}      claude-sonnet-4.5`;
const copilotBelow = "← open sidebar · Interactive · Allow All · / commands · ? help · tab next tab";
const copilotTrust = `╭${rule}╮
│ Confirm folder trust                                   │
│ Copilot can read files in this folder and, with your permission, edit them │
│                                                        │
│ Do you trust the files in this folder?                 │
│                                                        │
│ ❯ 1. Yes                                               │
│   2. Yes, and remember this folder for future sessions │
│   3. No (Esc)                                          │
│                                                        │
│ ↑/↓ to navigate · enter to select · esc to cancel      │
╰${rule}╯▯`;

const screens: [name: string, agent: PresetName, text: string, reading: string][] = [
  ["idle", "codex", codex("▮Ask Codex to do anything", "• All is well.\n\n  Worked for 4s • 20:09"), "free"],
  ["in a turn", "codex", codex("▮Ask Codex to do anything", "• Working (4s • esc to interrupt)"), "turn"],
  ["with half a line", "codex", codex("please look▮", "• All is well."), "half-typed"],
  ["idle", "gemini", gemini("▯Type your message or @path/to/file", "✦ All is well."), "free"],
  [
    "in a turn",
    "gemini",
    gemini("▯Type your message or @path/to/file", " ⠦ Thinking... (esc to cancel, 3s)"),
    "turn",
  ],
  ["with half a line", "gemini", gemini("please look▯", "✦ All is well."), "half-typed"],
  ["idle", "opencode", opencode("▮", "     All is well.\n     ▣  Build · Model · 20.3s"), "free"],
  [
    "idle, with a column at the right",
    "opencode",
    opencode("▮            LSPs are disabled", "     All is well."),
    "free",
  ],
  ["with half a line", "opencode", opencode("please look▮", "     All is well."), "half-typed"],
  [
    "idle, with a question of the model",
    "codex",
    codex("▮Ask Codex to do anything", "• Do you want me to continue?"),
    "free",
  ],
  [
    "with a dialog",
    "codex",
    "Do you want to proceed?\n\n› 1. Yes, proceed▮\n  2. No\n\n  enter continue · esc back",
    "decision",
  ],
  [
    "idle",
    "copilot",
    copilot("▮", " $ Shell step 12s\n   sleep 12\n\n ● All is well.", copilotBelow),
    "free",
  ],
  [
    "before a turn",
    "copilot",
    copilot("▮", " ❯ Run the command gt prime        23:32", "◉ Working esc esc edit prompt"),
    "turn",
  ],
  [
    "in a turn",
    "copilot",
    copilot("▮", " $ Shell step\n   sleep 12", "◉ Working · 47 B esc esc interrupt"),
    "turn",
  ],
  [
    "with half a line",
    "copilot",
    copilot("please look at▮", " ● All is well.", "Interactive · Allow All · @ files · # issues"),
    "half-typed",
  ],
  ["that asks about the folder", "copilot", copilotTrust, "decision"],
  [
    "without a login",
    "copilot",
    copilot("▮", " ● Tip: /instructions\n Please use /login to sign in to use Copilot", copilotBelow),
    "decision",
  ],
  [
    "with a login since",
    "copilot",
    copilot("▮", " Please use /login to sign in to use Copilot\n\n ● All is well.", copilotBelow),
    "free",
  ],
  [
    "without a login",
    "amp",
    "No API key found. Starting login flow...\nWould you like to log in to Amp? [(y)es, (n)o]: ▮",
    "decision",
  ],
  ["idle", "aider", "Added notes.txt to the chat.\n\n> ▮", "free"],
  ["at work below its line", "aider", "> Run gt hook\n\nWaiting for the model▮", "no-input"],
  ["at work right below its line", "aider", "> Run gt hook\nWaiting for the model▮", "half-typed"],
  [
    "that asks",
    "aider",
    "> Run gt hook\n\nRun shell command? (Y)es/(N)o/(D)on't ask again [Yes]: ▮",
    "decision",
  ],
];

describe("the screen of an agent without hooks", () => {
  for (const [name, agent, text, reading] of screens) {
    it(`of ${agent} ${name}: ${reading}`, () => {
      const screen = drawn(text);
      const read = readScreen(screen, lookOf(agent));
      assertEquals(read !== "decision" && showsTurn(screen) ? "turn" : read, reading);
    });
  }
});

const line = "Mail has come. If it is not shown here, run: gt mail inbox --unread";
const held: [name: string, agent: PresetName, text: string, holds: boolean, more: boolean][] = [
  ["alone", "codex", codex(`${line}▮`, "• All is well."), true, false],
  ["alone", "gemini", gemini(`${line}▯`, "✦ All is well."), true, false],
  ["alone", "opencode", opencode(`${line}▮`, "     All is well."), true, false],
  ["alone", "copilot", copilot(`${line}▮`, " ● All is well.", "@ files · # issues"), true, false],
  ["and was taken", "copilot", copilot("▮", ` ❯ ${line}        23:32`, "◉ Working"), false, false],
  ["with more behind it", "opencode", opencode(`${line} and▮`, "     All is well."), false, true],
  ["and waits for Enter", "aider", `Added.\n\n> ${line}▮`, true, false],
  ["and was taken", "aider", `Added.\n\n> ${line}\n▮`, false, false],
  ["and was taken and is answered", "aider", `Added.\n\n> ${line}\nWaiting▮`, false, false],
  ["with more behind it", "aider", `Added.\n\n> ${line} and▮`, false, true],
];

describe("a line in the input of an agent without hooks", () => {
  for (const [name, agent, text, holds, more] of held) {
    it(`of ${agent}, ${name}`, () => {
      const screen = drawn(text);
      const look = lookOf(agent);
      assertEquals([holdsLine(screen, line, look), holdsLineAndMore(screen, line, look)], [holds, more]);
    });
  }
});
