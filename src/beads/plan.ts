import { readItem, type TitleFacts } from "./plan_title.ts";

/** A bead that a plan asks for. */
export interface PlanNode extends TitleFacts {
  /** Where it stands, from 1. */
  line: number;
  /** Text below the title. */
  description?: string;
  design?: string;
  acceptance?: string;
  notes?: string;
  /** A task-list item that is ticked. */
  done: boolean;
  /** An item of a numbered list waits for the one before it. */
  follows?: PlanNode;
  children: PlanNode[];
}

/** What cannot be read in a plan. */
export interface PlanFault {
  line: number;
  message: string;
}

/** A plan that was read: its topmost beads, and what could not be read. */
export interface Plan {
  roots: PlanNode[];
  faults: PlanFault[];
}

/** Names of sections that say something about the bead above them, and what. */
const SECTIONS: Readonly<Record<string, string>> = {
  "description": "description",
  "design": "design",
  "acceptance": "acceptance",
  "acceptance criteria": "acceptance",
  "notes": "notes",
  "priority": "priority",
  "type": "type",
  "assignee": "assignee",
  "labels": "labels",
  "dependencies": "after",
  "depends on": "after",
  "blocked by": "after",
};

interface Open {
  node: PlanNode;
  /** Depth of a heading, 1 to 6; of an item, its indent. */
  level: number;
  /** Column of an item's text; absent for a heading. */
  column?: number;
}

interface Reader {
  plan: Plan;
  headings: Open[];
  items: Open[];
  /** The last item of a numbered list at each indent. */
  numbered: Map<number, PlanNode>;
  /** The section that lines go to, of the bead above. */
  section?: { of: PlanNode; name: string };
  texts: Map<PlanNode, Map<string, string[]>>;
  /** The fence that opened a block of code. */
  fence?: string;
}

/** Reads a plan in Markdown: headings and list items become beads, the text below them what they say. */
export function parsePlan(text: string): Plan {
  const reader: Reader = {
    plan: { roots: [], faults: [] },
    headings: [],
    items: [],
    numbered: new Map(),
    texts: new Map(),
  };
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  for (let at = frontMatterEnd(lines); at < lines.length; at++) {
    readLine(reader, { text: lines[at]!, line: at + 1 });
  }
  for (const [node, texts] of reader.texts) {
    for (const [name, body] of texts) setSection(reader.plan, { node, name, body: trimmed(body) });
  }
  return reader.plan;
}

/** The line after a block between `---` lines at the very top. */
function frontMatterEnd(lines: readonly string[]): number {
  if (lines[0]?.trim() !== "---") return 0;
  const end = lines.indexOf("---", 1);
  return end < 0 ? 0 : end + 1;
}

interface Line {
  text: string;
  line: number;
}

function readLine(reader: Reader, source: Line): void {
  const { text } = source;
  const fence = /^\s*(```+|~~~+)/.exec(text)?.[1];
  if (reader.fence !== undefined) {
    if (fence?.startsWith(reader.fence)) delete reader.fence;
    return addText(reader, source);
  }
  if (fence !== undefined) {
    reader.fence = fence;
    return addText(reader, source);
  }
  const heading = /^(#{1,6})\s+(.*?)(?:\s+#+)?\s*$/.exec(text);
  if (heading) {
    return readHeading(reader, { level: heading[1]!.length, title: heading[2]!, line: source.line });
  }
  const item = /^(\s*)([-*+]|\d{1,9}[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/.exec(text);
  if (item && reader.section === undefined) return readListItem(reader, { item, line: source.line });
  addText(reader, source);
}

function readHeading(reader: Reader, heading: { level: number; title: string; line: number }): void {
  const { headings, plan } = reader;
  reader.items = [];
  reader.numbered.clear();
  delete reader.section;
  const name = SECTIONS[heading.title.replace(/:$/, "").trim().toLowerCase()];
  const above = headings.findLast((open) => open.level < heading.level) ?? headings.at(-1);
  if (name !== undefined && above) {
    reader.section = { of: above.node, name };
    return;
  }
  while (headings.length > 0 && headings.at(-1)!.level >= heading.level) headings.pop();
  const node = newNode(plan, { text: heading.title, line: heading.line, done: false });
  (headings.at(-1)?.node.children ?? plan.roots).push(node);
  headings.push({ node, level: heading.level });
}

function readListItem(reader: Reader, { item, line }: { item: RegExpExecArray; line: number }): void {
  const { items, headings, plan, numbered } = reader;
  const indent = item[1]!.replaceAll("\t", "    ").length;
  while (items.length > 0 && items.at(-1)!.level >= indent) items.pop();
  for (const deeper of [...numbered.keys()]) if (deeper > indent) numbered.delete(deeper);
  const node = newNode(plan, { text: item[4]!, line, done: /x/i.test(item[3] ?? "") });
  const parent = items.at(-1)?.node ?? headings.at(-1)?.node;
  (parent?.children ?? plan.roots).push(node);
  items.push({ node, level: indent, column: indent + item[2]!.length + 1 });
  const before = numbered.get(indent);
  if (/\d/.test(item[2]!)) {
    if (before) node.follows = before;
    numbered.set(indent, node);
  } else numbered.delete(indent);
}

function newNode(plan: Plan, { text, line, done }: { text: string; line: number; done: boolean }): PlanNode {
  const { facts, rest, faults } = readItem(text);
  for (const message of faults) plan.faults.push({ line, message });
  return { ...facts, line, done, children: [], ...(rest === "" ? {} : { description: rest }) };
}

function addText(reader: Reader, { text, line }: Line): void {
  const { items, headings, section } = reader;
  const indent = /^\s*/.exec(text)![0].replaceAll("\t", "    ").length;
  const blank = text.trim() === "";
  if (!blank && reader.fence === undefined) {
    while (items.length > 0 && items.at(-1)!.level >= indent) items.pop();
    if (items.length === 0) reader.numbered.clear();
  }
  const item = items.at(-1);
  const node = section?.of ?? item?.node ?? headings.at(-1)?.node;
  if (!node) {
    if (!blank) reader.plan.faults.push({ line, message: "text before the first heading or item" });
    return;
  }
  const after = section || reader.fence !== undefined ? null : /^\s*depends on:\s*(.+)$/i.exec(text);
  if (after) {
    node.after.push(...namesIn(after[1]!));
    return;
  }
  const texts = reader.texts.get(node) ?? new Map<string, string[]>();
  reader.texts.set(node, texts);
  const name = section?.name ?? "description";
  const body = texts.get(name) ?? [];
  texts.set(name, body);
  body.push(item ? text.slice(Math.min(indent, item.column!)) : text);
}

function trimmed(body: readonly string[]): string {
  return body.join("\n").replace(/^(\s*\n)+/, "").trimEnd();
}

/** Names in a line or a list, without marks and commas. */
function namesIn(text: string): string[] {
  return text.split(/[,\n]/).map((name) => name.replace(/^\s*(?:[-*+]|\d+[.)])\s+/, "").trim())
    .filter((name) => name !== "");
}

function setSection(
  plan: Plan,
  { node, name, body }: { node: PlanNode; name: string; body: string },
): void {
  if (body === "") return;
  const first = body.split("\n")[0]!.trim();
  if (name === "labels") node.labels.push(...namesIn(body));
  else if (name === "after") node.after.push(...namesIn(body));
  else if (name === "assignee") node.assignee = first.replace(/^@/, "");
  else if (name === "type") node.type = first.toLowerCase();
  else if (name === "priority") {
    if (/^p?[0-4]\b/i.test(first)) node.priority = Number(/\d/.exec(first)![0]);
    else plan.faults.push({ line: node.line, message: `priority "${first}" must be 0 to 4` });
  } else if (name === "design" || name === "acceptance" || name === "notes") node[name] = body;
  else node.description = node.description === undefined ? body : `${node.description}\n\n${body}`;
}
