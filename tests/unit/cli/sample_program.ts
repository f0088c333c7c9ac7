import { type Command, defineCommand, type Program } from "../../../src/cli/command.ts";
import { CommandError } from "../../../src/lib/errors.ts";
import { createTestClock } from "../../../src/ports/clock.ts";
import { createTestEnv } from "../../../src/ports/env.ts";
import { createFiles } from "../../../src/ports/files.ts";
import type { Ports } from "../../../src/ports/ports.ts";
import { createProcesses } from "../../../src/ports/process.ts";
import { createTestRandom } from "../../../src/ports/random.ts";
import { createTestTerminal, type TestTerminal } from "../../../src/ports/terminal.ts";

const example = { line: "sample", summary: "A sample" };

/** `sample box create`: one command with every kind of argument. */
export const createBox = defineCommand({
  name: "sample box create",
  summary: "Make a box",
  description:
    "A box holds things.\n\n  it is\n  square\n\nThat is all there is to say about it, however long one talks.",
  positionals: [
    { name: "name", summary: "What to call it", required: true },
    { name: "thing", summary: "What goes in", variadic: true, completes: "bead" },
  ],
  flags: {
    size: { type: "number", short: "s", summary: "How large", default: 3 },
    colour: { type: "string", summary: "Which colour", values: ["red", "blue"], aliases: ["color"] },
    label: { type: "list", short: "l", summary: "What is on it", placeholder: "TEXT" },
    reason: { type: "string", short: "r", summary: "Why" },
    open: { type: "boolean", short: "o", summary: "Leave it open" },
    "no-lid": { type: "string", summary: "Why it has no lid" },
    "no-wait": { type: "boolean", summary: "Do not wait" },
    secret: { type: "boolean", summary: "Not for help", hidden: true },
    into: { type: "string", summary: "Where it goes", completes: "rig" },
  },
  examples: [example],
  exits: { 3: "the box is full" },
  ignored: ["--old", "--older="],
  run({ args, flags, out, actor }) {
    out.line(`made ${args.name}`);
    out.answer(String(args.name));
    out.result({ args, flags, actor });
    out.note("a remark");
  },
});

function simple(name: string, more: Partial<Command>): Command {
  return defineCommand({ name, summary: `Summary of ${name}`, examples: [example], run: () => {}, ...more });
}

const commands: Record<string, Command> = {
  "box create": createBox,
  "box remove": simple("sample box remove", { aliases: ["rm"] }),
  "exec": simple("sample exec", {
    passthrough: true,
    positionals: [{ name: "word", summary: "A command", variadic: true }],
    run: ({ args, out }) => out.result(args.word),
  }),
  "fail": simple("sample fail", {
    positionals: [{
      name: "how",
      summary: "How",
      required: true,
      values: ["refused", "usage", "interrupted", "bug"],
    }],
    run({ args }) {
      const how = args.how as "refused" | "usage" | "interrupted" | "bug";
      if (how === "bug") throw new TypeError("it broke");
      throw new CommandError(how, `Cannot go on: ${how}`, { code: "cannot_go_on", hints: ["try again"] });
    },
  }),
  "answer": simple("sample answer", { run: () => 1 }),
  "secret": simple("sample secret", { hidden: true }),
  "version": simple("sample version", { run: ({ out }) => out.answer("sample 1") }),
  "where": simple("sample where", {
    run: ({ ports, out }) => out.answer(`${ports.env.cwd()} ${ports.env.get("GT_TOWN") ?? "none"}`),
  }),
};

/** A program with a few commands of every kind. */
export const sample: Program = {
  name: "sample",
  summary: "try things out",
  table: Object.fromEntries(
    Object.entries(commands).map(([name, command]) => [name, () => Promise.resolve({ command })]),
  ),
  topics: [{ title: "Boxes", words: ["box", "missing"] }],
  groups: { box: "things that hold things" },
  synonyms: { crate: "box" },
  ignored: ["--legacy"],
  jsonVariable: "SAMPLE_JSON",
};

/** Ports for a call with these variables. */
export function samplePorts(variables: Record<string, string> = {}): Ports & { terminal: TestTerminal } {
  return {
    clock: createTestClock(),
    env: createTestEnv(variables, "/"),
    files: createFiles(),
    processes: createProcesses(["sample"], "sample"),
    random: createTestRandom(),
    terminal: createTestTerminal(),
  };
}
