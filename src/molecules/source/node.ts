/**
 * Reading YAML with the place of everything in it. Knows nothing of molecules.
 *
 * @module
 */

/** A value without parts. */
export type ScalarValue = string | number | boolean | null;

/** How a scalar was written. */
export type ScalarStyle = "plain" | "single" | "double" | "literal" | "folded";

/** A scalar; offsets count characters of the text, `end` is behind its last one. */
export interface ScalarNode {
  kind: "scalar";
  value: ScalarValue;
  /** What was written, without quotes: of `1.10` these four characters. */
  text: string;
  style: ScalarStyle;
  start: number;
  end: number;
}

/** One key of a map. */
export interface EntryNode {
  key: string;
  start: number;
  end: number;
  value: YamlNode;
}

/** A map, in the order of the file. */
export interface MapNode {
  kind: "map";
  entries: EntryNode[];
  /** Whether it had others, which were wrong. */
  cut?: true;
  start: number;
  end: number;
}

/** A list. */
export interface ListNode {
  kind: "list";
  items: YamlNode[];
  start: number;
  end: number;
}

/** Any part of a file. */
export type YamlNode = ScalarNode | MapNode | ListNode;

/** The value of a key of a map; undefined where it has none, or is no map. */
export function valueAt(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return entryAt(node, key)?.value;
}

/** A key of a map with its value; undefined where it has none, or is no map. */
export function entryAt(node: YamlNode | undefined, key: string): EntryNode | undefined {
  return node?.kind === "map" ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** The node as the value that JSON would give. */
export function plainValue(node: YamlNode): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(plainValue);
  const value: Record<string, unknown> = {};
  for (const entry of node.entries) value[entry.key] = plainValue(entry.value);
  return value;
}
