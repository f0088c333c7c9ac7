import { type Importing, kindInWords, scalarText, type Table } from "./formula.ts";
import { addGate } from "./formula_gates.ts";
import { unrolled } from "./formula_loops.ts";
import { convertId, otherName } from "./formula_ids.ts";
import { convertCondition, convertText } from "./formula_text.ts";
import { addWaits, settleNeeds } from "./formula_waits.ts";
import { defined, noSteps, paragraphs, type StepContext, type StepMap, type StepsOf } from "./step_map.ts";

/** Reads a list of steps that stand together, and what they need of each other. */
export function readSteps(tables: readonly Table[], context: StepContext): StepsOf {
  const all = noSteps();
  const raw = tables.flatMap(rawIds);
  const local = new Set(raw);
  context.ids.expect(raw.map((id) => plainId(id, context).id));
  for (const table of tables) readStep(table, { ...context, local, all });
  settleNeeds(all);
  return all;
}

/** What the keys of a step become. */
const STEP_KEYS = {
  description: ["description", "prompt"],
  notes: ["description", "prompt"],
  depends_on: ["needs"],
  waits_for: ["needs"],
  condition: ["when"],
  expand: ["molecule"],
  expand_vars: ["with"],
} as const;

type Inner = StepContext & { all: StepsOf };

/** The ids of a step and its children as written, without asking for anything. */
function rawIds(table: Table): string[] {
  const children = table.tables("children").flatMap(rawIds);
  const id = table.value("id");
  return typeof id === "string" ? [id, ...children] : children;
}

function readStep(table: Table, context: Inner): string {
  const { importing, path } = table;
  const { all, words } = context;
  const id = idOf(table, context);
  const needs = [...table.texts("needs"), ...table.texts("depends_on")].map((need) =>
    convertNeed(need, context)
  );
  const condition = table.text("condition");
  const place = { importing, path: `${path}.condition`, ...(words ? { words } : {}) };
  const when = condition === undefined ? undefined : convertCondition(condition, place);
  const loop = table.table("loop");
  if (loop) {
    const before = all.steps.length;
    unrolled(loop, { id, needs, when, context, all, read: readSteps });
    const made = all.steps[before] ?? {};
    if (all.steps.length > before) table.became(made, STEP_KEYS);
    table.leaveOut(["title", "description", "notes", "type"], {
      why: "a loop is its steps; it has no step of its own",
      above: made,
    });
    table.refuseAll(
      ["gate", "children", "expand", "expand_vars", "on_complete", "waits_for", "agent"],
      "a loop has none; give it to a step of its body",
    );
    table.done();
    return id;
  }
  const step: StepMap = { id, ...textsOf(table, context), ...defined({ when }) };
  if (needs.length > 0) step.needs = needs;
  table.became(step, STEP_KEYS);
  addGate(table, { step, all, context });
  addWaits(table, { step, convert: (need) => convertNeed(need, context) });
  all.steps.push(step);
  addChildren(table, { step, context });
  addOnComplete(table, { step, context });
  addAgent(table, step);
  addExpansion(table, { step, context });
  table.leaveOut(["type", "priority", "labels", "assignee", "metadata", "parallel", "interactive"], {
    why: "a step has none",
    above: step,
  });
  table.done();
  return id;
}

function textsOf(table: Table, { words }: Inner): Record<string, unknown> {
  const { importing, path } = table;
  const text = (key: string) => {
    const written = table.text(key);
    const place = { importing, path: `${path}.${key}`, ...(words ? { words } : {}) };
    return written === undefined ? undefined : convertText(written, place);
  };
  return defined({
    title: text("title")?.trim(),
    description: paragraphs(text("description"), text("notes")),
    acceptance: paragraphs(text("acceptance")),
  });
}

function idOf(table: Table, context: Inner): string {
  const { importing, path } = table;
  const written = table.text("id");
  if (written === undefined) {
    if (!table.has("id")) importing.refuse(path, "a step has no id");
    return `${context.prefix ?? ""}unnamed`;
  }
  const { id, isComputed } = plainId(written, context);
  if (isComputed) importing.refuse(`${path}.id`, `"${written}" is computed`);
  if (!context.ids.take(id)) {
    importing.refuse(`${path}.id`, `"${written}" and another step become "${id}"`);
  }
  return id;
}

function plainId(
  written: string,
  { prefix = "", strip, words }: StepContext,
): { id: string; isComputed: boolean } {
  const plain = withoutTarget(written, strip).replace(
    /\{([\w.]+)\}/g,
    (whole, word) => words?.single?.(word) ?? whole,
  );
  return { id: prefix + convertId(plain), isComputed: plain.includes("{") };
}

function withoutTarget(written: string, strip: RegExp | undefined): string {
  return strip === undefined ? written : written.replace(strip, "") || "target";
}

function convertNeed(need: string, { prefix = "", outer = "", local, strip, words }: StepContext): string {
  const plain = withoutTarget(need, strip).replace(
    /\{([\w.]+)\}/g,
    (whole, word) => words?.single?.(word) ?? whole,
  );
  return (local?.has(need) ? prefix : outer) + convertId(plain);
}

/** Children wait for what their parent waits for; it is done once they are. */
function addChildren(table: Table, { step, context }: { step: StepMap; context: Inner }): void {
  const { all } = context;
  const inherited = step.needs as readonly string[] | undefined ?? [];
  const { when } = step;
  const ids: string[] = [];
  for (const child of table.tables("children")) {
    const before = all.steps.length;
    ids.push(readStep(child, context));
    for (const made of all.steps.slice(before)) {
      const own = made.needs as readonly string[] | undefined ?? [];
      const needs = [...new Set([...inherited, ...own])];
      if (needs.length > 0) made.needs = needs;
      if (when !== undefined) made.when = made.when === undefined ? when : `(${when}) && (${made.when})`;
    }
  }
  if (ids.length === 0) return;
  all.children.set(step.id, ids);
  step.needs = [...inherited, ...ids];
}

/** `expand` is a nested molecule: the formula of that name, imported as well. */
function addExpansion(table: Table, { step, context }: { step: StepMap; context: Inner }): void {
  const { importing, path } = table;
  const name = table.text("expand");
  const values = table.table("expand_vars");
  const texts = textValues(values, context);
  if (name !== undefined) {
    makeExpansion(step, {
      name: otherName(name, importing),
      values: texts,
      importing,
      path: `${path}.expand`,
    });
  } else if (values) importing.refuse(`${path}.expand_vars`, "there is nothing to expand");
}

/** Makes a step a run of an imported expansion, by the name it has here; its variables say what it is about. */
export function makeExpansion(
  step: StepMap,
  { name, values, importing, path }: {
    name: string;
    values: Readonly<Record<string, string>>;
    importing: Importing;
    /** Where the formula says so. */
    path: string;
  },
): void {
  if (step.molecule !== undefined) {
    importing.refuse(path, `step "${step.id}" is expanded already, with "${step.molecule}"`);
  }
  for (const key of ["outputs", "prompt"]) {
    if (step[key] === undefined) continue;
    const what = key === "outputs" ? "on_complete" : "an agent";
    importing.refuse(path, `step "${step.id}" has ${what}, which it cannot have when it is expanded`);
  }
  const title = typeof step.title === "string" ? step.title : step.id;
  const description = typeof step.description === "string" ? step.description : "";
  step.molecule = name;
  step.with = { target: step.id, target_title: title, target_description: description, ...values };
}

/** The values of a table of texts, converted. */
export function textValues(
  table: Table | undefined,
  { words }: Pick<StepContext, "words">,
): Record<string, string> {
  if (!table) return {};
  const { importing, path } = table;
  return Object.fromEntries(
    table.entries().map(([name, value]) => {
      const place = { importing, path: `${path}.${name}`, ...(words ? { words } : {}) };
      const text = scalarText(value);
      if (text === undefined) importing.refuse(place.path, `expected one value, found ${kindInWords(value)}`);
      return [name.replace(/[^A-Za-z0-9_]/g, "_"), convertText(text ?? "", place)];
    }),
  );
}

/** `on_complete` runs a molecule for each element of an output. */
function addOnComplete(table: Table, { step, context }: { step: StepMap; context: Inner }): void {
  const bond = table.table("on_complete");
  if (!bond) return;
  const { importing, path } = bond;
  const list = /^output\.([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*)*)$/.exec(bond.text("for_each") ?? "");
  const name = bond.text("bond");
  if (!list) importing.refuse(`${path}.for_each`, "expected output.NAME");
  if (name === undefined) importing.refuse(path, "there is no bond");
  const single = (word: string) => {
    if (word === "index") importing.refuse(`${path}.vars`, "{index} is not known here", "{index}");
    return /^item(\.\w+)*$/.test(word) ? `{{ ${word} }}` : undefined;
  };
  const values = textValues(bond.table("vars"), { words: { single } });
  const inTurn = bond.flag("sequential") === true;
  const atOnce = bond.flag("parallel") === true;
  if (inTurn && atOnce) importing.refuse(path, "it is both parallel and sequential");
  bond.done();
  if (!list || name === undefined) return;
  const [, output, inner] = list;
  const id = context.ids.make(`${step.id}-each`, { of: step.id });
  step.outputs = [output];
  const made: StepMap = {
    id,
    needs: [step.id],
    ...defined({ when: step.when }),
    for_each: `${stepName(step.id)}.outputs.${output}${inner}`,
    ...(inTurn ? { max_parallel: 1 } : {}),
    molecule: otherName(name, importing),
    ...(Object.keys(values).length > 0 ? { with: values } : {}),
    aspects: false,
  };
  context.all.steps.push(made);
  bond.became(made, { for_each: ["for_each"], bond: ["molecule"], vars: ["with"] });
  context.all.fans.add(id);
  context.all.children.set(step.id, [...context.all.children.get(step.id) ?? [], id]);
}

function stepName(id: string): string {
  return id.includes("-") ? `steps["${id}"]` : `steps.${id}`;
}

/** A step with an agent of its own is that agent's work. */
function addAgent(table: Table, step: StepMap): void {
  const agent = table.text("agent");
  if (agent === undefined) return;
  step.prompt = step.description ?? step.title ?? step.id;
  delete step.description;
  step.agent = { agent };
}
