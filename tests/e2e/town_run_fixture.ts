/**
 * Runs of molecules in a town of tests.
 *
 * @module
 */
import { join } from "node:path";
import type { Answer, TestTown } from "./town_fixture.ts";

/** Writes a molecule of the town with these steps, in YAML. */
export async function molecule(town: TestTown, name: string, steps: string): Promise<void> {
  const folder = join(town.folder, "molecules");
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, `${name}.yaml`), `molecule: ${name}\n${steps}`);
}

/** Begins a run in the background; returns its id. */
export async function begin(town: TestTown, name: string, ...words: string[]): Promise<string> {
  return (await town.json(["mol", "start", name, ...words])).id;
}

/** Waits until a run has ended; returns its bead. */
export function ended(town: TestTown, id: string): Promise<Answer> {
  return town.until("the run ends", async () => {
    const [bead] = await town.json(["bd", "show", id]);
    return bead.status === "closed" && bead;
  }, 60);
}

/** Says what the agent does that works a bead. */
export async function script(town: TestTown, id: string, ...lines: string[]): Promise<void> {
  const folder = join(town.folder, "scripts");
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, `${id}.yaml`), lines.map((line) => `- ${line}\n`).join(""));
}

/** The subjects of the mail that somebody has not seen to. */
export async function subjects(town: TestTown, who: string): Promise<string[]> {
  return (await town.json(["mail", "inbox", who])).map(({ subject }: Answer) => subject);
}
