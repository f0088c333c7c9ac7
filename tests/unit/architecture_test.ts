import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { bans, emptyWords, layers, pure, sizes } from "./architecture_rules.ts";
import { blankOut, lineAt, scanExports, scanFunctions, scanImports } from "./source_scan.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

interface Source {
  path: string;
  text: string;
}

function sourcesUnder(folder: string): Source[] {
  return [...Deno.readDirSync(join(root, folder))].sort((a, b) => a.name < b.name ? -1 : 1).flatMap(
    (entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) return sourcesUnder(path);
      return entry.name.endsWith(".ts") ? [{ path, text: Deno.readTextFileSync(join(root, path)) }] : [];
    },
  );
}

const main: Source = { path: "main.ts", text: Deno.readTextFileSync(join(root, "main.ts")) };
const sources = sourcesUnder("src");
const program = [main, ...sources];
/** Written by a task, so no size or style of ours. */
const generated = new Set(["src/molecules/builtin.ts"]);

function folderOf(path: string): string {
  return path.split("/")[1]!;
}

/** The path inside the project that an import of `path` leads to, or undefined for a package. */
function resolveImport(path: string, from: string): string | undefined {
  return from.startsWith(".") ? normalize(join(dirname(path), from)) : undefined;
}

describe("the sources", () => {
  it("import only from the layers below their own", () => {
    const wrong = sources.flatMap(({ path, text }) =>
      scanImports(text).flatMap(({ from, line }) => {
        const target = resolveImport(path, from);
        if (target === undefined) return [];
        const [own, other] = [folderOf(path), folderOf(target)];
        const fine = target.startsWith("src/") && (own === other || (layers[own] ?? []).includes(other));
        return fine ? [] : [`${path}:${line}: ${own} may not import ${target}`];
      })
    );
    assertEquals(wrong, []);
  });

  it("have no cycle of modules, of types neither", () => {
    const edges = new Map(
      program.map(({ path, text }) => [
        path,
        scanImports(text).flatMap(({ from }) => resolveImport(path, from) ?? []),
      ]),
    );
    assertEquals(cyclesOf(edges), []);
  });

  it("touch the outside only where it is allowed", () => {
    const wrong = program.flatMap(({ path, text }) => {
      const bare = withoutComments(text);
      return bans.flatMap(({ what, pattern, allowed }) => {
        if (allowed.some((place) => path.startsWith(place))) return [];
        const found = pattern.exec(bare);
        return found ? [`${path}:${lineAt(bare, found.index + found[0].search(/\S/))}: uses ${what}`] : [];
      });
    });
    assertEquals(wrong, []);
  });

  it("keep what is pure apart from the outside", () => {
    const isPure = (path: string) => pure.some((place) => path.startsWith(place));
    assertEquals(pure.filter((place) => !sources.some(({ path }) => path.startsWith(place))), []);
    const machines = sources.filter(({ path }) => isPure(path) && !path.startsWith("src/lib/"));
    const wrong = machines.flatMap(({ path, text }) => {
      const waits = /\b(?:async|await|Promise|setTimeout)\b/.exec(blankOut(text));
      return [
        ...(waits ? [`${path}:${lineAt(text, waits.index)}: ${waits[0]}`] : []),
        ...scanImports(text).filter(({ from, eager }) => eager && !isPure(resolveImport(path, from) ?? from))
          .map(({ from, line }) => `${path}:${line}: imports ${from}`),
      ];
    });
    assertEquals(wrong, []);
  });

  it("import packages and built-in modules only by names deno.json knows, or node:", () => {
    const known = Object.keys(JSON.parse(Deno.readTextFileSync(join(root, "deno.json"))).imports);
    const wrong = program.flatMap(({ path, text }) =>
      scanImports(text).flatMap(({ from, line }) =>
        from.startsWith(".") || from.startsWith("node:") || known.includes(from)
          ? []
          : [`${path}:${line}: ${from}`]
      )
    );
    assertEquals(wrong, []);
  });

  it("are files of a size one can read", () => {
    const measured = program.filter(({ path }) => !generated.has(path))
      .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }));
    assertEquals(
      measured.filter(({ lines }) => lines > sizes.file.cap).map(({ path, lines }) => `${path}: ${lines}`),
      [],
    );
    const lines = measured.map((each) => each.lines).sort((a, b) => a - b);
    const over = measured.filter((each) => each.lines > sizes.file.most).map((each) =>
      `${each.path}: ${each.lines}`
    );
    if (over.length > lines.length * (1 - sizes.share)) assertEquals(over, []);
    assertEquals(lines[Math.floor(lines.length / 2)]! <= sizes.file.median, true, "median of lines per file");
  });

  it("are functions of a size one can read", () => {
    const measured = program.flatMap(({ path, text }) =>
      scanFunctions(text).map((each) => ({ path, ...each }))
    );
    const show = (each: (typeof measured)[number]) =>
      `${each.path}:${each.line}: ${each.name}, ${each.lines} lines`;
    assertEquals(measured.filter(({ lines }) => lines > sizes.function.cap).map(show), []);
    const over = measured.filter(({ lines }) => lines > sizes.function.most);
    if (over.length > measured.length * (1 - sizes.share)) assertEquals(over.map(show), []);
  });

  it("have names that say something", () => {
    const wrong = program.flatMap(({ path, text }) => {
      const file = path.split("/").at(-1)!;
      const names = [...scanExports(text), ...scanFunctions(text)];
      return [
        ...(/^_?[a-z0-9]+(_[a-z0-9]+)*\.ts$/.test(file) ? [] : [`${path}:1: not snake_case`]),
        ...(/(^|_)(util|utils|helper|helpers|manager|misc|common)(_|\.)/.test(file)
          ? [`${path}:1: says nothing`]
          : []),
        ...names.filter(({ name }) => emptyWords.test(name)).map(({ name, line }) =>
          `${path}:${line}: ${name}`
        ),
      ];
    });
    assertEquals([...new Set(wrong)], []);
  });

  it("say in a sentence what each export is", () => {
    const wrong = sources.flatMap(({ path, text }) =>
      scanExports(text).flatMap(({ name, line, doc, reexport }) => {
        // A command says what it is in its own summary.
        if (reexport || name === "command" && path.startsWith("src/commands/")) return [];
        if (doc === undefined || doc === "" || doc.startsWith("@module")) {
          return [`${path}:${line}: ${name} has no docstring`];
        }
        return doc.split(/\n\s*\n/)[0]!.trim().replace(/ ?@\w[\s\S]*$/, (tag) => tag.endsWith(".") ? tag : "")
            .match(/[.:`}]$/)
          ? []
          : [`${path}:${line}: the docstring of ${name} does not end in a period`];
      })
    );
    assertEquals(wrong, []);
  });

  it("pass on nothing that is not theirs", () => {
    const wrong = sources.flatMap(({ path, text }) =>
      scanExports(text).filter(({ reexport }) => reexport).map(({ line }) => `${path}:${line}: re-export`)
    );
    assertEquals(wrong, []);
  });

  it("say in the main file of each folder what the folder is for", () => {
    const folders = [...new Set(sources.map(({ path }) => path.split("/")[1]!))];
    const silent = folders.filter((folder) =>
      folder !== "lib" &&
      !sources.some(({ path, text }) => path.startsWith(`src/${folder}/`) && text.includes("@module"))
    );
    assertEquals(silent, []);
  });

  it("hold no text that was read in another encoding than it was written in", () => {
    const wrong = program.flatMap(({ path, text }) =>
      text.split("\n").flatMap((line, at) => /[\u0080-\u009f]/.test(line) ? [`${path}:${at + 1}`] : [])
    );
    assertEquals(wrong, []);
  });

  it("name no path of one machine", () => {
    const wrong = program.flatMap(({ path, text }) =>
      text.split("\n").flatMap((line, at) =>
        /["'`](?:\/home\/|\/root\/|\/Users\/|\/work\/)/.test(line) ? [`${path}:${at + 1}`] : []
      )
    );
    assertEquals(wrong, []);
  });
});

describe("the commands", () => {
  const leaves = sources.filter(({ path }) => /^src\/commands\/(gt|bd)\//.test(path));

  it("load nothing but their own shape until they run", () => {
    const fine = ["src/cli/command.ts", "src/lib/errors.ts"];
    const wrong = leaves.flatMap(({ path, text }) =>
      scanImports(text).flatMap(({ from, line, eager }) => {
        const target = resolveImport(path, from) ?? from;
        return eager && !fine.includes(target) ? [`${path}:${line}: loads ${target}`] : [];
      })
    );
    assertEquals(wrong, []);
  });
});

/** The text without comments, strings kept. */
function withoutComments(text: string): string {
  const code = blankOut(text);
  return text.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (comment, at: number) =>
      code.slice(at, at + comment.length).trim() === "" ? comment.replace(/[^\n]/g, " ") : comment,
  );
}

function cyclesOf(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const state = new Map<string, "open" | "done">();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      cycles.push(
        [...trail.slice(trail.indexOf(path)), path].map((each) => relative("src", each)).join(" -> "),
      );
      return;
    }
    state.set(path, "open");
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    state.set(path, "done");
  };
  for (const path of edges.keys()) visit(path, []);
  return cycles;
}
