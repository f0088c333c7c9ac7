import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { compileExpression } from "../../../src/molecules/expressions/compile.ts";
import { shareShapes } from "../../../src/molecules/expressions/shapes.ts";

/** As the expression is read by itself. */
function assertSame(compile: ReturnType<typeof shareShapes>, source: string): void {
  const [shared, own] = [compile(source), compileExpression(source)];
  assertEquals([source, shared.source, shared.reads], [source, own.source, own.reads]);
}

describe("expressions that differ in the steps they read", () => {
  it("are read once, and each reads its own", () => {
    let count = 0;
    const compile = shareShapes((source) => {
      count++;
      return compileExpression(source);
    });
    for (const id of ["one", "two", "six"]) {
      for (const other of ["one", "nine"]) {
        assertSame(compile, `steps.${id}.outputs.a > 3 && steps.${other}.status == "failed"`);
      }
    }
    assertEquals(count, 2);
    for (const id of ["o-1", "t-2", "7-x"]) {
      assertSame(compile, `steps["${id}"].outputs.a > steps.one.attempt`);
    }
    assertEquals(count, 3);
  });

  it("are read as they are where the ids are not all there is to it", () => {
    const compile = shareShapes(compileExpression);
    const sources = [
      'vars.x == "steps.one" && steps.one.status == "failed"',
      'vars.x == "steps.two" && steps.two.status == "failed"',
      "vars.steps.one == 1",
      'vars.x == "steps[\\"one\\"]" && steps["o-1"].status == "failed"',
      'vars.steps["one"] == 1',
      'vars.steps["two"] == 1',
      "vars.steps.two == 1",
      "vars.list.map(steps, steps.one)",
      "vars.list.map(steps, steps.two)",
      'steps.one.outputs[steps["two"].status] == quote(steps.two.attempt)',
    ];
    for (const source of sources) assertSame(compile, source);
  });

  it("are refused with their own words", () => {
    const compile = shareShapes(compileExpression);
    assertSame(compile, "steps.an.status");
    for (const source of ["steps.in.status", "steps.abc.status +", "steps.abc.status ? wat"]) {
      const wanted = assertThrows(() => compileExpression(source)) as Error;
      assertThrows(() => compile(source), wanted.constructor as new () => Error, wanted.message);
    }
  });
});
