import { Document, isMap, isScalar, isSeq, visit, type YAMLMap } from "yaml";

/** Keys of a step in the order in which a person reads them; the others follow. */
const KEYS = [
  "id",
  "title",
  "needs",
  "when",
  "for_each",
  "max_parallel",
  "agent",
  "description",
  "acceptance",
];
const MOST_IN_A_LINE = 90;

/** The comments of a molecule, each as its lines. */
export interface MoleculeComments {
  /** Above all of it. */
  header: readonly string[];
  /** Above maps and the elements of lists. */
  above: ReadonlyMap<object, readonly string[]>;
  /** Above keys of maps. */
  keys: ReadonlyMap<object, ReadonlyMap<string, readonly string[]>>;
  /** Behind all of it. */
  footer: readonly string[];
}

const NO_COMMENTS: MoleculeComments = { header: [], above: new Map(), keys: new Map(), footer: [] };

/** A molecule as YAML: small values on one line, long texts as they are, comments above what they are about. */
export function writeMolecule(
  molecule: Record<string, unknown>,
  comments: MoleculeComments = NO_COMMENTS,
): string {
  const document = new Document(molecule, { aliasDuplicateObjects: false });
  annotate(document.contents as unknown as YAMLMap, { value: molecule, comments });
  visit(document, {
    Map(_, map) {
      if (map.has("id")) map.items.sort((one, other) => rank(one) - rank(other));
    },
    Pair(_, pair) {
      const { key, value } = pair;
      if (isScalar(key) && isSeq(value) && value.items.every(isScalar) && isShort(value.toJSON())) {
        value.flow = true;
      }
    },
  });
  const text = document.toString({ lineWidth: 0, blockQuote: "literal", flowCollectionPadding: false });
  return `${commentLines(comments.header)}${text}${commentLines(comments.footer)}`;
}

function rank({ key }: { key: unknown }): number {
  const at = KEYS.indexOf(isScalar(key) ? String(key.value) : "");
  return at < 0 ? KEYS.length : at;
}

function commentLines(lines: readonly string[]): string {
  return lines.map((line) => line === "" ? "#\n" : `# ${line}\n`).join("");
}

function isShort(value: unknown): boolean {
  const written = JSON.stringify(value);
  return written.length <= MOST_IN_A_LINE && !written.includes("\\n");
}

function annotate(
  node: unknown,
  { value, comments }: { value: unknown; comments: MoleculeComments },
): void {
  if (typeof value !== "object" || value === null) return;
  if (isSeq(node) && Array.isArray(value)) {
    for (const [at, item] of value.entries()) annotateOne(node.items[at], { value: item, comments });
  } else if (isMap(node)) {
    for (const pair of node.items) {
      const name = String(isScalar(pair.key) ? pair.key.value : pair.key);
      const inner = (value as Record<string, unknown>)[name];
      const ofValue = typeof inner === "object" && inner !== null ? comments.above.get(inner) : undefined;
      const lines = [...comments.keys.get(value)?.get(name) ?? [], ...ofValue ?? []];
      if (lines.length > 0 && isScalar(pair.key)) pair.key.commentBefore = marked(lines);
      annotate(pair.value, { value: inner, comments });
    }
  }
}

function annotateOne(
  node: unknown,
  { value, comments }: { value: unknown; comments: MoleculeComments },
): void {
  const lines = typeof value === "object" && value !== null ? comments.above.get(value) : undefined;
  if (lines && (isMap(node) || isSeq(node))) node.commentBefore = marked(lines);
  annotate(node, { value, comments });
}

function marked(lines: readonly string[]): string {
  return lines.map((line) => ` ${line}`).join("\n");
}
