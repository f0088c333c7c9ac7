import { CommandError } from "../lib/errors.ts";
import { present } from "../lib/present.ts";
import type { Definition, StepDefinition, Template } from "./definition.ts";
import type { CheckCommand, Molecule, Step } from "./molecule.ts";
import { insertionsOf } from "./template.ts";

/**
 * A molecule as the checklist of a bead: its steps are done one by one by whoever holds the bead.
 *
 * @throws {CommandError} `not_a_checklist` for steps that run by themselves, wait, or are worked by somebody else.
 */
export function checklistMolecule(definition: Definition): Molecule {
  const { name, version, description, vars, source, hash } = definition;
  const problems = [
    ...definition.steps.flatMap(problemsOf),
    ...[...definition.onFailure, ...definition.finally].map((step) =>
      at(step, "it runs by itself at the end")
    ),
  ];
  if (problems.length > 0) throw notAChecklist(definition, problems);
  return {
    name,
    version,
    ...present({ description }),
    vars,
    steps: definition.steps.map(stepOf),
    source,
    hash: hash.slice(0, 16),
  };
}

function stepOf(step: StepDefinition): Step {
  const { id, title, description, acceptance, action, needs } = step;
  const texts = [description?.text, action.kind === "prompt" ? action.prompt.text : undefined];
  const written = texts.filter((text) => text !== undefined).map((text) => text.trim()).join("\n\n");
  return {
    id,
    title: title.text,
    ...(written === "" ? {} : { description: written }),
    ...present({ acceptance: acceptance?.text }),
    needs: needs.of,
    ...(action.kind === "run" ? { run: commandOf(step, action.command.text) } : {}),
  };
}

function commandOf({ timeout, env }: StepDefinition, command: string): CheckCommand {
  const texts = Object.entries(env).map(([name, { text }]): [string, string] => [name, text]);
  return {
    command,
    ...present({ timeout }),
    ...(texts.length > 0 ? { env: Object.fromEntries(texts) } : {}),
  };
}

function at({ id, place }: StepDefinition, message: string): string {
  const where = place ? `${place.file ?? ""}${place.file ? ":" : ""}${place.line}:${place.column}: ` : "";
  return `${where}step "${id}": ${message}`;
}

/** Modifiers that only mean something where a program drives the steps. */
const DRIVEN: readonly [keyof StepDefinition, string][] = [
  ["when", "when"],
  ["matrix", "matrix"],
  ["forEach", "for_each"],
  ["repeat", "repeat"],
  ["heartbeat", "heartbeat"],
  ["concurrency", "concurrency"],
  ["cache", "cache"],
  ["budget", "budget"],
];

function problemsOf(step: StepDefinition): string[] {
  const { action } = step;
  const isCommand = action.kind === "run";
  const parts = [
    ...(isCommand || action.kind === "checklist" || action.kind === "prompt" ? [] : [`"${action.kind}"`]),
    ...(isCommand && action.cwd ? ['"cwd"'] : []),
    ...(isCommand && action.stdin ? ['"stdin"'] : []),
    ...(isCommand && step.secrets.length > 0 ? ['"secrets"'] : []),
    ...(!isCommand && step.timeout !== undefined ? ['"timeout"'] : []),
    ...(action.kind === "prompt" && action.agent ? ['"agent"'] : []),
    ...DRIVEN.filter(([field]) => step[field] !== undefined).map(([, key]) => `"${key}"`),
    ...(step.needs.mode === "all" ? [] : [`"needs" with ${step.needs.mode}`]),
    ...(step.always ? ['"always"'] : []),
    ...(step.allowFailure ? ['"allow_failure"'] : []),
    ...(step.outputs.length > 0 ? ['"outputs"'] : []),
    ...(step.retry.attempts > 1 ? ['"retry"'] : []),
  ];
  const texts: (Template | undefined)[] = [step.title, step.description, step.acceptance];
  if (action.kind === "prompt") texts.push(action.prompt);
  if (isCommand) texts.push(action.command, ...Object.values(step.env));
  const computed = texts.flatMap((text) => text ? insertionsOf(text.text) : []).filter((each) =>
    !each.reads && each.text === undefined
  );
  return [
    ...parts.map((part) => at(step, `${part} is for a program, and this is done by whoever holds the bead`)),
    ...computed.map(({ expression }) =>
      at(
        step,
        `"{{ ${expression} }}" is computed; a checklist takes {{ vars.NAME }}, {{ bead.id }} and {{ bead.title }}`,
      )
    ),
  ];
}

function notAChecklist({ name, source }: Definition, problems: readonly string[]): CommandError {
  const [first] = problems;
  const written = problems.map((problem) => `${source}:${problem}`);
  return problems.length === 1
    ? new CommandError("refused", `Cannot work a bead by molecule "${name}": ${source}:${first}`, {
      code: "not_a_checklist",
    })
    : new CommandError(
      "refused",
      `Cannot work a bead by molecule "${name}": ${problems.length} parts are for a program`,
      {
        code: "not_a_checklist",
        hints: written,
      },
    );
}
