import type { Context } from "../../cli/command.ts";
import type { Style } from "../../lib/style.ts";
import { childrenOf, dependenciesOf, dependentsOf, type Edge, parentOf } from "../../beads/dependencies.ts";
import { blockersOf } from "../../beads/ready.ts";
import type { Bead, View } from "../../ledger/ledger.ts";
import type { Json } from "../../lib/json.ts";
import { printable, printableText } from "../../lib/printable.ts";
import { parseInstant } from "../../ports/time.ts";
import { beadPhrase, priorityWord, statusGlyph, statusWord } from "./marks.ts";
import { agePhrase } from "./when.ts";

/** All there is to say about a bead, in lines for a person. */
export function detailLines(
  context: Pick<Context, "out" | "ports">,
  { view, bead }: { view: View; bead: Bead },
): string[] {
  const { style } = context.out;
  const now = context.ports.clock.now();
  return [
    `${style.bold(style.cyan(printable(bead.id)))}  ${style.bold(printable(bead.title))}`,
    factsLine(style, bead),
    style.dim(timesLine(bead, now)),
    ...section(style, "Description", bead.description),
    ...section(style, "Design", bead.design),
    ...section(style, "Acceptance criteria", bead.acceptance_criteria),
    ...section(style, "Notes", bead.notes),
    ...relationLines(style, { view, bead }),
    ...commentLines(style, { bead, now }),
    ...registerLines(style, bead),
  ];
}

function factsLine(style: Style, bead: Bead): string {
  const facts = [
    `${statusGlyph(style, bead)} ${statusWord(style, bead)}`,
    priorityWord(style, bead.priority),
    printable(bead.issue_type),
  ];
  if (bead.assignee !== undefined) facts.push(style.magenta(`@${printable(bead.assignee)}`));
  if (bead.labels.length > 0) facts.push(style.blue(bead.labels.map(printable).join(", ")));
  return facts.join(style.dim(" · "));
}

function timesLine(bead: Bead, now: number): string {
  const age = (time: string) => agePhrase(parseInstant(time) ?? now, now);
  const by = bead.created_by === undefined ? "" : ` by ${printable(bead.created_by)}`;
  const times = [`created ${age(bead.created_at)}${by}`, `updated ${age(bead.updated_at)}`];
  if (bead.defer_until !== undefined) times.push(`deferred until ${printable(bead.defer_until)}`);
  if (typeof bead.fields.due_at === "string") times.push(`due ${age(bead.fields.due_at)}`);
  if (bead.closed_at !== undefined) {
    const why = bead.close_reason === undefined ? "" : `: ${printable(bead.close_reason)}`;
    times.push(`closed ${age(bead.closed_at)}${why}`);
  }
  return times.join(" · ");
}

function section(style: Style, title: string, body: string | undefined): string[] {
  if (body === undefined) return [];
  return [
    "",
    style.bold(title),
    ...printableText(body.trimEnd()).split("\n").map((line) => `  ${line}`.trimEnd()),
  ];
}

function relationLines(style: Style, { view, bead }: { view: View; bead: Bead }): string[] {
  const parent = parentOf(view, bead);
  const children = childrenOf(view, bead.key);
  const closed = children.filter((child) => child.status === "closed").length;
  const isOther = (edge: Edge) => edge.type !== "parent-child";
  const list = (title: string, phrases: string[]) =>
    phrases.length === 0 ? [] : ["", style.bold(title), ...phrases];
  return [
    ...list("Part of", parent ? [`  ${beadPhrase(style, parent)}`] : []),
    ...list(
      `Children (${closed} of ${children.length} closed)`,
      children.map((child) => `  ${beadPhrase(style, child)}`),
    ),
    ...list(
      "Depends on",
      dependenciesOf(view, { key: bead.key }).filter(isOther).map((edge) => edgeLine(style, edge)),
    ),
    ...list(
      "Waits for, as a part of something else",
      blockersOf(view, bead).flatMap(({ bead: blocker, type, via }) =>
        via
          ? [
            `${edgeLine(style, { bead: blocker, type, target: blocker.key })} ${
              style.dim(`through ${printable(via.id)}`)
            }`,
          ]
          : []
      ),
    ),
    ...list(
      "Depended on by",
      dependentsOf(view, { key: bead.key }).filter(isOther).map((edge) => edgeLine(style, edge)),
    ),
  ];
}

/** One edge of a bead: the bead at its other end, and the type where it is not the usual one. */
export function edgeLine(style: Style, edge: Pick<Edge, "bead" | "type" | "target">): string {
  const end = edge.bead ? beadPhrase(style, edge.bead) : `? ${printable(edge.target)}`;
  return edge.type === "blocks" ? `  ${end}` : `  ${end} ${style.dim(`(${printable(edge.type)})`)}`;
}

function commentLines(style: Style, { bead, now }: { bead: Bead; now: number }): string[] {
  if (bead.comments.length === 0) return [];
  return [
    "",
    style.bold("Comments"),
    ...bead.comments.flatMap((comment) => commentText(style, { comment, now })),
  ];
}

/** A comment: who and when, then its text, indented. */
export function commentText(
  style: Style,
  { comment, now }: { comment: { author: string; text: string; created_at: string }; now: number },
): string[] {
  const age = agePhrase(parseInstant(comment.created_at) ?? now, now);
  return [
    `  ${style.magenta(`@${printable(comment.author)}`)} ${style.dim(age)}`,
    ...printableText(comment.text.trimEnd()).split("\n").map((line) => `    ${line}`.trimEnd()),
  ];
}

/** Registers that have a place of their own in the output, or mean nothing to a person. */
const SHOWN: ReadonlySet<string> = new Set([
  "due_at",
  "owner",
  "started_at",
  "closed_by_session",
  "source_repo",
]);

function registerLines(style: Style, bead: Bead): string[] {
  const entries = [
    ...Object.entries(bead.fields).filter(([name]) => !SHOWN.has(name)),
    ...Object.entries(bead.metadata).map(([name, value]) => [`metadata.${name}`, value] as const),
  ];
  if (entries.length === 0) return [];
  const shown = (value: Json) => printable(typeof value === "string" ? value : JSON.stringify(value));
  return ["", ...entries.map(([name, value]) => style.dim(`  ${printable(name)}: ${shown(value)}`))];
}
