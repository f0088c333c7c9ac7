import { CommandError } from "../lib/errors.ts";
import { present } from "../lib/present.ts";
import type { Definition, StepDefinition, Template } from "./definition.ts";
import type { CheckCommand, Molecule, Step } from "./molecule.ts";
import { sourceLabel } from "./source_label.ts";
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
    ...[...definition.onFailure, ...definition.finally].map((step) => ({
      step,
      message: "it runs by itself at the end",
    })),
  ].map((complaint) => at(definition, complaint));
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

/** What is wrong with a step, and where it stands: in the molecule itself, or in what that is composed of. */
function at(definition: Definition, { step: { id, place }, message }: Complaint): string {
  const file = place?.file ?? sourceLabel(definition);
  const position = place ? `${place.line}:${place.column}: ` : " ";
  return `${file}:${position}step "${id}": ${message}`;
}

interface Complaint {
  step: StepDefinition;
  message: string;
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

function problemsOf(step: StepDefinition): Complaint[] {
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
    ...parts.map((part) => `${part} is for a program, and this is done by whoever holds the bead`),
    ...computed.map(({ expression }) =>
      `"{{ ${expression} }}" is computed; a checklist takes {{ vars.NAME }}, {{ bead.id }} and {{ bead.title }}`
    ),
  ].map((message) => ({ step, message }));
}

function notAChecklist({ name }: Definition, problems: readonly string[]): CommandError {
  const cannot = `Cannot work a bead by molecule "${name}"`;
  const code = "not_a_checklist";
  return problems.length === 1
    ? new CommandError("refused", `${cannot}: ${problems[0]}`, { code })
    : new CommandError("refused", `${cannot}: ${problems.length} parts are for a program`, {
      code,
      reasons: problems,
    });
}
