/**
 * Writes the journal of a run, and the state that it gives, into tests/golden/runs: what every later version must make
 * of it too. Called by hand when there is something new to record:
 *
 *     deno run -A tests/unit/molecules/machine/record_log.ts REPOSITORY RUN NAME
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BeadKey, JournalEntry, View } from "../../../../src/ledger/ledger.ts";
import { openLedger } from "../../../../src/ledger/open.ts";
import { type Reading, readRun } from "../../../../src/molecules/engine/journal/run_log.ts";
import { runName } from "../../../../src/molecules/engine/journal/step_at.ts";
import { allRuns } from "../../../../src/molecules/engine/journal/run_summary.ts";
import { createPorts } from "../../../../src/ports/ports.ts";

/** Where the logs are. */
export const folder = join(dirname(fileURLToPath(import.meta.url)), "../../../golden/runs");

/** One line of a recorded log. */
export type RecordedEntry = Pick<JournalEntry, "stamp" | "value">;

/** The entries of a recorded log as the ledger gives them. */
export function entriesOf(text: string): JournalEntry[] {
  return text.trim().split("\n").map((line, at): JournalEntry => {
    const { stamp, value }: RecordedEntry = JSON.parse(line);
    return { arrival: at + 1, stamp, replica: "r", sequence: at + 1, actor: "ann", value };
  });
}

/** The state that recorded entries give, as text. */
export function stateOf(entries: readonly JournalEntry[], reading: Reading = {}): string {
  const view: Pick<View, "journal"> = {
    journal: (_name, after, kept = (value) => value) =>
      entries.filter(({ arrival }) => arrival > after).map((one) => ({ ...one, value: kept(one.value) })),
  };
  const open = readRun(view, "run@r" as BeadKey, reading);
  return JSON.stringify(open?.run, null, 1) + "\n";
}

if (import.meta.main) {
  const [repository, run, name] = Deno.args as [string, string, string];
  const ledger = openLedger(createPorts([], "gt"), { folder: join(repository, ".beads") });
  const found = allRuns(ledger.view).find(({ bead }) => runName(bead.key) === run);
  if (!found) throw new Error(`there is no run ${run}`);
  const entries = ledger.view.journal(found.bead.key, 0);
  const text = entries.map(({ stamp, value }) => JSON.stringify({ stamp, value }) + "\n").join("")
    .replaceAll(Deno.realPathSync(repository), "/repo").replaceAll(repository, "/repo");
  ledger.close();
  Deno.mkdirSync(folder, { recursive: true });
  Deno.writeTextFileSync(join(folder, `${name}.jsonl`), text);
  Deno.writeTextFileSync(join(folder, `${name}.state.json`), stateOf(entriesOf(text)));
}
