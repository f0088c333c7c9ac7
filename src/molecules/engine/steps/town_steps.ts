import { CommandError } from "../../../lib/errors.ts";
import { present } from "../../../lib/present.ts";
import type { Bead } from "../../../ledger/ledger.ts";
import type { Ports } from "../../../ports/ports.ts";
import { createConvoy, land } from "../../../town/convoys/convoy_changes.ts";
import { convoyState, findConvoy, openConvoyNamed } from "../../../town/convoys/convoys.ts";
import type { Town } from "../../../town/town.ts";
import { attemptOf } from "../../../work/attempt_store.ts";
import { launchConvoy } from "../../../work/launch_convoy.ts";
import { slingBeads } from "../../../work/sling.ts";
import { createSpending } from "../../../agents/spending.ts";
import type { Template } from "../../definition.ts";
import { type Assign, awaitBead } from "./bead_step.ts";
import type { EngineDeps } from "../engine.ts";
import type { Language } from "./language.ts";
import { stepKey } from "../journal/step_at.ts";
import type { Order, Performance, PerformDeps } from "./performance.ts";
import { openBead, stepLink } from "./step_bead.ts";

/** What a town adds to an engine: prompts are slung, convoys are dispatched. */
export function townSteps(
  deps: { ports: Ports; town: Town },
): Required<Pick<EngineDeps, "assign" | "convoy" | "spending">> {
  return {
    assign: createAssign(deps),
    spending: createSpending(deps),
    convoy: (perform) => (order) => performConvoy({ ...deps, ...perform }, order),
  };
}

function createAssign(deps: { ports: Ports; town: Town }): Assign {
  return async (bead, { open, step: { definition: { action, id } }, scope }) => {
    if (action.kind !== "prompt" || attemptOf(bead) || bead.status !== "open") return;
    const { languageFor } = await import("./language.ts");
    const language = await languageFor(open.begun.definition);
    const fill = (template: Template | undefined) =>
      template && language.fill(template, scope).trim() || undefined;
    const { role, rig, agent } = action.agent ?? {};
    const who = fill(role) ?? "worker";
    const target = who === "worker" ? fill(rig) ?? await onlyRig(deps.town, id) : who;
    const name = fill(agent);
    await slingBeads(deps, {
      beads: [bead.id],
      target,
      by: open.begun.by,
      molecule: "none",
      ...(name === undefined ? {} : { agent: name }),
    });
  };
}

async function onlyRig(town: Town, step: string): Promise<string> {
  const rigs = Object.keys((await town.config()).rigs);
  if (rigs.length === 1) return rigs[0]!;
  throw new CommandError(
    "refused",
    `Cannot sling step "${step}": it names no rig, and there are ${rigs.length}`,
    {
      code: "rig_not_found",
      hints: rigs.length === 0 ? ["gt rig add NAME URL-or-path"] : [`agent: { rig: ${rigs[0]} }`],
    },
  );
}

/** Dispatches a convoy, or takes one that exists, and waits until it has landed. */
function performConvoy(deps: PerformDeps & { town: Town }, order: Order): Performance {
  return awaitBead(deps, order, {
    open() {
      const bead = openConvoy(deps, order);
      return bead && landedBy(deps, bead);
    },
    handOn: (bead) => launch(deps, { order, bead }),
  });
}

/** A convoy, which lands here where all of its beads were closed while nobody landed it. */
function landedBy({ ledger, actor }: PerformDeps, bead: Bead): Bead {
  const { complete, closed } = convoyState(ledger.view, bead);
  if (!complete || closed) return bead;
  return ledger.write(actor, (transaction) => land(transaction, bead.key)) ?? bead;
}

function openConvoy(deps: PerformDeps, order: Order): Bead | undefined {
  const { language } = deps;
  const { open, step, scope } = order;
  const { definition: { action, title } } = step;
  if (action.kind !== "convoy") throw new Error("it is no convoy");
  const { name, beads, title: named } = action.convoy;
  return openBead(deps, order, (transaction) => {
    if (name) return findConvoy(transaction, language.fill(name, scope).trim());
    const ids = beads.flatMap((each) => idsOf(language, { each, scope }));
    const wanted = language.fill(named ?? title, scope).trim();
    const isTaken = openConvoyNamed(transaction, wanted) !== undefined;
    const made = createConvoy(transaction, {
      name: isTaken ? `${wanted} (${stepKey(open, step)})` : wanted,
      beads: ids,
      owner: open.begun.by,
    });
    return transaction.set(made.key, { "metadata.attempt_of": stepLink(order) });
  });
}

function idsOf(language: Language, { each, scope }: { each: Template; scope: Order["scope"] }): string[] {
  const value = language.evaluateTemplate(each, scope);
  return (Array.isArray(value) ? value : [value]).map((id) => String(id).trim()).filter((id) => id !== "");
}

async function launch(
  deps: PerformDeps & { town: Town },
  { order, bead }: { order: Order; bead: Bead },
): Promise<void> {
  const { action } = order.step.definition;
  if (action.kind !== "convoy") return;
  const fill = (template: Template | undefined) =>
    template && deps.language.fill(template, order.scope).trim() || undefined;
  const { rig, agent, molecule } = action.convoy;
  await launchConvoy(deps, {
    convoy: bead.key,
    by: order.open.begun.by,
    ...present({ rig: fill(rig), agent: fill(agent), molecule: fill(molecule) }),
  });
}
