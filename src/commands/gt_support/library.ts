import { basename, dirname, isAbsolute, join, relative } from "node:path";
import type { JsonObject } from "../../lib/json.ts";
import { quoteWords } from "../../lib/quote_words.ts";
import type { Ports } from "../../ports/ports.ts";
import type { Definition, StepDefinition } from "../../molecules/definition.ts";
import { type FormulaFinder, type Library, type Listed, misnamedFiles } from "../../molecules/library.ts";
import { townPaths } from "../../town/paths.ts";
import { rootHere } from "../../town/town.ts";

/** The molecules of the town the call is about, else of the repository; only the built-in ones outside of both. */
export function libraryHere(ports: Ports): Library {
  const root = rootHere(ports);
  const folder = root === undefined ? folderAbove(ports, ports.env.cwd()) : townPaths(root).molecules;
  return { ports, formulas: formulasHere(ports, folder), ...(folder === undefined ? {} : { folder }) };
}

/** Formulas where earlier tools kept them, in this folder or above it, within its repository or the town. */
function formulasHere(ports: Ports, folder: string | undefined): FormulaFinder {
  const { env, files } = ports;
  return {
    fileOf: (name) => {
      if (/[/\\]/.test(name)) return undefined;
      const file = join(".beads", "formulas", `${name}.formula.toml`);
      const found = foldersAbove(ports, env.cwd()).map((at) => join(at, file)).find((at) => files.exists(at));
      return found === undefined ? undefined : shownPath(ports, found);
    },
    importOf: (file) => {
      const into = folder === undefined ? "molecules" : shownPath(ports, folder);
      return `gt mol import ${quoteWords([file, "-o", into])}`;
    },
  };
}

/** The folder `molecules` beside the call or above it, within its repository; one with misnamed files only where none has others. */
function folderAbove({ files }: Ports, cwd: string): string | undefined {
  const folders = foldersAbove({ files }, cwd)
    .map((at) => basename(at) === "molecules" ? at : join(at, "molecules"))
    .filter((folder) => files.kind(folder) === "folder");
  return folders.find((folder) => files.list(folder).some((name) => name.endsWith(".yaml"))) ??
    folders.find((folder) => misnamedFiles({ ports: { files }, folder }).length > 0);
}

/** A folder and those above it, up to that of its repository. */
function foldersAbove({ files }: Pick<Ports, "files">, from: string): string[] {
  const folders: string[] = [];
  for (let at = from;; at = dirname(at)) {
    folders.push(at);
    if (files.exists(join(at, ".git")) || at === dirname(at)) return folders;
  }
}

/** A path as somebody in this folder would write it. */
export function shownPath(ports: Ports, path: string): string {
  if (!isAbsolute(path)) return path;
  const from = relative(ports.env.cwd(), path);
  return from === "" || from.startsWith("..") || isAbsolute(from) ? path : from;
}

/** A row of `gt mol list --json`. */
export function listedShape(listed: Listed): JsonObject {
  const { name, source } = listed;
  if ("error" in listed) {
    const { message, code, hints } = listed.error;
    return { name, source, error: { message, code, hints: [...hints] } };
  }
  const { version, description, steps, vars } = listed.definition;
  return {
    ...{ name, type: "workflow", source, version, steps: steps.length, vars: vars.length },
    ...(description === undefined ? {} : { description }),
  };
}

/** What `gt mol show --json` gives: the complete definition, titles and texts as they were written. */
export function moleculeShape(definition: Definition): JsonObject {
  const { name, ...rest } = definition;
  return { molecule: name, ...(plain(rest) as JsonObject) };
}

/** A step as `gt mol show --json` has it. */
export function stepShape(step: StepDefinition): JsonObject {
  return plain(step) as JsonObject;
}

/** Templates as their texts and expressions as their sources. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  const { text, source, ...rest } = value as { text?: unknown; source?: unknown };
  const others = Object.keys(rest);
  if (typeof text === "string" && others.every((key) => key === "places")) return text;
  if (typeof source === "string" && others.every((key) => key === "place")) return source;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
