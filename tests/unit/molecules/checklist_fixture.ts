import { join } from "node:path";
import { initLedger } from "../../../src/ledger/init.ts";
import type { Bead, Ledger } from "../../../src/ledger/ledger.ts";
import { checklistOf } from "../../../src/molecules/checklist.ts";
import type { Molecule } from "../../../src/molecules/molecule.ts";
import { checklistMolecule } from "../../../src/molecules/checklist_molecule.ts";
import { type Poured, pourMolecule } from "../../../src/molecules/pour.ts";
import { valuesOf } from "../../../src/molecules/variables.ts";
import { inFolder } from "../town/town_fixture.ts";
import { definitionOf } from "./language_fixture.ts";

/** A ledger with the open bead `cs-one`. */
export interface Board {
  ledger: Ledger;
  bead(id?: string): Bead;
  /** Pours a molecule into `cs-one`. */
  pour(molecule: Molecule, given?: Record<string, string>): Poured;
  /** The ids of the steps with how they stand: `1 done`, `2 ready`. */
  states(): string[];
}

/** A checklist from lines of steps. */
export async function moleculeOf(steps: string, head = "molecule: m"): Promise<Molecule> {
  return checklistMolecule(await definitionOf(`${head}\nsteps:\n${steps}`));
}

/** Two steps that may be done at once, one after both, one before all, written out of order. */
export const diamond: Molecule = await moleculeOf(`
  - { id: join, title: Join, needs: [left, right] }
  - { id: start, title: "Start {{ bead.title }}", prompt: "Begin {{ bead.id }}.", acceptance: Begun. }
  - { id: left, title: Left, needs: [start] }
  - { id: right, title: Right, needs: [start] }
`);

/** Makes the ledger for `use`, and removes it. */
export async function atBoard(use: (board: Board) => void | Promise<void>): Promise<void> {
  await inFolder(async (folder, ports) => {
    const ledger = initLedger(ports, { folder: join(folder, ".beads"), prefix: "cs" });
    try {
      ledger.write(
        "overseer",
        (transaction) =>
          transaction.create("cs-one", { title: "One", status: "open", issue_type: "task", priority: 1 }),
      );
      const bead = (id = "cs-one") => ledger.view.beadById(id)!;
      await use({
        ledger,
        bead,
        pour: (molecule, given = {}) =>
          ledger.write(
            "overseer",
            (transaction) =>
              pourMolecule(transaction, { bead: bead(), molecule, values: valuesOf(molecule, given) }),
          ),
        states: () =>
          checklistOf(ledger.view, bead()).steps.map(({ bead, state }) =>
            `${bead.id.split(".")[1]} ${state}`
          ),
      });
    } finally {
      ledger.close();
    }
  });
}
