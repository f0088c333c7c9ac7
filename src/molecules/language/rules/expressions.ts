import { closestWord } from "../../../lib/closest_word.ts";
import type { SourcePlace, Template } from "../../definition.ts";
import {
  type CompiledExpression,
  insertedSource,
  insertionShift,
  type Read,
  ROOTS,
} from "../../expressions/compile.ts";
import { ExpressionSyntaxError } from "../../expressions/syntax_problem.ts";
import { placeInExpression, placeInTemplate } from "../../expressions/places.ts";
import { templateParts } from "../../expressions/template_text.ts";
import { dollarAdvice, isDollar } from "../braces.ts";
import type { Draft, UsedExpression } from "../draft.ts";
import { type Report, type Rule, shortened, suggestion } from "../problem.ts";
import { type ReadableNames, readableNames, rootProblem } from "./scopes.ts";
import { shellProblem } from "./shell.ts";
import { absentProblem, stepReadProblem, sureProblem } from "./step_reads.ts";
import type { StepReports } from "./step_reports.ts";
import { type Taint, taintOf } from "./taint.ts";
import type { TypeCheck } from "./types.ts";

/** An expression with the place of each of its characters. */
interface Located {
  source: string;
  /** Where an offset of the source stands; undefined for what stands in no file. */
  placeOf(offset: number): SourcePlace | undefined;
  /** What the library reads, where that is not the source itself. */
  meant: string;
  /** The template it is of, and which of its insertions. */
  template?: Template;
  index: number;
}

interface ReadProblem {
  rule: Rule;
  message: string;
}

/** What the expressions of a molecule read. */
export interface ReadNames {
  vars: Set<string>;
  environment: Set<string>;
  /** Where the bead is read first. */
  bead?: SourcePlace;
}

/** What is wrong with the expressions of a molecule; also finds out what they read. */
export function checkExpressions(
  draft: Draft,
  { report, reports, typeCheck }: { report: Report; reports: StepReports; typeCheck: TypeCheck },
): ReadNames {
  const names = readableNames(draft);
  const read: ReadNames = { vars: new Set<string>(), environment: new Set<string>() };
  const taint = taintOf(draft, { typeCheck });
  const check = (used: UsedExpression, { readable, into }: { readable: ReadableNames; into: Report }) => {
    for (const located of locatedIn(used)) {
      checkOne(located, { used, readable, report: into, typeCheck, taint, read });
    }
  };
  for (const used of draft.uses) check(used, { readable: names({ used }), into: report });
  for (const owner of draft.steps) {
    const into = reports(owner);
    for (const used of owner.uses) check(used, { readable: names({ owner, used }), into });
  }
  return read;
}

function locatedIn({ expression, template }: UsedExpression): Located[] {
  if (expression) {
    const { source } = expression;
    const placeOf = (offset: number) => placeInExpression(expression, offset);
    return [{ source, placeOf, meant: source, index: 0 }];
  }
  const insertions = templateParts(template!.text).flatMap((part) => "text" in part ? [] : [part]);
  return insertions.map(({ source, at: braces, from }, index) => ({
    source,
    placeOf: (offset) => placeInTemplate(template!, { index, braces, offset: from + offset }),
    meant: insertedSource(source),
    template: template!,
    index,
  }));
}

interface Checking {
  used: UsedExpression;
  readable: ReadableNames;
  report: Report;
  typeCheck: TypeCheck;
  taint: Taint;
  read: ReadNames;
}

function checkOne(located: Located, checking: Checking): void {
  const { source, placeOf, meant } = located;
  const { used, readable, report, typeCheck, read } = checking;
  let shift = 0;
  const placed = (offset: number) => placeOf(Math.max(0, offset - shift)) ?? readable.draft.place;
  const complain = (offset: number, problem: ReadProblem) => report.error(placed(offset), problem);
  let compiled: CompiledExpression;
  try {
    compiled = typeCheck.compile(meant);
    shift = insertionShift(source, compiled);
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error;
    complain(error.offset, {
      rule: "expression",
      message: `${error.message} in "${shortened(source)}"${syntaxHint(source, error)}`,
    });
    return;
  }
  let [isSound, isQuiet] = [true, true];
  // Behind a name that is wrong: what follows from it is not said as well.
  let wrongUntil = -1;
  for (const each of compiled.reads) {
    noteRead(each, { ...read, draft: readable.draft });
    if (each.start < wrongUntil || each.start === wrongUntil + 1 && meant[wrongUntil] === "-") {
      wrongUntil = Math.max(wrongUntil, each.end);
      continue;
    }
    if (each.path[0] === "bead") read.bead = earlier(read.bead, placed(each.start));
    const problem = readProblem(each, { readable, reads: compiled.reads, typeCheck, source: meant }) ??
      injection(each, { located, compiled, checking });
    const doubt = problem ? undefined : readDoubt(each, { readable, reads: compiled.reads, typeCheck });
    if (doubt) report.warning(placed(each.start), doubt);
    if (!problem) continue;
    isQuiet = false;
    if (problem.rule !== "shell-injection") isSound = false;
    if (isCutAtHyphen(each, { source: meant, readable }) || problem.rule === "unknown-step") {
      wrongUntil = each.end;
    }
    complain(each.start, problem);
  }
  if (isQuiet) checkDollar(located, checking);
  // Types mean nothing where a name is wrong.
  const wrongType = isSound
    ? typeCheck.problem(compiled, { use: used.use, owner: readable.owner })
    : undefined;
  if (wrongType) {
    const { message: state, hint = "", offset } = wrongType;
    const message = `${state} in "${shortened(source)}"${hint}`;
    complain(offset, { rule: "expression-type", message });
  }
}

/** Whether a name with a hyphen is read: the rest of it is no name of its own. */
function isCutAtHyphen(
  { path, end }: Read,
  { source, readable }: { source: string; readable: ReadableNames },
): boolean {
  const name = path.at(-1)!;
  return source[end] === "-" && readable.vars.some((each) => each.startsWith(`${name}-`));
}

/** A `$` that stays before what an expression gives, as where other languages write `${{ }}`. */
function checkDollar({ template, index, source, placeOf }: Located, { used, report }: Checking): void {
  if (!template?.text.includes("${{")) return;
  const insertions = templateParts(template.text).flatMap((part) => "text" in part ? [] : [part]);
  const { at, from } = insertions[index]!;
  const isShell = used.use === "shell";
  if (!isDollar(template.text.slice(0, at), { isShell })) return;
  report.warning(placeOf(at - 1 - from)!, { rule: "expression", message: dollarAdvice(source, { isShell }) });
}

/** The place that comes first in the molecule's own file. */
function earlier(one: SourcePlace | undefined, other: SourcePlace): SourcePlace {
  if (!one || one.file !== undefined && other.file === undefined) return other;
  const isLater = one.line > other.line || one.line === other.line && one.column > other.column;
  return one.file === other.file && isLater ? other : one;
}

function syntaxHint(source: string, { hint }: ExpressionSyntaxError): string {
  if (hint !== undefined) return `; ${hint}`;
  return source.startsWith(".") || source.startsWith("{")
    ? '; two braces that are no expression are written {{ "{{" }}'
    : "";
}

function noteRead(
  { path, dynamic }: Read,
  { vars, environment, draft }: { vars: Set<string>; environment: Set<string>; draft: Draft },
): void {
  const [root, name] = path;
  if (root === "env" && name !== undefined) environment.add(name);
  if (root !== "vars") {
    // A variable that is named without its "vars." is meant all the same.
    if (root !== undefined) vars.add(root);
    return;
  }
  if (name !== undefined) vars.add(name);
  else if (dynamic || path.length === 1) { for (const { variable } of draft.vars) vars.add(variable.name); }
}

const RUN_FIELDS = ["id", "molecule", "version", "status", "by"];
const BEAD_FIELDS = ["id", "title"];
/** These are put in where an aspect is woven around a step, so that only another name is still read. */
const STEP_FIELDS = ["id", "title"];

function readProblem(
  read: Read,
  options: { readable: ReadableNames; reads: readonly Read[]; typeCheck: TypeCheck; source: string },
): ReadProblem | undefined {
  const { path } = read;
  const { readable, source } = options;
  const [root, name] = path as [string, string | undefined];
  const problem = rootProblem(root, readable);
  if (problem !== undefined) {
    return problem === "" ? unknownName(read, readable) : { rule: "unknown-name", message: problem };
  }
  const { vars } = readable;
  if (root === "steps") {
    const { reads, typeCheck: { compile } } = options;
    return stepReadProblem(read, { readable, source }) ?? sureProblem(read, { readable, reads, compile });
  }
  if (name === undefined) return wholeProblem(read);
  if (root === "vars" && !vars.includes(name)) {
    const hyphenated = vars.find((each) => each.startsWith(`${name}-`));
    if (hyphenated !== undefined) {
      const message = `"${hyphenated}" cannot be read, "-" subtracts: call it ${
        hyphenated.replaceAll("-", "_")
      }`;
      return { rule: "unknown-variable", message };
    }
    return { rule: "unknown-variable", message: `there is no variable "${name}"${suggestion(name, vars)}` };
  }
  if (root === "matrix") {
    const known = Object.keys(readable.owner?.step.matrix?.[0] ?? {});
    // One of which nothing could be read is reported already.
    return known.length === 0 ? undefined : unknownField({ name, known, what: "the matrix" });
  }
  if (root === "run") return unknownField({ name, known: RUN_FIELDS, what: "a run" });
  if (root === "step") {
    return unknownField({ name, known: STEP_FIELDS, what: "the step that an aspect is around" });
  }
  if (root === "bead") return unknownField({ name, known: BEAD_FIELDS, what: "a bead" });
  return root === "env" ? secretProblem(name, readable) : undefined;
}

/** What may go wrong with a path that can be read. */
function readDoubt(
  read: Read,
  { readable, reads, typeCheck: { compile } }: {
    readable: ReadableNames;
    reads: readonly Read[];
    typeCheck: TypeCheck;
  },
): ReadProblem | undefined {
  const [root, name] = read.path;
  if (root === "steps") return absentProblem(read, { readable, reads, compile });
  if (root !== "env" || name === undefined || !SECRET_NAME.test(name)) return undefined;
  // A secret that is not there keeps its command from beginning: whether it is there is no question of it.
  const isQuestion = read.isAsked || readable.key === "when";
  const message = `"${name}" looks like a secret, and what an expression gives is written down; ${
    isQuestion ? `ask in the command itself: test -n "$${name}" || exit 0` : secretAdvice(name)
  }`;
  return { rule: "secret", message };
}

/** Names in an environment whose values nobody is to see. */
const SECRET_NAME =
  /(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|(API|ACCESS|PRIVATE|SECRET)_?KEY)$/i;

function secretProblem(name: string, { secrets }: ReadableNames): ReadProblem | undefined {
  if (!secrets.has(name)) return undefined;
  const message = `"${name}" is a secret, and what an expression gives is written down; ` +
    `a command that names it in "secrets" reads $${name}`;
  return { rule: "secret", message };
}

function secretAdvice(name: string): string {
  return `in a command, name it in secrets: [${name}] and read $${name}`;
}

/** `env` as a whole would write all of the environment down; of the step of an aspect only parts are known. */
function wholeProblem({ path, dynamic }: Read): ReadProblem | undefined {
  if (path[0] === "step") {
    return { rule: "unknown-name", message: 'name what is read of "step": step.id or step.title' };
  }
  if (path[0] !== "env") return undefined;
  const message = `name what is read of "env": ${
    dynamic ? "a name that is computed cannot be recorded" : "env.NAME"
  }`;
  return { rule: "unknown-name", message };
}

function unknownField(
  options: { name: string; known: readonly string[]; what: string },
): ReadProblem | undefined {
  const { name, known, what } = options;
  if (known.includes(name)) return undefined;
  return { rule: "unknown-name", message: `${what} has no "${name}" here${suggestion(name, known)}` };
}

/** What is called something else in other languages. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  ...{
    yes: "true",
    on: "true",
    no: "false",
    off: "false",
    True: "true",
    False: "false",
    None: "null",
    nil: "null",
    undefined: "null",
  },
  ...{ inputs: "vars", input: "vars", params: "vars", parameters: "vars", variables: "vars" },
  ...{ needs: "steps.ID", jobs: "steps.ID", tasks: "steps.ID", outputs: "steps.ID.outputs", github: "env" },
};

function unknownName({ path: [root = "", ...rest] }: Read, readable: ReadableNames): ReadProblem {
  if (root === "secrets") {
    const [name = "NAME"] = rest;
    return { rule: "unknown-name", message: `there is no "secrets" here; ${secretAdvice(name)}` };
  }
  const said = (hint: string): ReadProblem => ({
    rule: "unknown-name",
    message: `there is no "${root}" here${hint}`,
  });
  const hyphenated = readable.vars.find((each) => each.startsWith(`${root}-`));
  if (hyphenated !== undefined) {
    return said(
      `; "${hyphenated}" cannot be read, "-" subtracts: call it ${hyphenated.replaceAll("-", "_")}`,
    );
  }
  if (readable.vars.includes(root)) return said(`; did you mean "vars.${root}"?`);
  if (readable.stepById.has(root)) return said(`; did you mean "steps.${root}"?`);
  if (Object.hasOwn(ELSEWHERE, root)) return said(`; did you mean "${ELSEWHERE[root]}"?`);
  const known = ROOTS.filter((each) => rootProblem(each, readable) === undefined);
  const isMisspelt = closestWord(root, known) !== undefined;
  const variable = closestWord(root, readable.vars);
  if (variable !== undefined && !isMisspelt) return said(`; did you mean "vars.${variable}"?`);
  return said(
    rest.length > 0 || isMisspelt ? suggestion(root, known) : `; a text stands in quotes: "${root}"`,
  );
}

/** What an agent wrote must not be read by a shell as anything but a word. */
function injection(
  read: Read,
  { located, compiled, checking }: { located: Located; compiled: CompiledExpression; checking: Checking },
): ReadProblem | undefined {
  const { template, index } = located;
  const { used, readable: { owner }, taint, typeCheck } = checking;
  if (used.use !== "shell" || !template) return undefined;
  const message = shellProblem(read, { template, index, owner, compiled, taint, typeCheck });
  return message === undefined ? undefined : { rule: "shell-injection", message };
}
