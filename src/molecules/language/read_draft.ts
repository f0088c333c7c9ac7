import { present } from "../../lib/present.ts";
import type { SourcePlace } from "../definition.ts";
import { valueAt } from "../source/node.ts";
import { COLON, UNQUOTED } from "../source/unquoted.ts";
import { quotesAdvice } from "./braces.ts";
import type { Draft, DraftAspect, Reference, StepList } from "./draft.ts";
import { child, type Field, itemsOf, placeAt, placeOf, type SourceFile, textOf } from "./field.ts";
import { durationOf, readBounds, readDefaults } from "./read_defaults.ts";
import { readOutputs, readSteps } from "./read_step.ts";
import { readVariables } from "./read_variables.ts";
import type { WrittenAspect, WrittenMolecule } from "./schema.ts";
import { shapeOf } from "./shape.ts";
import { createUses } from "./uses.ts";

/** Reads a file by itself; what is wrong in it is reported. Undefined where there is nothing to go on with. */
export function readDraft(file: SourceFile, { name }: { name?: string } = {}): Draft | undefined {
  for (const { message, line, column } of file.source.problems) {
    const place = { line, column, ...present({ file: file.label }) };
    const rule = message.startsWith("it has more than ") ? "size" : "yaml";
    file.report.error(place, { rule, message: withAdvice(message, { file, place }) });
  }
  const molecule = shapeOf(file);
  if (!molecule) return undefined;
  checkName(molecule, name);
  const uses = createUses();
  const list = (key: "steps" | "on_failure" | "finally", name: StepList) =>
    readSteps(child(molecule, key) as Parameters<typeof readSteps>[0], name);
  const { value } = molecule;
  return {
    file,
    name: value.molecule,
    version: value.version ?? 1,
    ...present({
      description: value.description?.trim(),
      extends: referenceOf(child(molecule, "extends")),
    }),
    vars: readVariables(molecule),
    steps: [...list("steps", "steps"), ...list("on_failure", "onFailure"), ...list("finally", "finally")],
    ids: idsIn(file),
    aspects: readAspects(molecule),
    include: itemsOf(child(molecule, "include")).map((item) => referenceOf(item)!),
    outputs: readOutputs(child(molecule, "outputs"), { uses, kind: "whole" }),
    secrets: value.secrets ?? [],
    defaults: readDefaults(molecule, uses),
    limits: {
      ...present({ maxParallel: value.max_parallel, timeout: durationOf(value.timeout) }),
      ...readBounds(molecule, uses),
    },
    uses: uses.list,
    place: placeAt(file, molecule.node.start),
  };
}

/** Of a value that must stand in quotes, or may have no braces, what to write. */
function withAdvice(message: string, { file, place }: { file: SourceFile; place: SourcePlace }): string {
  if (message !== UNQUOTED && message !== COLON) return message;
  const line = file.source.text.split("\n")[place.line - 1] ?? "";
  return quotesAdvice(message, { line, at: place.column - 1 });
}

function checkName(molecule: Field<WrittenMolecule>, name: string | undefined): void {
  const written = child(molecule, "molecule")!;
  if (name === undefined || written.value === name) return;
  const message = `molecule: its file is called ${name}.yaml, so its name must be ${name}`;
  molecule.file.report.error(placeOf(written), { rule: "name", message });
}

function referenceOf(field: Field<string> | undefined): Reference | undefined {
  return field && { name: field.value, place: placeOf(field) };
}

function readAspects(molecule: Field<WrittenMolecule>): DraftAspect[] {
  return itemsOf(child(molecule, "aspects")).map((aspect: Field<WrittenAspect>) => {
    const match = child(aspect, "match")!;
    const patterns = match.node.kind === "list" ? itemsOf(match as Field<readonly string[]>) : [match];
    return {
      patterns: patterns.map((pattern) => ({ text: textOf(pattern), place: placeOf(pattern) })),
      before: readSteps(child(aspect, "before"), "steps"),
      after: readSteps(child(aspect, "after"), "steps"),
    };
  });
}

/** Every id of the file, so that a step that cannot be read is not missed as well. */
function idsIn({ source }: SourceFile): Set<string> {
  const ids = ["steps", "on_failure", "finally"].flatMap((key) => {
    const list = valueAt(source.top, key);
    return list?.kind === "list" ? list.items.map((item) => valueAt(item, "id")) : [];
  });
  return new Set(ids.flatMap((id) => id?.kind === "scalar" ? [id.text] : []));
}
