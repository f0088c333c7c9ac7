/**
 * How `gt mol upgrade` moves a run to another text of its molecule.
 *
 * @module
 */
import type { Context } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/json.ts";
import type { Definition } from "../../molecules/definition.ts";
import { refuseNotRun } from "../../molecules/engine/driver/not_run.ts";
import { environmentOf, secretsOfRun } from "../../molecules/engine/commands/run_secrets.ts";
import { type OpenRun, withText } from "../../molecules/engine/journal/run_log.ts";
import { moveRun } from "../../molecules/engine/journal/run_store.ts";
import { summaryOf } from "../../molecules/engine/journal/run_summary.ts";
import { runName } from "../../molecules/engine/journal/step_at.ts";
import { hasEnded } from "../../molecules/machine/run.ts";
import { variableProblem } from "../../molecules/variable_value.ts";
import { variableValues } from "../../molecules/variables.ts";
import { type DefinitionChange, definitionChanges } from "./definition_changes.ts";
import { givenVars } from "./given_vars.ts";
import { refuseSquashed, withRunBead } from "./go_on.ts";
import { tidyHeap } from "../../ports/memory.ts";
import { presentText } from "./present_text.ts";
import { engineHere, openOf } from "./runs.ts";

/** Shows what differs, and moves the run unless it is only to be shown. */
export async function upgradeHere(context: Context): Promise<void> {
  const { ports, flags, actor, out } = context;
  await withRunBead(context, async ({ ledger, bead }) => {
    refuseSquashed("upgrade", bead);
    const name = runName(bead.key);
    const { molecule, source } = summaryOf(bead)!;
    // Parsing takes the most memory: only then is the run read.
    const definition = await definitionFor(context, { name: molecule, source });
    tidyHeap(definition.steps.length);
    const open = openOf(ledger.view, bead);
    const before = open.begun.definition;
    tidyHeap(before.steps.length);
    const given = givenVars(flags.var as readonly string[] | undefined);
    const values = valuesFor({ open, definition, given });
    const changes = () => definitionChanges(before, definition);
    const shown = (upgraded: boolean) =>
      out.json &&
      out.result({
        id: name,
        from: before.hash,
        to: definition.hash,
        changes: [...changes()],
        values,
        upgraded,
      });
    const valued = valueLines(context, { before: open.begun.values, after: values });
    const isSameText = before.hash === definition.hash;
    if (isSameText && valued.length === 0) {
      shown(false);
      return out.line(`${name} is bound to this text already`);
    }
    refuseNotRun(definition, {
      hasTown: (await engineHere(ports, ledger)).convoy !== undefined,
      hasBead: open.begun.bead !== undefined,
    });
    const { dim } = out.style;
    out.line(`${name}: ${before.name} ${dim(before.hash.slice(0, 7))} → ${dim(definition.hash.slice(0, 7))}`);
    for (const line of changeLines(context, out.json ? [] : changes())) out.line(line);
    for (const line of valued) out.line(line);
    tidyHeap(definition.steps.length);
    const secrets = secretsOfRun(ledger.view, open);
    const text = { definition, values, environment: environmentOf({ ports }, { definition, secrets }) };
    if (flags["dry-run"] === true) {
      const tried = withText(open, { text, at: ports.clock.now(), attempts: {}, afterEnd: true });
      if (tried.kind === "refused") throw refused(name, tried.why);
      return shown(false);
    }
    const moved = moveRun(ledger, { open, actor, text, given });
    if (moved.kind === "refused") throw refused(name, moved.why);
    shown(true);
    const [how, next] = hasEnded(moved.open.run) ? ["is to be tried again", "retry"] : ["goes on", "status"];
    out.line(`${out.style.green("✓")} ${name} ${how} with the new ${isSameText ? "values" : "text"}`);
    out.line(dim(`  gt mol ${next} ${name}`));
  });
}

function refused(name: string, why: string): CommandError {
  return new CommandError("refused", `Cannot upgrade run "${name}": ${why}`, {
    code: "run_refuses",
    hints: [`gt mol status ${name}`],
  });
}

/** The text as it is now: of the file that is named, else of the one it was begun with, else of its name. */
async function definitionFor(
  { ports, args }: Context,
  before: Pick<Definition, "name" | "source">,
): Promise<Definition> {
  const file = args.file as string | undefined;
  const definition = await presentText(ports, before, file);
  if (definition.name === before.name) return definition;
  throw new CommandError("refused", `Cannot upgrade a run of "${before.name}" to "${definition.name}"`, {
    code: "other_molecule",
    hints: [`gt mol run ${file ?? definition.source}`],
  });
}

/** The run's values as far as they are still asked for, with those that are given now, and defaults for new ones. */
function valuesFor(
  { open, definition, given }: { open: OpenRun; definition: Definition; given: Record<string, string> },
): JsonObject {
  const old = open.begun.values;
  const stays = definition.vars.filter((variable) => {
    const value = old[variable.name];
    return value !== undefined && !Object.hasOwn(given, variable.name) &&
      (value === null || variableProblem(variable, value) === undefined);
  });
  const asked = definition.vars.filter((variable) => !stays.includes(variable));
  return {
    ...variableValues({ name: definition.name, vars: asked }, given),
    ...Object.fromEntries(stays.map(({ name }) => [name, old[name]!])),
  };
}

/** The values that differ, those of variables that only one text has apart. */
function valueLines(
  { out: { style } }: Context,
  { before, after }: { before: JsonObject; after: JsonObject },
): string[] {
  const changed = Object.keys(after).flatMap((name) => {
    const [old, now] = [before[name], after[name]].map((value) => JSON.stringify(value));
    if (old === undefined || old === now) return [];
    return [style.red(`    - ${name}: ${old}`), style.green(`    + ${name}: ${now}`)];
  });
  return changed.length === 0 ? [] : ["~ values", ...changed];
}

function* changeLines(
  { out: { style } }: Context,
  changes: Iterable<DefinitionChange>,
): Generator<string> {
  for (const { kind, what, fields } of changes) {
    yield kind === "added"
      ? style.green(`+ ${what}`)
      : kind === "removed"
      ? style.red(`- ${what}`)
      : `~ ${what}`;
    for (const { path, before, after } of fields) {
      if (before !== undefined) yield style.red(`    - ${path}: ${before}`);
      if (after !== undefined) yield style.green(`    + ${path}: ${after}`);
    }
  }
}
