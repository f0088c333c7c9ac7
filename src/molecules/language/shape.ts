import { type BaseIssue, type GenericSchema, type InferOutput, safeParse } from "valibot";
import { entryAt, type EntryNode, plainValue, valueAt, type YamlNode } from "../source/node.ts";
import type { Field, SourceFile } from "./field.ts";
import { placeAt } from "./field.ts";
import { instead } from "./instead.ts";
import { misspeltKey } from "./key_hints.ts";
import { matrixAdvice } from "./matrix_advice.ts";
import type { Rule } from "./problem.ts";
import { molecule, type WrittenMolecule } from "./schema.ts";
import { shownValue } from "./schema_parts.ts";

type Issue = BaseIssue<unknown>;

/**
 * The file as the schema has it, without the parts that have another form, which are reported.
 *
 * So what is wrong elsewhere is found as well. Undefined where nothing is left.
 */
export function shapeOf(file: SourceFile): Field<WrittenMolecule> | undefined {
  const { top } = file.source;
  if (!top) return undefined;
  if (top.kind !== "map") {
    file.report.error(placeAt(file, top.start), {
      rule: "value",
      message: `expected a map with "molecule" and "steps", found ${shownValue(plainValue(top))}`,
    });
    return undefined;
  }
  const names = { top: "a molecule", maps: MAPS };
  return shapedBy(file, { schema: molecule, top: named(file, top), names, repair: withName });
}

/** How the maps of a file are called in what is said of them: by the list that they stand in. */
export interface MapNames {
  top: string;
  maps: Readonly<Record<string, string>>;
}

/** A node as a schema has it, without the parts that have another form, which are reported; undefined if nothing is left. */
export function shapedBy<Schema extends GenericSchema>(
  file: SourceFile,
  options: {
    schema: Schema;
    top: YamlNode | undefined;
    names: MapNames;
    /** Puts back what the rest cannot be read without. */
    repair?: (top: YamlNode | undefined) => YamlNode | undefined;
  },
): Field<InferOutput<Schema>> | undefined {
  const { schema, names, repair = (top) => top } = options;
  let node = options.top;
  let pass: Pass = "keys";
  for (let round = 0; node && round < MOST_ROUNDS; round++) {
    const value = plainValue(node);
    const { issues } = safeParse(schema, value);
    if (!issues) return { value: value as InferOutput<Schema>, node, file, keyStart: node.start };
    const check: Check = { file, top: node, wrong: new Map(), meant: new Map(), pass, names };
    for (const issue of issues) reportIssue(check, { issue, above: [] });
    if (pass !== "keys") {
      node = repair(without(node, { wrong: check.wrong, parent: "", withStandIns: pass === "values" }));
      pass = "rest";
    } else if (check.meant.size > 0) node = renamed(node, check.meant);
    else pass = "values";
  }
  return undefined;
}

/**
 * First keys that are misspelt are put right, so that what stands at them is checked as what it is. Then all that is
 * wrong is reported. What is cut off may leave a key missing around it, which is cut off in turn without a word.
 */
type Pass = "keys" | "values" | "rest";

const MOST_ROUNDS = 12;

/** A node with the keys that are meant, by the values at them. */
function renamed(node: YamlNode, meant: ReadonlyMap<YamlNode, string>): YamlNode {
  if (node.kind === "scalar") return node;
  if (node.kind === "list") return { ...node, items: node.items.map((item) => renamed(item, meant)) };
  const entries = node.entries.map((entry) => ({
    ...entry,
    key: meant.get(entry.value) ?? entry.key,
    value: renamed(entry.value, meant),
  }));
  return { ...node, entries };
}

/** The top of a file; one without a name is reported, and goes on under any. */
function named(file: SourceFile, top: YamlNode): YamlNode | undefined {
  const names = top.kind === "map" ? top.entries.map(({ key }) => key) : [];
  // One that is misspelt is put right.
  if (names.some((key) => misspeltKey(key, { known: ["molecule"] }).meant)) return top;
  if (!names.includes("molecule")) {
    const message = 'missing key "molecule" in a molecule';
    file.report.error(placeAt(file, top.start), { rule: "missing-key", message });
  }
  return withName(top);
}

function withName(top: YamlNode | undefined): YamlNode | undefined {
  if (top?.kind !== "map" || entryAt(top, "molecule")) return top;
  const { start } = top;
  const value: YamlNode = {
    kind: "scalar",
    value: "unnamed",
    text: "unnamed",
    style: "plain",
    start,
    end: start,
  };
  return { ...top, entries: [...top.entries, { key: "molecule", start, end: start, value }] };
}

interface Cut {
  /** What is wrong, and why. */
  wrong: ReadonlyMap<YamlNode, Rule>;
  /** The key that the node stands at. */
  parent: string;
  /** Whether something else is put in the place of values of another form. */
  withStandIns: boolean;
}

/** A node without those parts of it that are wrong; undefined when it is one of them. */
function without(node: YamlNode, cut: Cut): YamlNode | undefined {
  const { wrong, parent, withStandIns } = cut;
  if (wrong.has(node)) return undefined;
  if (node.kind === "list") {
    return { ...node, items: node.items.flatMap((item) => without(item, cut) ?? []) };
  }
  if (node.kind === "scalar") return node;
  const entries = node.entries.flatMap((entry) => {
    const { key } = entry;
    const value = withStandIns && wrong.get(entry.value) === "value"
      ? instead(entry.value, { key, parent })
      : without(entry.value, { ...cut, parent: key });
    return value ? [{ ...entry, value }] : [];
  });
  // Needs of which a part is left mean something else.
  return parent === "needs" && entries.length < node.entries.length ? undefined : {
    ...node,
    entries,
    ...(entries.length < node.entries.length ? { cut: true as const } : {}),
  };
}

type Path = readonly string[];

interface Check {
  file: SourceFile;
  top: YamlNode;
  /** What is to be cut off. */
  wrong: Map<YamlNode, Rule>;
  /** The keys that are meant by some that there are not, by the values at them. */
  meant: Map<YamlNode, string>;
  pass: Pass;
  names: MapNames;
}

function complain(
  check: Check,
  options: { node: YamlNode; offset?: number; rule: Rule; message: string },
): void {
  const { node, offset = node.start, rule, message } = options;
  check.wrong.set(node, rule);
  if (check.pass === "values") check.file.report.error(placeAt(check.file, offset), { rule, message });
}

function reportIssue(check: Check, { issue, above }: { issue: Issue; above: Path }): void {
  const items = issue.path ?? [];
  const path = [...above, ...items.map(({ key }) => String(key))];
  const last = items.at(-1);
  if (issue.type === "strict_object" && last?.origin === "key") {
    reportKeys(check, { issue, path, map: last.input });
    return;
  }
  // Of several forms the one is meant that was begun: what is wrong inside of it says more.
  const inside = (issue.issues ?? []).filter((inner) => isWithin(inner, issue.input));
  if (issue.type === "union" && inside.length > 0) {
    for (const inner of inside) reportIssue(check, { issue: inner, above: path });
    return;
  }
  if (path.at(-3) === "matrix") {
    const rows = nodeAt(check.top, path.slice(0, -1));
    const message = matrixAdvice(path.at(-2)!, rows);
    if (message !== undefined) {
      // Each of its rows is an issue of its own.
      if (!check.wrong.has(rows)) complain(check, { node: rows, rule: "value", message });
      return;
    }
  }
  complain(check, { node: nodeAt(check.top, path), rule: "value", message: keyed(path, issue.message) });
}

function isWithin(inner: Issue, input: unknown): boolean {
  if (!inner.path) return false;
  const asMap = inner.type === "strict_object" && inner.path.length === 1;
  return !(asMap && Array.isArray(input));
}

/** A key that is missing, or all that are not known. */
function reportKeys(check: Check, options: { issue: Issue; path: Path; map: unknown }): void {
  const { issue, path, map } = options;
  const parent = nodeAt(check.top, path.slice(0, -1));
  const what = nameOfMap(path.slice(0, -1), check.names);
  if (issue.expected !== "never") {
    const message = `missing key "${path.at(-1)}" in ${what}`;
    complain(check, { node: parent, rule: "missing-key", message });
    return;
  }
  const known = issue.message.split(" ");
  const taken = new Set<string>();
  for (const key of Object.keys(map as object)) {
    const entry = known.includes(key) ? undefined : entryAt(parent, key);
    if (!entry) continue;
    const id = valueAt(parent, "id");
    const isOne = isEmptyIn(check, entry);
    const { hint, meant } = isOne ? { hint: COMMA, meant: undefined } : misspeltKey(key, {
      known,
      id: id?.kind === "scalar" ? id.text : undefined,
      above: emptyAbove(parent, key),
    });
    const message = `unknown key "${key}" in ${what}${hint}`;
    if (check.pass === "keys" && meant !== undefined && !entryAt(parent, meant) && !taken.has(meant)) {
      taken.add(meant);
      check.meant.set(entry.value, meant);
      check.file.report.error(placeAt(check.file, entry.start), { rule: "unknown-key", message });
    } else complain(check, { node: entry.value, offset: entry.start, rule: "unknown-key", message });
  }
}

const COMMA = "; a text with a comma in it stands in quotes between brackets";

/** Whether something stands between brackets like a key, without a value: mostly the rest of a text with a comma. */
function isEmptyIn({ file }: Check, { key, end, value }: EntryNode): boolean {
  return value.kind === "scalar" && value.text === "" && !key.includes(":") &&
    /^\s*[,}]/.test(file.source.text.slice(end, end + 80));
}

/** The key right before another one of a map, if nothing stands at it. */
function emptyAbove(parent: YamlNode, key: string): string | undefined {
  if (parent.kind !== "map") return undefined;
  const before = parent.entries[parent.entries.findIndex((entry) => entry.key === key) - 1];
  return before?.value.kind === "scalar" && before.value.text === "" && before.value.style === "plain"
    ? before.key
    : undefined;
}

const MAPS: Readonly<Record<string, string>> = {
  steps: "a step",
  on_failure: "a step",
  finally: "a step",
  before: "a step",
  after: "a step",
  aspects: "an aspect",
};

function nameOfMap(path: Path, { top, maps }: MapNames): string {
  const [last, before] = [path.at(-1), path.at(-2)];
  if (last === undefined) return top;
  if (before === "vars") return `the variable ${last}`;
  return /^\d+$/.test(last) ? maps[before ?? ""] ?? `"${before}"` : `"${last}"`;
}

function keyed(path: Path, message: string): string {
  const name = path.findLast((word) => !/^\d+$/.test(word));
  return name === undefined ? message : `${name}: ${message}`;
}

/** The node at a path, or the deepest one on the way. */
function nodeAt(top: YamlNode, path: Path): YamlNode {
  let node = top;
  for (const word of path) {
    const next = node.kind === "list" ? node.items[Number(word)] : entryAt(node, word)?.value;
    if (!next) return node;
    node = next;
  }
  return node;
}
