import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import { closeBead, reopenBead } from "../../src/beads/close.ts";
import { initLedger } from "../../src/ledger/init.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { projectionText } from "../../src/ledger/projection.ts";
import { syncLedger } from "../../src/ledger/sync.ts";
import { add, change, logFiles, testPorts } from "../unit/ledger/fixture.ts";
import { assertSame, makeClones, syncAll } from "./clones_fixture.ts";

const ports = testPorts();

const KINDS = [
  "title",
  "label",
  "unlabel",
  "comment",
  "note",
  "notes",
  "metadata",
  "close",
  "reopen",
  "remove",
  "edge",
  "unedge",
  "rename",
] as const;

/** A step of a random history: an edit on one of some clones, or a sync of it. */
const step = fc.record({
  clone: fc.nat(4),
  bead: fc.constantFrom("cs-a", "cs-b", "cs-new", "cs-new.1"),
  what: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...KINDS) }, {
    weight: 1,
    arbitrary: fc.constant("sync" as const),
  }),
  text: fc.constantFrom("x", "y", "z"),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

let counter = 0;

/** Makes an edit, unless the bead is not in a state for it; remembers the words that must not get lost. */
function applyEdit(ledger: Ledger, { bead, what, text }: Step, said: string[]): void {
  const found = ledger.view.beadById(bead);
  if (!found) return void add(ledger, bead);
  if (found.deleted) return;
  change(ledger, bead, (tx, key) => {
    const words = `said-${counter++}-`;
    if (what === "title") tx.set(key, { title: text });
    if (what === "notes") tx.set(key, { notes: text });
    if (what === "metadata") tx.set(key, { [`metadata.${text}`]: counter });
    if (what === "label") tx.addLabel(key, text);
    if (what === "unlabel") tx.removeLabel(key, text);
    if (what === "edge" && bead !== "cs-b") tx.addDependency(key, "cs-b", "related");
    if (what === "unedge") tx.removeDependency(key, "cs-b");
    if (what === "close") closeBead(tx, { key, force: true });
    if (what === "reopen" && tx.beadByKey(key)!.status === "closed") reopenBead(tx, { key });
    if (what === "remove") tx.remove(key, text);
    if (what === "rename" && !tx.beadById(`cs-${text}`)) tx.rename(key, `cs-${text}`);
    if (what === "comment") {
      said.push(words);
      tx.comment(key, words);
    }
    if (what === "note") tx.appendNotes(key, words);
  });
}

describe("any history of edits and syncs", () => {
  it("ends in the same bytes on five clones, loses no word, and has no order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 20 }), async (steps) => {
        using clones = await makeClones(5);
        add(clones.ledgers[0]!, "cs-a");
        add(clones.ledgers[0]!, "cs-b");
        await syncLedger(clones.ledgers[0]!, ports);
        const said: string[] = [];
        for (const one of steps) {
          const ledger = clones.ledgers[one.clone]!;
          if (one.what === "sync") await syncLedger(ledger, ports);
          else applyEdit(ledger, one, said);
        }
        await syncAll(clones.ledgers);
        const text = assertSame(clones.ledgers);
        for (const words of said) assert(text.includes(words), `${words} is missing`);
      }),
      { numRuns: 1 },
    );
  });

  it("folds to the same beads in whatever order the logs of the clones arrive", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 10, maxLength: 40 }),
        fc.infiniteStream(fc.nat(1_000)),
        async (steps, random) => {
          using clones = await makeClones(3);
          for (const one of steps) {
            const ledger = clones.ledgers[one.clone % 3]!;
            if (one.what !== "sync") applyEdit(ledger, one, []);
            else copyLogs(clones.ledgers[(one.clone + 1) % 3]!, ledger);
          }
          const all = clones.ledgers.flatMap((ledger) => logFiles(ledger.folder));
          const texts = [0, 1].map(() => {
            const place = Deno.makeTempDirSync({ prefix: "order-" });
            const ledger = initLedger(ports, { folder: `${place}/.beads` });
            try {
              for (const path of shuffled(all, random)) placeLog(ledger, path);
              return projectionText(ledger.view);
            } finally {
              ledger.close();
              Deno.removeSync(place, { recursive: true });
            }
          });
          assertEquals(texts[0], texts[1]);
        },
      ),
      { numRuns: 6 },
    );
  });
});

/** What a sync does to the logs, without git. */
function copyLogs(from: Ledger, to: Ledger): void {
  for (const path of logFiles(from.folder)) placeLog(to, path);
}

function placeLog(ledger: Ledger, path: string): void {
  const [replica, name] = path.split("/").slice(-2) as [string, string];
  const folder = `${ledger.folder}/ops/${replica}`;
  Deno.mkdirSync(folder, { recursive: true });
  const known = existingSize(`${folder}/${name}`);
  if (known < Deno.statSync(path).size) Deno.copyFileSync(path, `${folder}/${name}`);
  ledger.write("sync", () => {});
}

function existingSize(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

function shuffled<T>(values: readonly T[], random: Iterable<number>): T[] {
  const source = random[Symbol.iterator]();
  const keyed = values.map((value) => [source.next().value as number, value] as const);
  return keyed.sort(([one], [other]) => one - other).map(([_, value]) => value);
}
