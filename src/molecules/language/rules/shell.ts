import type { Template } from "../../definition.ts";
import type { CompiledExpression, Read } from "../../expressions/compile.ts";
import type { DraftStep } from "../draft.ts";
import { type Surrounding, surroundings } from "../shell_quotes.ts";
import type { Taint } from "./taint.ts";
import type { TypeCheck } from "./types.ts";

const ADVICE: Readonly<Record<Surrounding, string>> = {
  quotes: "take the quotes away; quote() brings its own",
  backticks: "in backticks quote() does not help; write $(…) in their place",
  "here-document": "in a here-document quote() does not help; give it in env or stdin",
  comment: "in a comment quote() does not help; take it out",
  arithmetic: "in $((…)) quote() does not help; make it a number with int(…)",
  backslash: 'take the "\\" before it away; quote() brings its own quotes',
  dollar: 'take the "$" before it away; quote() brings its own quotes',
};

/** Why an expression of a command lets a shell run what an agent wrote; undefined where it does not. */
export function shellProblem(
  read: Read,
  options: {
    template: Template;
    /** Which `{{ }}` of the template. */
    index: number;
    owner: DraftStep | undefined;
    compiled: CompiledExpression;
    taint: Taint;
    typeCheck: TypeCheck;
  },
): string | undefined {
  const { template, index, owner, compiled, taint, typeCheck } = options;
  if (read.reach === "choice" || !taint.isFromAgent(read, owner)) return undefined;
  if (typeCheck.isHarmless(compiled)) return undefined;
  const around = surroundings(template)[index];
  if (read.reach === "word") {
    return around &&
      `"${read.path.join(".")}" comes from an agent, and the shell would run what it says: ${ADVICE[around]}`;
  }
  const plain = around === "quotes" ? " without quotes around it" : "";
  return `"${read.path.join(".")}" comes from an agent, and the shell would run what it says: ` +
    `write {{ quote(${compiled.source}) }}${plain}, or give it in env`;
}
