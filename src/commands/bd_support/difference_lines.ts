import type { Difference } from "../../beads/differences.ts";
import type { Json, JsonObject } from "../../lib/json.ts";
import { printable, printableText } from "../../lib/printable.ts";
import type { Style } from "../../lib/style.ts";

const SIGNS = { created: ["+", "green"], changed: ["~", "yellow"], deleted: ["-", "red"] } as const;

/** What became of a bead, as git shows a change: the bead, then what was taken and what was put in its place. */
export function differenceLines(style: Style, difference: Difference): string[] {
  const { bead, change, fields, labels, dependencies, comments } = difference;
  const [sign, colour] = SIGNS[change];
  const signed = (kind: "+" | "-", text: string) =>
    style[kind === "+" ? "green" : "red"](`  ${kind} ${text}`);
  const edge = (kind: "+" | "-") => (each: { type: string; depends_on_id: string }) =>
    signed(kind, `${printable(each.type)} ${printable(each.depends_on_id)}`);
  return [
    `${style[colour](sign)} ${style.cyan(printable(bead.id))} ${printable(bead.title)}`,
    ...fieldLines(style, { fields, created: change === "created" }),
    ...labels.removed.map((label) => signed("-", `label ${printable(label)}`)),
    ...labels.added.map((label) => signed("+", `label ${printable(label)}`)),
    ...dependencies.removed.map(edge("-")),
    ...dependencies.added.map(edge("+")),
    ...comments.map((comment) => signed("+", `@${printable(comment.author)}: ${printable(comment.text)}`)),
  ];
}

function fieldLines(
  style: Style,
  { fields, created }: { fields: Difference["fields"]; created: boolean },
): string[] {
  return Object.entries(fields).flatMap(([name, { from, to }]) => {
    if (created) {
      const plain = name === "title" || name === "status" && to === "open";
      return plain ? [] : valueLines(style, { name, value: to, sign: "+" });
    }
    return [
      ...valueLines(style, { name, value: from, sign: "-" }),
      ...valueLines(style, { name, value: to, sign: "+" }),
    ];
  });
}

/** A value on its lines, each with the sign; nothing for one that is not there. */
function valueLines(
  style: Style,
  { name, value, sign }: { name: string; value: Json; sign: "+" | "-" },
): string[] {
  if (value === null) return [];
  const text = typeof value === "string" ? printableText(value) : printable(JSON.stringify(value));
  const colour = sign === "+" ? "green" : "red";
  return text.split("\n").map((line, at) => {
    const label = at === 0 ? `${printable(name)}: ` : " ".repeat(name.length + 2);
    return style[colour](`  ${sign} ${label}${line}`.trimEnd());
  });
}

/** What became of a bead, as JSON gives it. */
export function differenceShape({ bead, comments, ...rest }: Difference): JsonObject {
  return {
    id: bead.id,
    title: bead.title,
    change: rest.change,
    fields: rest.fields,
    labels: rest.labels,
    dependencies: rest.dependencies as unknown as JsonObject,
    comments: comments.map(({ id, author, text, created_at }) => ({ id, author, text, created_at })),
  };
}
