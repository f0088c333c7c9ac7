import { type BaseIssue, type GenericSchema, type InferOutput, safeParse } from "valibot";
import { entryAt, plainValue, type YamlNode } from "../source/node.ts";
import type { Field, SourceFile } from "./field.ts";
import { placeAt } from "./field.ts";
import { type Rule, suggestion } from "./problem.ts";
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
  // What is cut off may leave a key missing around it, which is cut off in turn, and not reported again.
  for (let round = 0; node && round < 4; round++) {
    const value = plainValue(node);
    const { issues } = safeParse(schema, value);
    if (!issues) return { value: value as InferOutput<Schema>, node, file, keyStart: node.start };
    const wrong = new Set<YamlNode>();
    const check: Check = { file, top: node, wrong, silent: round > 0, names };
    for (const issue of issues) reportIssue(check, { issue, above: [] });
    node = repair(without(node, wrong));
  }
  return undefined;
}

/** The top of a file; one without a name is reported, and goes on under any. */
function named(file: SourceFile, top: YamlNode): YamlNode | undefined {
  if (!entryAt(top, "molecule")) {
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

/** A node without those parts of it; undefined when it is one of them. */
function without(node: YamlNode, wrong: ReadonlySet<YamlNode>): YamlNode | undefined {
  if (wrong.has(node)) return undefined;
  if (node.kind === "list") {
    return {
      ...node,
      items: node.items.flatMap((item) => without(item, wrong) ?? []),
    };
  }
  if (node.kind === "scalar") return node;
  const entries = node.entries.flatMap((entry) => {
    const value = without(entry.value, wrong);
    return value ? [{ ...entry, value }] : [];
  });
  return { ...node, entries };
}

type Path = readonly string[];

interface Check {
  file: SourceFile;
  top: YamlNode;
  /** What is to be cut off. */
  wrong: Set<YamlNode>;
  silent: boolean;
  names: MapNames;
}

function complain(
  check: Check,
  options: { node: YamlNode; offset?: number; rule: Rule; message: string },
): void {
  const { node, offset = node.start, rule, message } = options;
  check.wrong.add(node);
  if (!check.silent) check.file.report.error(placeAt(check.file, offset), { rule, message });
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
  for (const key of Object.keys(map as object)) {
    const entry = known.includes(key) ? undefined : entryAt(parent, key);
    if (!entry) continue;
    const message = `unknown key "${key}" in ${what}${suggestion(key, known)}`;
    complain(check, { node: entry.value, offset: entry.start, rule: "unknown-key", message });
  }
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
