import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runProgram } from "../../../src/cli/run.ts";
import { sample, samplePorts } from "./sample_program.ts";

async function call(args: string[], variables: Record<string, string> = {}) {
  const ports = samplePorts(variables);
  const code = await runProgram(ports, { program: sample, args });
  return { code, output: ports.terminal.output.join(""), errors: ports.terminal.errors.join("") };
}

describe("running a program", () => {
  it("prints lines, answers and remarks for a person", async () => {
    const { code, output, errors } = await call(["box", "create", "a"]);
    assertEquals([code, output, errors], [0, "made a\na\n", "a remark\n"]);
  });

  it("prints only the answer when quiet", async () => {
    const { output, errors } = await call(["box", "create", "a", "-q"]);
    assertEquals([output, errors], ["a\n", ""]);
  });

  it("prints only the result as indented JSON with --json", async () => {
    const { output } = await call(["box", "create", "a", "--json", "--actor", "me"]);
    assertEquals(JSON.parse(output), {
      args: { name: "a", thing: [] },
      flags: { json: true, actor: "me", size: 3 },
      actor: "me",
    });
    assertStringIncludes(output, '{\n  "args"');
  });

  it("takes the program's own variable for --json, unless it says no", async () => {
    assertEquals((await call(["exec", "x"], { SAMPLE_JSON: "1" })).output, '[\n  "x"\n]\n');
    assertEquals((await call(["exec", "x"], { SAMPLE_JSON: "0" })).output, "");
  });

  it("takes global flags before and between the words", async () => {
    assertEquals((await call(["--json", "box", "-q", "create", "a"])).code, 0);
    assertEquals((await call(["-C", "/tmp", "where"])).output, "/tmp none\n");
    assertEquals((await call(["--town=/tmp", "where"])).output, "/ /tmp\n");
    assertEquals((await call(["-C", "/", "--town", "tmp", "where"])).output, "/ /tmp\n");
  });

  it("refuses a folder that is not there", async () => {
    const { code, errors } = await call(["-C", "/nowhere/at/all", "where"]);
    assertEquals(code, 1);
    assertStringIncludes(errors, '"/nowhere/at/all"');
  });

  it("returns the code a command returns", async () => {
    assertEquals((await call(["answer"])).code, 1);
  });

  it("gives each kind of error its exit code", async () => {
    const codes = await Promise.all(
      ["refused", "usage", "interrupted", "bug"].map(async (how) => (await call(["fail", how])).code),
    );
    assertEquals(codes, [1, 2, 130, 70]);
  });

  it("shows an error with its hints on lines of their own", async () => {
    assertEquals((await call(["fail", "refused"])).errors, "error: Cannot go on: refused\nhint: try again\n");
  });

  it("shows an error as JSON with --json", async () => {
    assertEquals(JSON.parse((await call(["fail", "refused", "--json"])).errors), {
      error: { code: "cannot_go_on", message: "Cannot go on: refused", hints: ["try again"] },
    });
  });

  it("shows a bug in two lines, and its stack only when asked", async () => {
    const short = (await call(["fail", "bug"])).errors;
    assertEquals(short.trim().split("\n").length, 2);
    assertStringIncludes(short, "it broke");
    assertStringIncludes(short, "GT_DEBUG=1");
    assertStringIncludes((await call(["fail", "bug"], { GT_DEBUG: "1" })).errors, "sample_program.ts");
  });

  it("suggests the command that was meant", async () => {
    const hints: [string[], string][] = [
      [["bx"], "`sample box`"],
      [["box", "craete"], "`sample box create`"],
      [["create"], "`sample box create`"],
      [["versoin"], "`sample version`"],
    ];
    for (const [args, hint] of hints) {
      const { code, errors } = await call(args);
      assertEquals(code, 2);
      assertStringIncludes(errors, hint);
    }
    assertEquals((await call(["zzzzzz"])).errors.includes("did you mean"), false);
  });

  it("suggests the flag that was meant", async () => {
    assertStringIncludes(
      (await call(["box", "create", "a", "--lable", "x"])).errors,
      "did you mean --label?",
    );
  });

  it("takes other vocabularies' words, and other names of a command", async () => {
    assertEquals((await call(["crate", "create", "a"])).code, 0);
    assertEquals((await call(["box", "rm"])).code, 0);
  });

  it("answers --version, and help before or after the words", async () => {
    assertEquals((await call(["--version"])).output, "sample 1\n");
    const help = (await call(["box", "create", "--help"])).output;
    assertEquals((await call(["help", "box", "create"])).output, help);
    assertEquals((await call(["-h", "box", "create"])).output, help);
  });

  it("shows the group's commands for the group's word alone", async () => {
    const { code, output } = await call(["box"]);
    assertEquals(code, 0);
    assertStringIncludes(output, "create  Make a box");
    assertEquals((await call(["box", "--help"])).output, output);
    assertEquals((await call(["box", "--nonsense"])).code, 2);
  });
});
