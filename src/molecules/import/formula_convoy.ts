import { addComment, scalarText, type Table } from "./formula.ts";
import { convertId } from "./formula_ids.ts";
import { convertText, type Words } from "./formula_text.ts";
import { type Unless, type VarMap } from "./formula_vars.ts";
import type { StepIds } from "./step_ids.ts";
import { defined, paragraphs, type StepMap } from "./step_map.ts";

const SYNTHESIS = "synthesis";

/** What a convoy formula says beside its legs. */
interface Convoy {
  ids: StepIds;
  top: Table;
  prompts: Table | undefined;
  output: Table | undefined;
  /** Paths of what the steps are made of; what else is written there becomes a comment. */
  read: Set<string>;
  words(leg: Leg | undefined, path: string): Words;
  /** Ids of the presets that each leg is in. */
  presets: ReadonlyMap<string, readonly string[]> | undefined;
  /** Ids of the steps without which no leg may begin. */
  guards: readonly string[];
}

interface Leg {
  path: string;
  id: string;
  title: string;
  focus: string;
  description: string;
}

const LEG_KEYS: readonly string[] = ["id", "title", "focus", "description"];
const REVIEW = "Change nothing: this is a review.";

/** Reads the legs and the synthesis of a convoy formula, as prompts for workers of a rig. */
export function readConvoy(
  top: Table,
  { vars, unless, ids }: { vars: VarMap; unless: readonly Unless[]; ids: StepIds },
): StepMap[] {
  const { importing } = top;
  importing.isStrict = true;
  const legs = top.tables("legs");
  if (legs.length === 0) importing.refuse("legs", "a convoy has no legs");
  const written = legs.flatMap((leg) => scalarText(leg.value("id")) ?? []);
  ids.expect([...written.map(convertId), SYNTHESIS]);
  const guards = unless.map((each) => guardStep(each, ids));
  const output = top.table("output");
  const read = new Set<string>();
  const convoy: Convoy = {
    ...{ ids, top, output, read },
    prompts: top.table("prompts"),
    words: wordsOf(top, { output, read }),
    presets: readPresets(top, { vars, legs: written }),
    guards: guards.map(({ id }) => id),
  };
  const steps = legs.map((leg) => legStep(leg, convoy));
  const synthesis = top.table("synthesis");
  if (synthesis) steps.push(synthesisStep(synthesis, { convoy, legs: steps }));
  const [first] = steps;
  if (first) {
    convoy.prompts?.became(first);
    leaveOutUnread(top, { keys: ["agent", "review_only"], why: "each step has its own", above: first, read });
    leaveOutUnread(convoy.prompts, { keys: ["base"], why: "each leg has its own", above: first, read });
    if (!synthesis) convoy.prompts?.leaveOut(["synthesis"], { why: "there is no synthesis", above: first });
    leaveOutUnread(output, { keys: OUTPUT_KEYS, why: "no prompt reads it", above: first, read });
  }
  convoy.prompts?.done();
  output?.done();
  if (!Object.hasOwn(vars, "rig")) vars.rig = { description: "The rig whose workers do it", required: true };
  return [...guards, ...steps];
}

/** `required_unless` becomes a command that fails when neither value was given. */
function guardStep({ name, others }: Unless, ids: StepIds): StepMap {
  const all = [name, ...others];
  return {
    id: ids.make(`given-${convertId(name).replaceAll("_", "-")}`, { of: name }),
    title: `One of ${all.join(", ")} is given`,
    when: all.map((each) => `string(vars.${each}) == ""`).join(" && "),
    run: `echo "Give one of ${all.join(", ")}" >&2; exit 1`,
    aspects: false,
  };
}

const OUTPUT_KEYS = ["directory", "leg_pattern", "synthesis"] as const;

/** What a table says that no step was made of stays as comments. */
function leaveOutUnread(
  table: Table | undefined,
  { keys, read, ...options }: {
    keys: readonly string[];
    read: ReadonlySet<string>;
    why: string;
    above: object;
  },
): void {
  const unread = keys.filter((key) => !read.has(table?.path === "" ? key : `${table?.path}.${key}`));
  table?.leaveOut(unread, options);
}

function wordsOf(
  top: Table,
  { output, read }: { output: Table | undefined; read: Set<string> },
): Convoy["words"] {
  const { importing } = top;
  const written: Readonly<Record<(typeof OUTPUT_KEYS)[number], string>> = {
    directory: output?.text("directory") ?? "",
    leg_pattern: output?.text("leg_pattern") ?? "{{.leg.id}}.md",
    synthesis: output?.text("synthesis") ?? "",
  };
  const outputOf = (key: keyof typeof written) => {
    read.add(`output.${key}`);
    return written[key];
  };
  const name = top.text("formula") ?? "";
  const words = (leg: Leg | undefined, path: string): Words => {
    const inner = (text: string) => convertText(text, { importing, path, words: { dotted } });
    const dotted = (word: string): string | undefined => {
      const [first, second] = word.split(".");
      if (first === "leg" && leg && second !== undefined) {
        read.add(`${leg.path}.${second}`);
        return LEG_KEYS.includes(second) ? inner(leg[second as keyof Leg]) : undefined;
      }
      if (first === "output" && second !== undefined && Object.hasOwn(written, second)) {
        return inner(outputOf(second as keyof typeof written));
      }
      if (word === "output_path") {
        return inner(`${outputOf("directory")}/${outputOf(leg ? "leg_pattern" : "synthesis")}`);
      }
      if (word === "formula_name") return name;
      return /^[a-z]+_id$/.test(word) && !importing.declared.has(word) ? "{{ run.id }}" : undefined;
    };
    return { dotted };
  };
  return words;
}

/** `presets` become a variable whose value says which legs are worked. */
function readPresets(
  top: Table,
  { vars, legs }: { vars: VarMap; legs: readonly string[] },
): Map<string, string[]> | undefined {
  const presets = top.table("presets");
  if (!presets) return undefined;
  const { importing } = presets;
  const names = presets.entries().map(([name]) => name);
  const of = new Map<string, string[]>(legs.map((leg) => [leg, []]));
  const variable: Record<string, unknown> = {
    description: "Which of the legs are worked",
    default: "every",
    enum: ["every", ...names],
  };
  for (const name of names) {
    const preset = presets.table(name);
    if (!preset) continue;
    for (const leg of preset.texts("legs")) {
      if (of.has(leg)) of.get(leg)!.push(name);
      else importing.refuse(`${preset.path}.legs`, `there is no leg "${leg}"`);
    }
    const description = preset.text("description");
    if (description !== undefined) addComment(importing, variable, [`${name}: ${description.trim()}`]);
    preset.became(variable);
    preset.done();
  }
  if (Object.hasOwn(vars, "preset")) importing.refuse("presets", 'there is a variable "preset" already');
  vars.preset = variable;
  presets.became(variable);
  return of;
}

function legStep(table: Table, convoy: Convoy): StepMap {
  const { importing, path } = table;
  const id = table.text("id");
  if (!table.has("id")) importing.refuse(path, "a leg has no id");
  const leg: Leg = {
    path,
    id: id ?? "unnamed",
    title: table.text("title")?.trim() ?? id ?? "",
    focus: table.text("focus")?.trim() ?? "",
    description: table.text("description")?.trim() ?? "",
  };
  const words = convoy.words(leg, path);
  const stepId = takeId(leg.id, { convoy, table });
  const own = id === undefined ? undefined : convoy.prompts?.text(id);
  const base = own ?? convoy.prompts?.text("base");
  const text = base ?? paragraphs(leg.focus, leg.description) ?? leg.title;
  const from = base === undefined
    ? `${path}.description`
    : own === undefined
    ? "prompts.base"
    : `prompts.${id}`;
  for (const key of base === undefined ? ["focus", "description"] : []) convoy.read.add(`${path}.${key}`);
  convoy.read.add(from);
  const isReview = ownOr(table, { key: "review_only", convoy, of: (each) => each.flag("review_only") });
  const presets = id === undefined ? undefined : convoy.presets?.get(id);
  const when = presets && `vars.preset in ${JSON.stringify(["every", ...presets])}`;
  const step: StepMap = {
    id: stepId,
    ...defined({ title: convertText(leg.title, { importing, path: `${path}.title`, words }), when }),
    ...(convoy.guards.length === 0 ? {} : { needs: convoy.guards }),
    ...agentOf(table, convoy),
    prompt: paragraphs(convertText(text, { importing, path: from, words }), isReview ? REVIEW : undefined)!,
  };
  table.became(step, { description: ["prompt"], focus: ["prompt"] });
  leaveOutUnread(table, {
    keys: ["focus", "description"],
    why: `${from} does not read it`,
    above: step,
    read: convoy.read,
  });
  table.done();
  return step;
}

function synthesisStep(
  table: Table,
  { convoy, legs }: { convoy: Convoy; legs: readonly StepMap[] },
): StepMap {
  const { importing, path } = table;
  const words = convoy.words(undefined, path);
  const own = convoy.prompts?.text("synthesis");
  const description = table.text("description") ?? "";
  const text = (written: string, key: string) => convertText(written, { importing, path: key, words });
  const needs = table.texts("depends_on").map(convertId);
  for (const need of needs) {
    if (!legs.some(({ id }) => id === need)) {
      importing.refuse(`${path}.depends_on`, `there is no leg "${need}"`);
    }
  }
  const step: StepMap = {
    id: takeId(SYNTHESIS, { convoy, table }),
    ...defined({ title: text(table.text("title") ?? "Synthesis", `${path}.title`) }),
    needs: needs.length > 0 ? needs : legs.map(({ id }) => id),
    ...agentOf(table, convoy),
    prompt: paragraphs(
      own === undefined ? undefined : text(own, "prompts.synthesis"),
      text(description, `${path}.description`),
    ) ?? "Bring together what the legs found.",
  };
  table.became(step, { description: ["prompt"], depends_on: ["needs"] });
  table.done();
  return step;
}

function takeId(written: string, { convoy, table }: { convoy: Convoy; table: Table }): string {
  const id = convertId(written);
  if (!convoy.ids.take(id)) {
    table.importing.refuse(table.path, `"${written}" and another step become "${id}"`);
  }
  return id;
}

/** What a leg or the synthesis says itself, else what the convoy says for all. */
function ownOr<T>(
  table: Table,
  { key, convoy, of }: { key: string; convoy: Convoy; of(table: Table): T | undefined },
): T | undefined {
  const own = of(table);
  if (own !== undefined) return own;
  convoy.read.add(key);
  return of(convoy.top);
}

function agentOf(table: Table, convoy: Convoy): Record<string, unknown> {
  const agent = ownOr(table, { key: "agent", convoy, of: (each) => each.text("agent") });
  return { agent: { rig: "{{ vars.rig }}", ...defined({ agent }) } };
}
