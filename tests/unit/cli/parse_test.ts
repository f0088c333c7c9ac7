import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseCall } from "../../../src/cli/parse.ts";
import { CommandError } from "../../../src/lib/errors.ts";
import { createBox, sample } from "./sample_program.ts";

function parse(...args: string[]) {
  return parseCall(createBox, { args, ignored: sample.ignored });
}

function flagsOf(...args: string[]) {
  const { size: _size, ...flags } = parse("a", ...args).flags;
  return flags;
}

describe("parsing a call", () => {
  it("names positionals, the last one taking all that is left", () => {
    assertEquals(parse("a").args, { name: "a", thing: [] });
    assertEquals(parse("a", "b", "c").args, { name: "a", thing: ["b", "c"] });
  });

  it("keeps positionals that look like numbers as they were typed", () => {
    assertEquals(parse("007", "1e3", "-").args, { name: "007", thing: ["1e3", "-"] });
  });

  it("leaves out flags that were not given, and fills in defaults", () => {
    assertEquals(parse("a").flags, { size: 3 });
  });

  const spellings: [string[], Record<string, unknown>][] = [
    [["--reason", "x"], { reason: "x" }],
    [["--reason=x=y"], { reason: "x=y" }],
    [["--reason="], { reason: "" }],
    [["--reason", ""], { reason: "" }],
    [["-r", "x"], { reason: "x" }],
    [["-rwhy"], { reason: "why" }],
    [["-r=why"], { reason: "why" }],
    [["--reason", "- a list\n- of lines"], { reason: "- a list\n- of lines" }],
    [["--reason", "one", "--reason", "two"], { reason: "two" }],
    [["--open"], { open: true }],
    [["--open=false"], { open: false }],
    [["--no-open"], { open: false }],
    [["-oq"], { open: true, quiet: true }],
    [["-oqr", "x"], { open: true, quiet: true, reason: "x" }],
    [["--open", "b"], { open: true }],
    [["--color", "red"], { colour: "red" }],
    [["--label", "a,b", "-l", "c", "--label= d ,"], { label: ["a", "b", "c", "d"] }],
    [["--no-lid", "it is small"], { "no-lid": "it is small" }],
    [["--no-lid=x", "--no-wait"], { "no-lid": "x", "no-wait": true }],
    [["--secret"], { secret: true }],
    [["--old", "--older", "x", "--older=y", "--legacy"], {}],
    [["--json", "--actor", "me"], { json: true, actor: "me" }],
    [["--", "--json"], {}],
  ];
  for (const [args, flags] of spellings) {
    it(`reads ${JSON.stringify(args)}`, () => assertEquals(flagsOf(...args), flags));
  }

  it("reads numbers, negative ones and ones next to their letter too", () => {
    assertEquals(["-s5", "-s=5", "--size=5"].map((arg) => parse("a", arg).flags.size), [5, 5, 5]);
    assertEquals(parse("a", "--size", "-1").flags.size, -1);
    assertEquals(parse("a", "--size", "0.5").flags.size, 0.5);
  });

  it("takes everything after -- as it stands", () => {
    assertEquals(parse("a", "--", "--open", "--nonsense").args.thing, ["--open", "--nonsense"]);
  });

  const refusals: [string[], string][] = [
    [[], "missing_argument"],
    [["a", "--nonsense"], "unknown_flag"],
    [["a", "--nonsense=1"], "unknown_flag"],
    [["a", "-x"], "unknown_flag"],
    [["a", "-ox"], "unknown_flag"],
    [["a", "--no-reason"], "unknown_flag"],
    [["a", "--__proto__=1"], "unknown_flag"],
    [["a", "--constructor"], "unknown_flag"],
    [["a", "--reason"], "flag_needs_value"],
    [["a", "--reason", "--open"], "flag_needs_value"],
    [["a", "--reason", "--"], "flag_needs_value"],
    [["a", "--open=maybe"], "flag_takes_no_value"],
    [["a", "--size", "many"], "not_a_number"],
    [["a", "--size="], "not_a_number"],
    [["a", "--colour", "green"], "unknown_value"],
  ];
  for (const [args, code] of refusals) {
    it(`refuses ${JSON.stringify(args)} as ${code}`, () => {
      const error = assertThrows(() => parse(...args), CommandError) as CommandError;
      assertEquals([error.kind, error.code], ["usage", code]);
    });
  }

  it("refuses more positionals than there are", async () => {
    const command = (await sample.table["version"]!()).command;
    const error = assertThrows(() => parseCall(command, { args: ["x"] }), CommandError) as CommandError;
    assertEquals(error.code, "unexpected_argument");
  });

  it("requires nothing of a call for help", () => {
    assertEquals(parse("--help").flags.help, true);
    assertEquals(parse("-h").flags.help, true);
  });

  it("hands on everything from the first positional of a passthrough command", async () => {
    const command = (await sample.table["exec"]!()).command;
    const call = parseCall(command, { args: ["--json", "ls", "-la", "--", "--json", "--x"] });
    assertEquals(call.flags, { json: true });
    assertEquals(call.args.word, ["ls", "-la", "--", "--json", "--x"]);
  });
});
