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
  prompts: Table | undefined;
  words(leg: Leg | undefined, path: string): Words;
  agent: string | undefined;
  isReview: boolean;
  /** Ids of the presets that each leg is in. */
  presets: ReadonlyMap<string, readonly string[]> | undefined;
  /** Ids of the steps without which no leg may begin. */
  guards: readonly string[];
}

interface Leg {
  id: string;
  title: string;
  focus: string;
  description: string;
}

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
  const convoy: Convoy = {
    ids,
    prompts: top.table("prompts"),
    words: wordsOf(top),
    agent: top.text("agent"),
    isReview: top.flag("review_only") === true,
    presets: readPresets(top, { vars, legs: written }),
    guards: guards.map(({ id }) => id),
  };
  const steps = legs.map((leg) => legStep(leg, convoy));
  const synthesis = top.table("synthesis");
  if (synthesis) steps.push(synthesisStep(synthesis, { convoy, legs: steps }));
  if (convoy.prompts) {
    if (steps[0]) convoy.prompts.became(steps[0]);
    convoy.prompts.text("base");
    convoy.prompts.done();
  }
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

function wordsOf(top: Table): Convoy["words"] {
  const { importing } = top;
  const output = top.table("output");
  const written = {
    directory: output?.text("directory") ?? "",
    leg_pattern: output?.text("leg_pattern") ?? "{{.leg.id}}.md",
    synthesis: output?.text("synthesis") ?? "",
  };
  output?.done();
  const name = top.text("formula") ?? "";
  const words = (leg: Leg | undefined, path: string): Words => {
    const inner = (text: string) => convertText(text, { importing, path, words: { dotted } });
    const dotted = (word: string): string | undefined => {
      const [first, second] = word.split(".");
      if (first === "leg" && leg && second !== undefined) {
        return Object.hasOwn(leg, second) ? inner(leg[second as keyof Leg]) : undefined;
      }
      if (first === "output" && second !== undefined && Object.hasOwn(written, second)) {
        return inner(written[second as keyof typeof written]);
      }
      if (word === "output_path") {
        return inner(`${written.directory}/${leg ? written.leg_pattern : written.synthesis}`);
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
  const isReview = table.flag("review_only") ?? convoy.isReview;
  const presets = id === undefined ? undefined : convoy.presets?.get(id);
  const when = presets && `vars.preset in ${JSON.stringify(["every", ...presets])}`;
  const step: StepMap = {
    id: stepId,
    ...defined({ title: convertText(leg.title, { importing, path: `${path}.title`, words }), when }),
    ...(convoy.guards.length === 0 ? {} : { needs: convoy.guards }),
    ...agentOf(table.text("agent") ?? convoy.agent),
    prompt: paragraphs(convertText(text, { importing, path: from, words }), isReview ? REVIEW : undefined)!,
  };
  table.became(step, { description: ["prompt"], focus: ["prompt"] });
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
    ...agentOf(table.text("agent") ?? convoy.agent),
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

function agentOf(agent: string | undefined): Record<string, unknown> {
  return { agent: { rig: "{{ vars.rig }}", ...defined({ agent }) } };
}
