import type { Node } from "yaml";
import type { Step } from "./molecule.ts";
import { inOrder } from "./order.ts";
import { type Reader, suggestion } from "./reader.ts";
import { BEAD_FIELDS, insertionsOf } from "./template.ts";

/** A step together with the places it was read from. */
export interface StepSource {
  step: Step;
  /** Where its id stands. */
  node: Node;
  texts: readonly { name: string; node: Node; text: string }[];
  needs: readonly { id: string; node: Node }[];
}

/** Reports ids that stand twice, needs that no step has, and steps that wait for themselves, directly or in a ring. */
export function checkNeeds(reader: Reader, steps: readonly StepSource[]): void {
  const known = new Map<string, StepSource>();
  for (const source of steps) {
    const { id } = source.step;
    if (id === "") continue;
    if (known.has(id)) reader.report(source.node, `id: "${id}" stands here twice`);
    else known.set(id, source);
  }
  for (const { needs } of steps) {
    for (const { id, node } of needs) {
      if (!known.has(id)) {
        reader.report(node, `needs: there is no step "${id}"${suggestion(id, [...known.keys()])}`);
      }
    }
  }
  reportRing(reader, known);
}

/** One ring is enough: its end is found by going from need to need until a step comes again. */
function reportRing(reader: Reader, known: ReadonlyMap<string, StepSource>): void {
  const order = new Set(inOrder([...known.values()].map(({ step }) => step)).map(({ id }) => id));
  const stuck = [...known.values()].find(({ step }) => !order.has(step.id));
  if (!stuck) return;
  const way: string[] = [];
  let at: string | undefined = stuck.step.id;
  while (at !== undefined && !way.includes(at)) {
    way.push(at);
    at = known.get(at)?.step.needs.find((need) => known.has(need) && !order.has(need));
  }
  if (at === undefined) return;
  const ring = [...way.slice(way.indexOf(at)), at];
  reader.report(known.get(at)!.node, `needs: "${at}" waits for itself: ${ring.join(" → ")}`);
}

/** Reports insertions that read what does not exist, or are more than this version reads. */
export function checkInsertions(
  reader: Reader,
  { steps, vars }: { steps: readonly StepSource[]; vars: readonly string[] },
): void {
  for (const { texts } of steps) {
    for (const { node, text } of texts) {
      let from = node.range?.[0] ?? 0;
      for (const { expression, offset, reads } of insertionsOf(text)) {
        const written = text.slice(offset, text.indexOf("}}", offset) + 2);
        const at = reader.text.indexOf(written, from);
        if (at >= 0) from = at + 1;
        const message = wrongInsertion({ expression, reads, vars });
        if (message !== undefined) reader.report(at < 0 ? node : at, message);
      }
    }
  }
}

function wrongInsertion(
  options: {
    expression: string;
    reads: { from: "vars" | "bead"; name: string } | undefined;
    vars: readonly string[];
  },
): string | undefined {
  const { expression, reads, vars } = options;
  if (!reads) {
    return `"{{ ${expression} }}" is not read by this version, which knows {{ vars.NAME }}, {{ bead.id }} and {{ bead.title }}`;
  }
  const known: readonly string[] = reads.from === "bead" ? BEAD_FIELDS : vars;
  if (known.includes(reads.name)) return undefined;
  const what = reads.from === "bead"
    ? `a bead has no "${reads.name}" here`
    : `there is no variable "${reads.name}"`;
  return what + suggestion(reads.name, known);
}
