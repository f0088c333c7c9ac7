import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { bans, emptyWords } from "./architecture_rules.ts";
import { blankOut, scanExports, scanFunctions, scanImports } from "./source_scan.ts";

describe("the scanner of sources", () => {
  it("blanks strings, templates, comments and regular expressions, and nothing else", () => {
    const text = 'const a = "{"; // {\nconst b = `x${ f({ c: "}" }) }y`; /* { */ const d = /[/"]{/g;\n';
    const blank = blankOut(text);
    assertEquals(blank.length, text.length);
    assertEquals(
      blank.replace(/\s+/g, " "),
      'const a = " "; const b = ` f({ c: " " }) `; const d = / /g; ',
    );
  });

  it("measures functions, methods and arrow functions, but not calls and control flow", () => {
    const text = [
      "export function one(a: { b: string }): Promise<{ c: number }> {",
      "  if (a) {",
      "    two(a);",
      "  }",
      "}",
      "const three = (x: number) => {",
      "};",
      "class C {",
      "  async four(): Promise<void> {",
      "  }",
      "}",
    ].join("\n");
    const found = scanFunctions(text).map(({ name, line, lines }) => [name, line, lines]);
    assertEquals(found.sort((a, b) => Number(a[1]) - Number(b[1])), [["one", 1, 5], ["three", 6, 2], [
      "four",
      9,
      2,
    ]]);
  });

  it("tells imports that load from those that do not", () => {
    const text = [
      'import { a } from "./a.ts";',
      'import type { B } from "./b.ts";',
      'import { type C } from "./c.ts";',
      "import {",
      "  d,",
      "  type E,",
      '} from "./d.ts";',
      'const f = () => import("./f.ts");',
      'export const g = ["not", "imports"];',
    ].join("\n");
    assertEquals(
      scanImports(text).map(({ from, line, eager, typeOnly }) => [from, line, eager, typeOnly]),
      [
        ["./a.ts", 1, true, false],
        ["./b.ts", 2, false, true],
        ["./c.ts", 3, false, true],
        ["./d.ts", 7, true, false],
        ["./f.ts", 8, false, false],
      ],
    );
  });

  it("finds exports with what is said about them, and re-exports", () => {
    const text =
      '/** Says what. */\nexport const a = 1;\nexport async function b() {}\nexport { c } from "./c.ts";\n';
    assertEquals(
      scanExports(text).map(({ name, doc, reexport }) => [name, doc, reexport]),
      [["a", "Says what.", false], ["b", undefined, false], ["(re-export)", undefined, true]],
    );
  });

  it("knows what the bans forbid", () => {
    const samples: Record<string, string> = {
      "node:fs": 'import { readFileSync } from "node:fs";',
      "node:child_process": 'const { spawn } = await import("node:child_process");',
      "Date": "const now = new Date();",
      "Math.random": "Math.random()",
      "process.env": "process.env.HOME",
      "console": "console.log(1)",
      "Deno or Bun globals": "Deno.cwd()",
    };
    for (const [what, sample] of Object.entries(samples)) {
      assertEquals(bans.find((ban) => ban.what === what)?.pattern.test(sample), true, what);
    }
  });

  it("knows names that say nothing", () => {
    const told = [
      "TaskManager",
      "handleCall",
      "doWork",
      "fileInfo",
      "StringUtils",
      "beadData",
      "information",
      "doctor",
      "handle",
    ];
    assertEquals(told.filter((name) => emptyWords.test(name)), told.slice(0, 6));
  });
});
