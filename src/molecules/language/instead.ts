import { needsIn } from "./value_hints.ts";
import {
  type EntryNode,
  type ListNode,
  type MapNode,
  type ScalarNode,
  valueAt,
  type YamlNode,
} from "../source/node.ts";

/**
 * What a value of another form is taken for once it is reported, so that nothing else is said because it is missing.
 *
 * Undefined where it is best left out. `parent` is the key that the map it stands in belongs to.
 */
export function instead(
  node: YamlNode,
  { key, parent }: { key: string; parent: string },
): YamlNode | undefined {
  if (parent === "vars") return node.kind === "list" ? mapOf(node, [["default", node]]) : undefined;
  if (key === "matrix") return mapOf(node, []);
  if (key === "vars" && node.kind === "list") return namesOf(node);
  if (parent === "matrix") return listOf(node, [scalar(node, ""), scalar(node, 0)]);
  if (key === "needs" || key === "any" || key === "of") return namesIn(node);
  const text = Object.hasOwn(TEXTS, key) ? TEXTS[key] : undefined;
  if (text !== undefined) return scalar(node, text);
  if (key === "type" && parent === "gate") return scalar(node, "human");
  return key === "gate" ? mapOf(node, [["type", scalar(node, "human")]]) : undefined;
}

/** Keys that decide what else belongs to a step, or that something must stand at, with a value that says nothing. */
const TEXTS: Readonly<Record<string, string | number>> = {
  ...{
    run: "run",
    prompt: "prompt",
    convoy: "convoy",
    for_each: "[]",
    for: "1s",
    until: "true",
    schedule: "* * * * *",
  },
  ...{ quorum: 1, max: 1, attempts: 1, timeout: "1d" },
};

/** The names that are written in one text: `a, b`, or the expression of another language. */
function namesIn(node: YamlNode): YamlNode | undefined {
  if (node.kind !== "scalar") return undefined;
  if (node.text.includes("{{")) return listOf(node, []);
  const names = needsIn(node.text)?.ids ?? node.text.split(/[\s,]+/).filter((word) => word !== "");
  return listOf(node, names.map((word) => scalar(node, word)));
}

/** Of variables in a list at least the names are known: `- a` and `- name: a`. */
function namesOf(list: ListNode): MapNode {
  const names = list.items.flatMap((item) => {
    const name = item.kind === "map" ? valueAt(item, "name") : item;
    return name?.kind === "scalar" ? [name.text] : [];
  });
  // Of this type, without a value, it may be anything.
  return mapOf(list, names.map((name) => [name, mapOf(list, [["type", scalar(list, "bool")]])]));
}

function scalar({ start, end }: YamlNode, value: string | number): ScalarNode {
  return { kind: "scalar", value, text: String(value), style: "plain", start, end };
}

function listOf({ start, end }: YamlNode, items: YamlNode[]): ListNode {
  return { kind: "list", items, start, end };
}

function mapOf({ start, end }: YamlNode, entries: readonly (readonly [string, YamlNode])[]): MapNode {
  return {
    kind: "map",
    cut: true,
    entries: entries.map(([key, value]): EntryNode => ({ key, start, end, value })),
    start,
    end,
  };
}
