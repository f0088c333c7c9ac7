/** A part of a text with the insertions of Go's templates. */
export type GoPart =
  | { kind: "text"; text: string }
  /** `{{name}}` or `{{.name}}`. */
  | { kind: "name"; name: string; dotted: boolean; whole: string }
  /** `{{if .name}}…{{else}}…{{end}}`. */
  | { kind: "if"; name: string; then: readonly GoPart[]; else: readonly GoPart[] };

/** An insertion that is none of those. */
export class GoTemplateProblem extends Error {
  /** `near` is the insertion as it was written. */
  constructor(readonly near: string) {
    super(`"${near}" is neither the name of a variable nor {{if .NAME}}, {{else}} or {{end}}`);
  }
}

/** Splits a text at what stands in double braces; a brace before them is text, and so are braces that nothing ends. */
export const INSERTION = /(\{\{(?!\{)(?:(?!\{\{).)*?\}\})/s;

interface Open {
  name: string;
  whole: string;
  then: GoPart[];
  else?: GoPart[];
}

/** The parts of a text. @throws {GoTemplateProblem} at the first insertion that is anything else. */
export function goParts(text: string): GoPart[] {
  const top: GoPart[] = [];
  const open: Open[] = [];
  const into = () => {
    const last = open.at(-1);
    return last ? last.else ?? last.then : top;
  };
  for (const [at, piece] of text.split(INSERTION).entries()) {
    if (at % 2 === 0) {
      if (piece !== "") into().push({ kind: "text", text: piece });
      continue;
    }
    const inner = piece.slice(2, -2).replace(/^-|-$/g, "").trim();
    const [, condition] = /^if\s+\.([A-Za-z_][\w.]*)$/.exec(inner) ?? [];
    const [, dot, name] = /^(\.?)([A-Za-z_][\w.-]*)$/.exec(inner) ?? [];
    const last = open.at(-1);
    if (condition !== undefined) open.push({ name: condition, whole: piece, then: [] });
    else if (inner === "else" && last && !last.else) last.else = [];
    else if (inner === "end" && last) {
      open.pop();
      into().push({ kind: "if", name: last.name, then: last.then, else: last.else ?? [] });
    } else if (name !== undefined && !["else", "end"].includes(inner)) {
      into().push({ kind: "name", name, dotted: dot === ".", whole: piece });
    } else throw new GoTemplateProblem(piece);
  }
  const left = open.at(-1);
  if (left) throw new GoTemplateProblem(left.whole);
  return top;
}
