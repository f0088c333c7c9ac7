import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createStyle } from "../../../src/cli/output.ts";
import { displayWidth } from "../../../src/lib/display_width.ts";
import type { BeadKey } from "../../../src/ledger/ledger.ts";
import type { OpenRun } from "../../../src/molecules/engine/journal/run_log.ts";
import { createTestTerminal } from "../../../src/ports/terminal.ts";
import { createRunTree, type ReportDeps } from "../../../src/ui/run_report.ts";
import { definitionOf } from "../molecules/machine/definitions.ts";
import { createPlay, type Play } from "../molecules/machine/play.ts";

function openOf(play: Play): OpenRun {
  const { definition } = play.rules;
  const begun = { definition, values: {}, environment: {}, folder: ".", by: "ann" };
  return {
    key: "cs-mol-1@r" as BeadKey,
    begun,
    rules: play.rules,
    run: play.run(),
    arrival: 0,
    stamp: [0, 0],
    began: 0,
    rests: [],
  };
}

/** What a terminal would show after all that was written to it: a drawing goes back over the one before. */
function screen(output: readonly string[]): string[] {
  let lines: string[] = [];
  for (const text of output) {
    // deno-lint-ignore no-control-regex
    const up = /^\x1b\[(\d+)A\r/.exec(text);
    const rest = text.slice(up?.[0].length ?? 0);
    lines = lines.slice(0, lines.length - Number(up?.[1] ?? 0));
    // Cleared line by line, and what is left of an earlier picture last.
    const isPicture = rest.endsWith("\n\x1b[J");
    const drawn = (isPicture ? rest.slice(0, -3) : rest).replace(/\n$/, "").split("\n");
    assert(!drawn.join("").includes("\x1b[J"));
    assert(!isPicture || drawn.every((line) => line.startsWith("\x1b[K")));
    lines.push(...drawn.map((line) => line.replace("\x1b[K", "")));
  }
  return lines;
}

function plain(line: string): string {
  // deno-lint-ignore no-control-regex
  return line.replace(/\x1b\[[0-9;]*m/g, "");
}

describe("the tree of a run", () => {
  const play = createPlay(definitionOf({
    name: "release",
    steps: [
      { id: "a" },
      { id: "b", needs: ["a"] },
      ...Array.from({ length: 30 }, (_, n) => ({ id: `many-${n}` })),
    ],
    finally: [{ id: "last" }],
  }));

  function drawn(options: { columns: number; rows: number; tail?: readonly string[] }) {
    const terminal = createTestTerminal();
    // The loop that renews it sleeps until it ends.
    const sleeping: (() => void)[] = [];
    const clock = {
      now: () => 1_000_000,
      monotonic: () => 0,
      sleep: () => new Promise<void>((end) => sleeping.push(end)),
    };
    const deps: ReportDeps = {
      ports: { clock, terminal: { ...terminal, columns: () => options.columns, rows: () => options.rows } },
      style: createStyle(true),
      line: (text) => terminal.write(`${text}\n`),
      tail: () => options.tail ?? [],
      hints: () => [],
    };
    const tree = createRunTree(deps);
    return {
      show(open: OpenRun) {
        tree.changed(open, new Set());
      },
      end() {
        tree.end();
        for (const wake of sleeping) wake();
        return screen(terminal.output);
      },
    };
  }

  it("is drawn over itself within the terminal, in colours too, what matters most first", () => {
    play.start("a");
    const tree = drawn({ columns: 24, rows: 10 });
    tree.show(openOf(play));
    play.apply({
      kind: "failed",
      step: "a",
      attempt: 1,
      reason: { kind: "exit", text: "a long\nreason, longer than the terminal is wide" },
    });
    tree.show(openOf(play));
    const lines = tree.end();
    assert(lines.length <= 9, `${lines.length} lines`);
    for (const line of lines) assert(displayWidth(plain(line)) <= 24, plain(line));
    const shown = lines.map(plain);
    assertEquals(shown[0]!.slice(0, 21), "▸ release cs-mol-1  r");
    assert(shown[1]!.startsWith("  ✗ a"), shown[1]);
    assert(/^ {2}… \d+ more$/.test(shown.at(-1)!), shown.at(-1));
    assert(lines[1]!.includes("\x1b[31m") && lines[1]!.endsWith("\x1b[39m"), JSON.stringify(lines[1]));
  });

  it("is followed by what the failed steps printed", () => {
    const tree = drawn({ columns: 80, rows: 12, tail: ["oops", "and why"] });
    tree.show(openOf(play));
    assertEquals(tree.end().map(plain).slice(-3), ["✗ a", "    │ oops", "    │ and why"]);
  });
});
