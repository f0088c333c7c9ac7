import { compiledIfSound, compileExpression, insertedSource, ROOTS } from "../expressions/compile.ts";
import { type Field, placeInText, textOf } from "./field.ts";
import { shortened } from "./problem.ts";

const BRACES = /\{\{\s*([^{}]+?)\s*\}\}/;

/**
 * Reports a `{{ }}` in a value that is kept as it is written.
 *
 * It is an error where it reads what expressions read, as `vars.x`; what may be meant for another tool is a warning, and
 * what is no CEL is nobody's mistake. `instead` gives what to write in the place of an expression.
 */
export function checkPlain(
  field: Field<unknown>,
  { key, instead }: { key: string; instead: (source: string) => string },
): void {
  const text = textOf(field);
  if (!text.includes("{{")) return;
  const found = BRACES.exec(text);
  const source = found?.[1];
  if (!found || source === undefined) return;
  const meant = compiledIfSound(compileExpression, insertedSource(source));
  if (!meant || meant.reads.length === 0) return;
  const own = compiledIfSound(compileExpression, source)?.reads ?? [];
  const isSure = own.some(({ path: [root, name] }) =>
    name !== undefined && (ROOTS as readonly string[]).includes(root!)
  );
  const shown = shortened(source, 60);
  const message = `${key}: {{ ${shown} }} is not filled in here and stays as it is; ${
    instead(shortened(insertedSource(source), 60))
  }`;
  const { report } = field.file;
  report[isSure ? "error" : "warning"](placeInText(field, found.index), { rule: "value", message });
}

/** Of a name that is none because of its `{{ }}`: `; {{ }} is not filled in here`. */
export function plainHint(name: string): string | undefined {
  return BRACES.test(name) ? "; {{ }} is not filled in here, it is fixed before the run" : undefined;
}
