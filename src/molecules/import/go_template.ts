/** A part of a text with the insertions of Go's templates. */
export type GoPart =
  | { kind: "text"; text: string }
  /** `{{name}}` or `{{.name}}`. */
  | { kind: "name"; name: string; dotted: boolean; whole: string }
  /** `{{if .name}}…{{else}}…{{end}}`; `flat` is the same as parts of which the three are `other`. */
  | {
    kind: "if";
    name: string;
    then: readonly GoPart[];
    else: readonly GoPart[];
    flat: readonly GoPart[];
  }
  /** An insertion that is none of those, or opens, divides or ends a block that is none. */
  | { kind: "other"; whole: string };

/** Splits a text at what stands in double braces; a brace before them is text, and so are braces that nothing ends. */
const INSERTION = /(\{\{(?!\{)(?:(?!\{\{).)*?\}\})/s;

/** A block whose end is still to come. */
interface Block {
  /** What an `if` asks for; absent for a block of another kind. */
  name?: string | undefined;
  then: GoPart[];
  else?: GoPart[];
  /** All of it, in order, with its marks. */
  flat: GoPart[];
}

/** The parts of a text. */
export function goParts(text: string): GoPart[] {
  const top: GoPart[] = [];
  const open: Block[] = [];
  const push = (...parts: GoPart[]) => {
    const last = open.at(-1);
    if (!last) return void top.push(...parts);
    (last.else ?? last.then).push(...parts);
    last.flat.push(...parts);
  };
  for (const [at, piece] of text.split(INSERTION).entries()) {
    if (at % 2 === 0) {
      if (piece !== "") push({ kind: "text", text: piece });
      continue;
    }
    const inner = piece.slice(2, -2).replace(/^-|-$/g, "").trim();
    const other: GoPart = { kind: "other", whole: piece };
    const [, word] = /^(if|range|with|block|define)\s/.exec(inner) ?? [];
    const [, dot, name] = /^(\.?)([A-Za-z_][\w.-]*)$/.exec(inner) ?? [];
    const last = open.at(-1);
    if (word !== undefined) {
      const [, asked] = /^if\s+\.([A-Za-z_][\w.]*)$/.exec(inner) ?? [];
      open.push({ name: asked, then: [], flat: [other] });
    } else if (last && /^else(\s|$)/.test(inner)) {
      if (inner !== "else" || last.else) delete last.name;
      last.else ??= [];
      last.flat.push(other);
    } else if (last && inner === "end") {
      open.pop();
      const { then, else: no = [], flat } = last;
      const all = [...flat, other];
      if (last.name === undefined) push(...all);
      else push({ kind: "if", name: last.name, then, else: no, flat: all });
    } else if (name !== undefined && !["else", "end"].includes(inner)) {
      push({ kind: "name", name, dotted: dot === ".", whole: piece });
    } else push(other);
  }
  for (let left = open.pop(); left; left = open.pop()) push(...left.flat);
  return top;
}

/** The first insertion that is none, as it was written; undefined where there is none. */
export function firstOther(parts: readonly GoPart[]): string | undefined {
  for (const part of parts) {
    const found = part.kind === "other"
      ? part.whole
      : part.kind === "if"
      ? firstOther(part.then) ?? firstOther(part.else)
      : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
