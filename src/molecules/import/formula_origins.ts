import { LineCounter, parseDocument } from "yaml";
import type { MoleculeComments } from "../write_molecule.ts";
import type { FormulaLines } from "./formula_lines.ts";

/** What keys of a formula become: names of keys of the molecule, the first that is there. */
export type KeyNames = Readonly<Record<string, readonly string[]>>;

/** Which part of a formula each part of a molecule came of. */
export interface Origins {
  /** Keeps that the table at a path became this; of one that became several, the first is the one with its comments. */
  add(path: string, origin: { made: object; keys?: KeyNames }): void;
  /** The comments of the formula where what they are about is now, with others above parts of the molecule. */
  comments(molecule: object, options: { above: ReadonlyMap<object, readonly string[]> }): MoleculeComments;
  /** The path in the formula of a key of a part that was made. */
  pathOf(made: object, key: string): string;
  /** Where the formula has what stands in a line of the molecule. */
  placeOf(yaml: string, options: { line: number; column: number; molecule: object }): FormulaPlace;
}

/** A place of a formula. */
export interface FormulaPlace {
  line: number;
  path: string;
}

interface Origin {
  made: object;
  keys: KeyNames;
}

/** Begins with nothing made. */
export function createOrigins(lines: FormulaLines): Origins {
  const byPath = new Map<string, Origin>();
  const byMade = new Map<object, { path: string; keys: KeyNames }[]>();
  return {
    add: (path, { made, keys = {} }) => {
      if (!byPath.has(path)) byPath.set(path, { made, keys });
      byMade.set(made, [...byMade.get(made) ?? [], { path, keys }]);
    },
    comments: (molecule, { above }) => {
      const placed = createPlaced();
      for (const [path, comment] of lines.comments) {
        const { origin, key } = nearest(byPath, path);
        const { made, keys } = origin ?? { made: molecule, keys: {} };
        const name = key === undefined ? undefined : keyIn(made, keys[key] ?? [key]);
        placed.add(comment, { made, ...(name === undefined ? {} : { key: name }) });
      }
      for (const [made, comment] of above) placed.add(comment, { made });
      const header = [...lines.header, ...placed.above.get(molecule) ?? []];
      return { header, above: placed.above, keys: placed.keys, footer: lines.footer };
    },
    pathOf: (made, key) => placeOfKey(byMade.get(made) ?? [{ path: "", keys: {} }], { key, lines }).path,
    placeOf: (yaml, { molecule, ...place }) => {
      let [at, found]: [unknown, FormulaPlace] = [molecule, { path: "", line: 1 }];
      let key: string | undefined;
      for (const word of wordsAt(yaml, place)) {
        const origins = typeof at === "object" && at !== null ? byMade.get(at) : undefined;
        if (origins) {
          key = word;
          found = placeOfKey(origins, { key, lines });
        }
        at = (at as Record<string, unknown> | undefined)?.[word];
      }
      const [origin] = typeof at === "object" && at !== null ? byMade.get(at) ?? [] : [];
      return origin ? { path: origin.path, line: lines.lineOf(origin.path) } : found;
    },
  };
}

/** They begin an element of a list: what stands above them, stands above it. */
const FIRST_KEYS: readonly string[] = ["id", "match"];

function createPlaced() {
  const above = new Map<object, string[]>();
  const keys = new Map<object, Map<string, string[]>>();
  return {
    above,
    keys,
    add: (comment: readonly string[], { made, key }: { made: object; key?: string }) => {
      if (key === undefined || FIRST_KEYS.includes(key)) {
        above.set(made, [...above.get(made) ?? [], ...comment]);
      } else {
        const own = keys.get(made) ?? new Map<string, string[]>();
        keys.set(made, own.set(key, [...own.get(key) ?? [], ...comment]));
      }
    },
  };
}

/** The part that came of the table at a path, or around it, and which of that one's keys the path is in. */
function nearest(
  byPath: ReadonlyMap<string, Origin>,
  path: string,
): { origin?: Origin; key?: string } {
  for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
    const origin = byPath.get(at);
    if (!origin) continue;
    return at === path ? { origin } : { origin, key: path.slice(at.length + 1).split(".")[0]! };
  }
  const root = byPath.get("");
  return { key: path.split(".")[0]!, ...(root ? { origin: root } : {}) };
}

function keyIn(made: object, names: readonly string[]): string | undefined {
  return names.find((name) => Object.hasOwn(made, name));
}

/** Where the formula has what became a key of a part. */
function placeOfKey(
  origins: readonly { path: string; keys: KeyNames }[],
  { key, lines }: { key: string; lines: FormulaLines },
): FormulaPlace {
  for (const { path, keys } of origins) {
    const written = [...Object.keys(keys).filter((name) => keys[name]!.includes(key)), key];
    const at = written.map((name) => path === "" ? name : `${path}.${name}`)
      .find((each) => lines.lines.has(each) || lines.lines.has(`${each}.0`));
    if (at !== undefined) return { path: at, line: lines.lineOf(at) };
  }
  const { path } = origins[0]!;
  return { path, line: lines.lineOf(path) };
}

/** The keys and numbers that lead to a place of a text in YAML. */
function wordsAt(yaml: string, { line, column }: { line: number; column: number }): string[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter });
  const offset = (lineCounter.lineStarts[line - 1] ?? 0) + column - 1;
  const words: string[] = [];
  for (let node: unknown = document.contents; node !== undefined;) {
    const inner: { word: string; node: unknown } | undefined = partAt(node, offset);
    if (inner) words.push(inner.word);
    node = inner?.node;
  }
  return words;
}

interface Ranged {
  range?: readonly [number, number, number];
  items?: readonly unknown[];
}

/** The part of a map or list that an offset is in. */
function partAt(node: unknown, offset: number): { word: string; node: unknown } | undefined {
  for (const [at, item] of ((node as Ranged | null)?.items ?? []).entries()) {
    const isPair = typeof item === "object" && item !== null && "key" in item;
    const { key, value } = (isPair ? item : { key: item, value: item }) as {
      key: Ranged & { value?: unknown };
      value: Ranged | null;
    };
    const [from] = key.range ?? [Infinity];
    const [, , to] = value?.range ?? key.range ?? [0, 0, 0];
    if (offset >= from && offset < to) return { word: isPair ? String(key.value) : String(at), node: value };
  }
  return undefined;
}
