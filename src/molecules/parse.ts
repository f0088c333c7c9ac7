import { isMap, isScalar, type Node } from "yaml";
import { sha256 } from "../ledger/hash.ts";
import { CommandError } from "../lib/errors.ts";
import { present } from "../lib/present.ts";
import type { Molecule, Variable } from "./molecule.ts";
import { checkInsertions, checkNeeds, type StepSource } from "./check.ts";
import {
  createReader,
  entriesOf,
  type Entry,
  itemsOf,
  type Problem,
  type Reader,
  shown,
  textOf,
} from "./reader.ts";
import {
  MOLECULE_KEYS,
  MOLECULE_KEYS_NOT_RUN,
  STEP_KEYS,
  STEP_KEYS_NOT_RUN,
  VARIABLE_KEYS,
  VARIABLE_KEYS_NOT_RUN,
} from "./vocabulary.ts";

/** Longest text of a molecule that is read, in characters. */
const LONGEST = 1_000_000;

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const STEP_ID = /^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Reads the text of a molecule; `source` is the path of its file, `name` what it must be called.
 *
 * @throws {CommandError} `molecule_invalid`, naming file, line and column of everything that is wrong.
 */
export function parseMolecule(text: string, options: { source: string; name?: string }): Molecule {
  const { source, name } = options;
  if (text.length > LONGEST) {
    throw refuse(source, [{ line: 1, column: 1, message: `it is longer than ${LONGEST} characters` }]);
  }
  const reader = createReader(text);
  const molecule = reader.problems.length > 0 ? undefined : readMolecule(reader, { source, name });
  if (!molecule || reader.problems.length > 0) throw refuse(source, reader.problems);
  return molecule;
}

function refuse(source: string, problems: readonly Problem[]): CommandError {
  const inOrder = [...problems].sort((one, other) => one.line - other.line || one.column - other.column);
  const written = inOrder.map(({ line, column, message }) => `${source}:${line}:${column}: ${message}`);
  const hints = ["gt mol show worker-work shows a whole one"];
  return written.length === 1
    ? new CommandError("refused", `Cannot use molecule ${written[0]}`, { code: "molecule_invalid", hints })
    : new CommandError("refused", `Cannot use molecule "${source}": ${written.length} problems`, {
      code: "molecule_invalid",
      hints: [...written, ...hints],
    });
}

function readMolecule(
  reader: Reader,
  options: { source: string; name: string | undefined },
): Molecule | undefined {
  const { top } = reader;
  if (!isMap(top)) {
    reader.report(top, `expected a map with "molecule" and "steps", found ${shown(top)}`);
    return undefined;
  }
  const entries = entriesOf(reader, {
    map: top,
    what: "a molecule",
    known: MOLECULE_KEYS,
    notRun: MOLECULE_KEYS_NOT_RUN,
  });
  for (const name of ["molecule", "steps"]) {
    if (!top.has(name)) reader.report(top, `missing key "${name}"`);
  }
  const name = nameOf(reader, { entry: entries.get("molecule"), expected: options.name });
  const vars = variablesOf(reader, entries.get("vars"));
  const steps = stepsOf(reader, entries.get("steps"));
  checkNeeds(reader, steps);
  checkInsertions(reader, { steps, vars: vars.map((variable) => variable.name) });
  return {
    name,
    version: versionOf(reader, entries.get("version")),
    ...present({ description: textOf(reader, entries.get("description"))?.trim() }),
    vars,
    steps: steps.map(({ step }) => step),
    source: options.source,
    hash: sha256(reader.text).slice(0, 16),
  };
}

function nameOf(reader: Reader, options: { entry: Entry | undefined; expected: string | undefined }): string {
  const { entry, expected } = options;
  const name = textOf(reader, entry) ?? "";
  if (name === "") return name;
  if (!NAME.test(name)) reader.report(entry!.value, `molecule: expected a name of a-z, 0-9 and -`);
  else if (expected !== undefined && name !== expected) {
    reader.report(
      entry!.value,
      `molecule: its file is called ${expected}.yaml, so its name must be ${expected}`,
    );
  }
  return name;
}

function versionOf(reader: Reader, entry: Entry | undefined): number {
  if (!entry) return 1;
  const value = isScalar(entry.value) ? entry.value.value : undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1) return value;
  reader.report(
    entry.value ?? entry.key,
    `version: expected a whole number, 1 or more, found ${shown(entry.value)}`,
  );
  return 1;
}

function variablesOf(reader: Reader, entry: Entry | undefined): Variable[] {
  if (!entry) return [];
  if (!isMap(entry.value)) {
    reader.report(entry.value ?? entry.key, `vars: expected a map, found ${shown(entry.value)}`);
    return [];
  }
  return entry.value.items.map((pair) => {
    const key = pair.key as Node;
    const name = isScalar(key) ? String(key.value) : "";
    if (!VARIABLE.test(name)) {
      reader.report(key, `vars: expected a name of letters, digits and _, found "${name}"`);
    }
    return variableOf(reader, { name, key, value: pair.value as Node | null });
  });
}

function variableOf(reader: Reader, entry: Entry): Variable {
  const { name, value } = entry;
  if (value === null || isScalar(value)) {
    const written = scalarText(value);
    return present({ name, required: false, default: written });
  }
  if (!isMap(value)) {
    reader.report(value, `${name}: expected a default, or a map, found ${shown(value)}`);
    return { name, required: false };
  }
  const what = `the variable ${name}`;
  const entries = entriesOf(reader, {
    map: value,
    what,
    known: VARIABLE_KEYS,
    notRun: VARIABLE_KEYS_NOT_RUN,
  });
  const required = entries.get("required");
  const isRequired = isScalar(required?.value) ? required.value.value : required ? undefined : false;
  if (typeof isRequired !== "boolean") {
    reader.report(required!.key, `required: expected true or false, found ${shown(required!.value)}`);
  }
  const fallback = entries.get("default");
  const written = fallback && scalarText(fallback.value);
  if (fallback && written === undefined) {
    reader.report(
      fallback.value ?? fallback.key,
      `default: expected one value, found ${shown(fallback.value)}`,
    );
  }
  if (fallback && isRequired === true) {
    reader.report(fallback.key, `${name}: a variable with a default is never required`);
  }
  const choices = entries.get("enum");
  const values = choices &&
    itemsOf(reader, { entry: choices, of: "values" }).flatMap((node) => scalarText(node) ?? []);
  if (written !== undefined && values && !values.includes(written)) {
    reader.report(fallback!.value, `default: expected one of ${values.join(", ")}, found "${written}"`);
  }
  const description = textOf(reader, entries.get("description"))?.trim();
  return present({ name, required: isRequired === true, default: written, enum: values, description });
}

/** A scalar as text; undefined for nothing, a list or a map. */
function scalarText(node: Node | null): string | undefined {
  return isScalar(node) && node.value !== null ? String(node.value) : undefined;
}

function stepsOf(reader: Reader, entry: Entry | undefined): StepSource[] {
  if (!entry) return [];
  const items = itemsOf(reader, { entry, of: "steps" });
  if (items.length === 0 && shown(entry.value) === "a list") {
    reader.report(entry.value, "steps: expected at least one step");
  }
  return items.flatMap((node) => stepOf(reader, node) ?? []);
}

function stepOf(reader: Reader, node: Node): StepSource | undefined {
  if (!isMap(node)) {
    reader.report(node, `expected a step with "id" and "title", found ${shown(node)}`);
    return undefined;
  }
  const entries = entriesOf(reader, {
    map: node,
    what: "a step",
    known: STEP_KEYS,
    notRun: STEP_KEYS_NOT_RUN,
  });
  for (const name of ["id", "title"]) {
    if (!node.has(name)) reader.report(node, `missing key "${name}" in a step`);
  }
  const id = textOf(reader, entries.get("id")) ?? "";
  if (id !== "" && !STEP_ID.test(id)) {
    reader.report(entries.get("id")!.value, `id: expected a name of a-z, 0-9, - and _, found "${id}"`);
  }
  const texts = ["title", "description", "prompt", "acceptance"].flatMap((name) => {
    const entry = entries.get(name);
    const text = textOf(reader, entry);
    return text === undefined ? [] : [{ name, node: entry!.value!, text: text.trim() }];
  });
  const written = (name: string) => texts.find((text) => text.name === name)?.text;
  const description = [written("description"), written("prompt")].filter(Boolean).join("\n\n");
  const needs = needsOf(reader, entries.get("needs"));
  return {
    node: entries.get("id")?.value ?? node,
    texts,
    needs,
    step: {
      id,
      title: written("title") ?? "",
      ...(description === "" ? {} : { description }),
      ...present({ acceptance: written("acceptance") }),
      needs: [...new Set(needs.map((need) => need.id))],
    },
  };
}

function needsOf(reader: Reader, entry: Entry | undefined): { id: string; node: Node }[] {
  if (!entry) return [];
  if (isMap(entry.value)) {
    const names = entry.value.items.map((pair) => String(pair.key)).join(", ");
    reader.report(entry.value, `"needs" with ${names} is not run by this version, which knows a list of ids`);
    return [];
  }
  return itemsOf(reader, { entry, of: "ids of steps" }).flatMap((node) => {
    const id = scalarText(node);
    if (id !== undefined) return [{ id, node }];
    reader.report(node, `needs: expected the id of a step, found ${shown(node)}`);
    return [];
  });
}
