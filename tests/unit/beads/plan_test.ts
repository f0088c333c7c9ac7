import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { parsePlan, type PlanNode } from "../../../src/beads/plan.ts";
import { readItem } from "../../../src/beads/plan_title.ts";

/** A plan as nested titles. */
type Titles = (string | Titles)[];

function titlesOf(nodes: readonly PlanNode[]): Titles {
  return nodes.flatMap(({ title, children }) =>
    children.length === 0 ? [title] : [title, titlesOf(children)]
  );
}

describe("a plan", () => {
  it("nests headings by level and items by indent", () => {
    const cases: [text: string, titles: Titles][] = [
      ["# A\n## B\n### C\n## D\n", ["A", ["B", ["C"], "D"]]],
      ["## A\n## B\n", ["A", "B"]],
      ["# A\n### B\n## C\n", ["A", ["B", "C"]]],
      ["- a\n  - b\n    - c\n  - d\n- e\n", ["a", ["b", ["c"], "d"], "e"]],
      ["- a\n\t- b\n", ["a", ["b"]]],
      ["# A\ntext\n- a\n\n- b\n", ["A", ["a", "b"]]],
      ["# A #\n* a\n+ b\n1) c\n", ["A", ["a", "b", "c"]]],
      ["# A\n```\n- no\n# no\n```\n- yes\n", ["A", ["yes"]]],
      ["---\ntitle: no\n- no\n---\n- yes\n", ["yes"]],
      ["# A\n## Notes\n- no\n## B\n- yes\n", ["A", ["B", ["yes"]]]],
      ["# Notes\n- yes\n", ["Notes", ["yes"]]],
    ];
    for (const [text, titles] of cases) {
      const { roots, faults } = parsePlan(text);
      assertEquals([text, titlesOf(roots), faults], [text, titles, []]);
    }
  });

  it("lets numbered items follow each other, within one list", () => {
    const { roots: [a, b] } = parsePlan(
      "# A\n1. a\n2. b\n   - x\n   1. y\n   2. z\n3. c\n\nText.\n\n1. d\n# B\n1. e\n",
    );
    const follows = (nodes: readonly PlanNode[]): [string, string | undefined][] =>
      nodes.flatMap((node) => [[node.title, node.follows?.title], ...follows(node.children)]);
    assertEquals(follows(a!.children), [
      ["a", undefined],
      ["b", "a"],
      ["x", undefined],
      ["y", undefined],
      ["z", "y"],
      ["c", "b"],
      ["d", undefined],
    ]);
    assertEquals(follows(b!.children), [["e", undefined]]);
  });

  it("takes sections of the older form as what they name", () => {
    const { roots: [node] } = parsePlan(
      "## Form\n### Priority\n1\n### Type\nbug\n### Labels\nui, auth\n### Assignee\n@bob\n### Dependencies\n- cs-1\n- related:cs-2\n" +
        "### Description\nText.\n\n- kept\n### Design\nPlain.\n### Notes:\nNone.\n",
    );
    const { title, priority, type, labels, assignee, after, description, design, notes, children } = node!;
    assertEquals({ title, priority, type, labels, assignee, after, description, design, notes, children }, {
      title: "Form",
      priority: 1,
      type: "bug",
      labels: ["ui", "auth"],
      assignee: "bob",
      after: ["cs-1", "related:cs-2"],
      description: "Text.\n\n- kept",
      design: "Plain.",
      notes: "None.",
      children: [],
    });
  });

  it("reads attributes at the end of titles, and leaves other braces alone", () => {
    const cases: [text: string, facts: object][] = [
      ["Plain", { title: "Plain" }],
      ["GET /users/{id}", { title: "GET /users/{id}" }],
      ["Handle {id}", { title: "Handle {id}" }],
      ["A {#n P1 .x .y @who}", { title: "A", name: "n", priority: 1, labels: ["x", "y"], assignee: "who" }],
      ["A {p=0 type=bug labels=a,b id=cs-a due=3d defer=1w estimate=90}", {
        title: "A",
        priority: 0,
        type: "bug",
        labels: ["a", "b"],
        id: "cs-a",
        due: "3d",
        defer: "1w",
        estimate: 90,
      }],
      [`A {after="Sign in, B"}`, { title: "A", after: ["Sign in", "B"] }],
      ["**A**: and more {P3}", { title: "A", priority: 3 }],
    ];
    for (const [text, facts] of cases) {
      assertEquals([text, readItem(text).facts, readItem(text).faults], [
        text,
        { labels: [], after: [], ...facts } as never,
        [],
      ]);
    }
    assertEquals(readItem("**A**: and more").rest, "and more");
    for (const bad of ["A {P1 what}", "A {p=7}", "A {size=3}", "A {estimate=x}"]) {
      assertEquals([bad, readItem(bad).faults.length], [bad, 1]);
    }
  });

  it("reads any text, and loses no heading and no item", () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "# A",
        "## B {#x}",
        "- a",
        "  - b {P1}",
        "1. c",
        "```",
        "---",
        "",
        "   text",
        "Depends on: A",
      ),
    );
    fc.assert(fc.property(fc.array(line), (lines) => {
      const { roots } = parsePlan(lines.join("\n"));
      const all = (nodes: readonly PlanNode[]): number[] =>
        nodes.flatMap((node) => [node.line, ...all(node.children)]);
      const places = all(roots);
      assertEquals(places, [...new Set(places)].sort((one, other) => one - other));
    }));
  });
});
