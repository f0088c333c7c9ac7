import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { lintReport, lintShape } from "../../../src/molecules/language/lint_report.ts";
import { type Problem, RULES } from "../../../src/molecules/language/problem.ts";

const problems: readonly Problem[] = [
  {
    rule: "value",
    severity: "error",
    message: 'expected text, found "100%"',
    file: "a b/m.yaml",
    line: 3,
    column: 7,
  },
  {
    rule: "unused-variable",
    severity: "warning",
    message: "one\nline",
    file: "m,n.yaml",
    line: 1,
    column: 1,
  },
];

describe("a report of the linter", () => {
  it("is a line for each problem", () => {
    assertEquals(
      lintReport(problems.slice(0, 1), "text"),
      'a b/m.yaml:3:7: error value expected text, found "100%"',
    );
    assertEquals(lintReport([], "text"), "");
  });

  it("is an annotation of GitHub Actions for each problem, on one line", () => {
    const [first, second] = lintReport(problems, "github").split("\n");
    assertEquals(first, '::error file=a b/m.yaml,line=3,col=7,title=value::expected text, found "100%25"');
    assertEquals(
      second?.startsWith("::warning file=m%2Cn.yaml,line=1,col=1,title=unused-variable::one"),
      true,
    );
  });

  it("is JSON with all problems and their numbers", () => {
    assertEquals(JSON.parse(lintReport(problems, "json")), JSON.parse(JSON.stringify(lintShape(problems))));
    const { errors, warnings } = lintShape(problems);
    assertEquals([errors, warnings], [1, 1]);
  });

  it("is SARIF 2.1.0 that names every rule", () => {
    const sarif = JSON.parse(lintReport(problems, "sarif"));
    assertEquals(sarif.version, "2.1.0");
    const [run] = sarif.runs;
    const ids = run.tool.driver.rules.map((rule: { id: string }) => rule.id);
    assertEquals(ids, Object.keys(RULES));
    const [result] = run.results;
    assertEquals([result.ruleId, result.level], ["value", "error"]);
    assertEquals(result.locations[0].physicalLocation, {
      artifactLocation: { uri: "a%20b/m.yaml" },
      region: { startLine: 3, startColumn: 7 },
    });
    const uris = ["a?b#c%d.yaml", "/tmp/a b.yaml"].map((file) =>
      JSON.parse(lintReport([{ ...problems[0]!, file }], "sarif")).runs[0].results[0].locations[0]
        .physicalLocation.artifactLocation.uri
    );
    assertEquals(uris, ["a%3Fb%23c%25d.yaml", "file:///tmp/a%20b.yaml"]);
    assertEquals(run.results.every((each: { ruleId: string }) => ids.includes(each.ruleId)), true);
  });
});
