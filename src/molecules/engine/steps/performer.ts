import { type Assign, performBead } from "./bead_step.ts";
import { type CommandDeps, performCommand } from "../commands/command_step.ts";
import { performGate } from "../gates/gate_step.ts";
import { type NestedDeps, performMolecule } from "./molecule_step.ts";
import type { Order, Performance, Performer } from "./performance.ts";

/** What carrying out every kind of step needs. */
export interface PerformerDeps extends CommandDeps, NestedDeps {
  /** Hands the bead of a prompt on; without it somebody has to take it. */
  assign?: Assign;
  /** Carries out a convoy; absent outside a town, where they are refused before a run begins. */
  convoy?: Performer;
}

/** Carries out steps of every kind. */
export function createPerformer(deps: PerformerDeps): Performer {
  return (order: Order): Performance => {
    const { action } = order.step.definition;
    switch (action.kind) {
      case "run":
        return performCommand(deps, order);
      case "gate":
        return performGate(deps, order);
      case "molecule":
        return performMolecule(deps, order);
      case "prompt":
      case "checklist":
        return performBead(deps, order);
      case "convoy":
        if (!deps.convoy) throw new Error("there is no town to dispatch a convoy in");
        return deps.convoy(order);
    }
  };
}
