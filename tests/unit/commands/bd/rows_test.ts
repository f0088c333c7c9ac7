import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createOutput } from "../../../../src/cli/output.ts";
import { printRows, statusCounts } from "../../../../src/commands/bd_support/rows.ts";
import { mermaidLines, treeLines } from "../../../../src/commands/bd_support/tree.ts";
import { totalLines } from "../../../../src/commands/bd_support/totals.ts";
import type { Bead, BeadKey } from "../../../../src/ledger/ledger.ts";
import { createPorts } from "../../../../src/ports/ports.ts";
import { createTestTerminal } from "../../../../src/ports/terminal.ts";

function bead(id: string, more: Partial<Bead> = {}): Bead {
  return {
    key: `${id}@x` as BeadKey,
    id,
    title: `Title of ${id}`,
    status: "open",
    priority: 2,
    issue_type: "task",
    created_at: "",
    updated_at: "",
    labels: [],
    dependencies: [],
    comments: [],
    metadata: {},
    blocked: false,
    fields: {},
    ...more,
  };
}

function printed(beads: readonly Bead[], columns?: number): string {
  const terminal = createTestTerminal();
  const shown = columns === undefined
    ? terminal
    : { ...terminal, isTerminal: true, lineWidth: () => columns };
  const out = createOutput(shown, { json: false, quiet: false });
  printRows(
    { out, ports: { ...createPorts(["bd"], "bd"), terminal: shown } },
    beads.map((each) => ({ bead: each })),
  );
  return terminal.output.join("");
}

const plain = createOutput(createTestTerminal(), { json: false, quiet: false }).style;

describe("rows of beads", () => {
  it("stand in columns, however wide their letters are", () => {
    assertEquals(
      printed([
        bead("cs-1", { title: "日本", assignee: "bob" }),
        bead("cs-login", {
          title: "Log in",
          issue_type: "bug",
          priority: 0,
          labels: ["a", "b"],
          status: "closed",
        }),
      ]),
      "cs-1     ○ P2 task 日本    @bob\n" +
        "cs-login ✓ P0 bug  Log in  a,b\n",
    );
  });

  it("are cut to the terminal, and never where a program reads them", () => {
    const long = bead("cs-1", { title: "word ".repeat(30).trim() });
    assertEquals(printed([long], 60), `cs-1 ○ P2 task ${"word ".repeat(8)}word…\n`);
    assertEquals(
      printed([{ ...long, assignee: "bob" }], 60),
      `cs-1 ○ P2 task ${"word ".repeat(7)}wor…  @bob\n`,
    );
    assertEquals(printed([long]).includes("…"), false);
  });

  it("are counted by status, with how many wait", () => {
    assertEquals(
      statusCounts([bead("a"), bead("b", { blocked: true }), bead("c", { status: "in_progress" })]),
      "2 open (1 blocked) · 1 in progress",
    );
  });
});

describe("a tree of dependencies", () => {
  const rows = [
    { bead: bead("a"), depth: 0, truncated: false },
    { bead: bead("b"), depth: 1, parent: "a@x" as BeadKey, type: "blocks", truncated: false },
    { bead: bead("c"), depth: 2, parent: "b@x" as BeadKey, type: "related", truncated: false },
    {
      bead: bead("d", { title: 'a "quoted"' }),
      depth: 1,
      parent: "a@x" as BeadKey,
      type: "blocks",
      truncated: true,
    },
  ];

  it("is drawn with branches", () => {
    assertEquals(treeLines(plain, rows), [
      "○ a Title of a",
      "├─ ○ b Title of b",
      "│  └─ ○ c Title of c (related)",
      '└─ ○ d a "quoted" (see above)',
    ]);
  });

  it("is a flowchart whose arrows lead to what is waited for", () => {
    assertEquals(mermaidLines(rows, "down").slice(-4), [
      '  n3["d: a #34;quoted#34;"]',
      "  n0 --> n1",
      "  n1 -.->|related| n2",
      "  n0 --> n3",
    ]);
    assertEquals(mermaidLines(rows, "up").at(-1), "  n3 --> n0");
  });
});

describe("the totals of a ledger", () => {
  it("leave out what no bead is", () => {
    assertEquals(
      totalLines(plain, {
        total_issues: 12,
        open_issues: 3,
        ready_issues: 2,
        blocked_issues: 1,
        closed_issues: 9,
        average_lead_time_hours: 50,
        epics_eligible_for_closure: 1,
      }),
      [
        "  12 beads",
        "○  3 open  2 ready, 1 blocked",
        "✓  9 closed  2 days from open to closed on average",
        "1 epic has all children closed",
      ],
    );
  });
});
