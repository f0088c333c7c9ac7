import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { checkLedger, renewIndex } from "../../../src/ledger/check.ts";
import { CommandError } from "../../../src/lib/errors.ts";
import { findLedger, openLedger } from "../../../src/ledger/open.ts";
import { findDamage, repairLogs } from "../../../src/ledger/repair.ts";
import { add, change, logFiles, makeLedger, testPorts } from "./fixture.ts";

function removeIndex(folder: string): void {
  for (const { name } of [...Deno.readDirSync(folder)]) {
    if (name.startsWith("index.db")) Deno.removeSync(join(folder, name));
  }
}

function refusal(work: () => unknown): CommandError {
  return assertThrows(work, CommandError) as CommandError;
}

describe("opening a ledger", () => {
  it("shows the same beads after the index is gone, damaged, or of another version", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a", { labels: ["x"], metadata: { n: 1 } });
    add(test.ledger, "cs-b", { dependencies: [{ target: "cs-a", type: "blocks" }] });
    const beads = JSON.stringify(test.ledger.view.beads("1 ORDER BY id"));
    test.ledger.close();
    const damages: (() => void)[] = [
      () => removeIndex(test.folder),
      () => {
        removeIndex(test.folder);
        Deno.writeTextFileSync(
          join(test.folder, "index.db"),
          "this is no database, but it is long enough".repeat(50),
        );
      },
    ];
    for (const damage of damages) {
      damage();
      const ledger = test.again();
      assertEquals(JSON.stringify(ledger.view.beads("1 ORDER BY id")), beads);
      ledger.close();
    }
  });

  it("gives a copied folder a replica of its own and keeps all beads", async () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    const copy = join(test.place, "copy");
    const { success } = await new Deno.Command("cp", { args: ["-a", test.folder, copy] }).output();
    assert(success);
    const other = openLedger(test.ports, { folder: copy });
    try {
      assertNotEquals(other.replica, test.ledger.replica);
      add(other, "cs-b");
      assertEquals(other.view.beads("1 ORDER BY id").map((bead) => bead.id), ["cs-a", "cs-b"]);
      assertEquals([...Deno.readDirSync(join(copy, "ops"))].length, 2);
      assertEquals(openLedger(test.ports, { folder: copy }).replica, other.replica);
      assertEquals(test.again().replica, test.ledger.replica);
    } finally {
      other.close();
    }
  });

  it("puts a log back that was cut or removed while the index still knew it", () => {
    using test = makeLedger();
    for (const id of ["cs-a", "cs-b", "cs-c"]) add(test.ledger, id);
    change(test.ledger, "cs-a", (tx, key) => {
      tx.comment(key, "one");
      tx.comment(key, "two");
    });
    const [log] = logFiles(test.folder);
    const whole = Deno.readTextFileSync(log!);
    for (const harm of [() => Deno.truncateSync(log!, 150), () => Deno.removeSync(log!)]) {
      harm();
      const ledger = test.again();
      assertEquals(Deno.readTextFileSync(log!), whole);
      assertEquals(ledger.view.beadById("cs-a")!.comments.length, 2);
    }
  });

  it("names file and line of a damaged log and refuses to go on without it, until it is repaired", () => {
    using test = makeLedger();
    for (const id of ["cs-a", "cs-b", "cs-c"]) add(test.ledger, id);
    test.ledger.close();
    removeIndex(test.folder);
    const [log] = logFiles(test.folder);
    const lines = Deno.readTextFileSync(log!).split("\n");
    lines[2] = lines[2]!.slice(0, 30) + "\u0000" + lines[2]!.slice(31, 120);
    Deno.writeTextFileSync(log!, lines.join("\n"));
    const error = refusal(() => openLedger(test.ports, { folder: test.folder }));
    assertEquals(error.code, "log_damaged");
    assert(error.message.includes(`${log}" line 3`), error.message);
    assertEquals(error.hints.at(-1), "bd doctor --fix");
    assertEquals(findDamage({ folder: test.folder }).map((one) => [one.line, one.restored]), [[3, false]]);
    repairLogs(test.ports, { folder: test.folder });
    const ledger = test.again();
    assertEquals(ledger.view.beads("1 ORDER BY id").map((bead) => bead.id), ["cs-a", "cs-c"]);
    assertEquals(findDamage({ folder: test.folder }), []);
    assert(Deno.readTextFileSync(log!).includes("cs-b"), "the damaged line is quoted in the log");
    assertEquals([...Deno.readDirSync(join(test.folder, "damaged"))].length, 1);
  });

  it("repairs a damaged log from the index where that knows the line", () => {
    using test = makeLedger();
    for (const id of ["cs-a", "cs-b"]) add(test.ledger, id);
    const [log] = logFiles(test.folder);
    const whole = Deno.readTextFileSync(log!);
    Deno.writeTextFileSync(log!, whole.replace('"cs-b"', '"cs-b'));
    assertEquals(repairLogs(test.ports, { folder: test.folder }).map((one) => one.restored), [true]);
    assertEquals(Deno.readTextFileSync(log!), whole);
    assertEquals(test.again().view.beadById("cs-b")!.title, "cs-b");
  });

  it("follows a log in which somebody made a line longer, and still refuses one that cannot be read", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    add(test.ledger, "cs-b");
    test.ledger.close();
    const [log] = logFiles(test.folder);
    const text = Deno.readTextFileSync(log!);
    Deno.writeTextFileSync(log!, text.replace('"title":"', '"title":"A long '));
    const ledger = test.again();
    assert(ledger.view.beadById("cs-a")!.title.startsWith("A long "));
    assert(ledger.view.beadById("cs-b"));
    ledger.close();
    Deno.writeTextFileSync(log!, `nonsense ${Deno.readTextFileSync(log!)}`);
    assertEquals(refusal(() => test.again()).code, "log_damaged");
    assertEquals(repairLogs(test.ports, { folder: test.folder }).map(({ restored }) => restored), [true]);
    assert(test.again().view.beadById("cs-a")!.title.startsWith("A long "));
  });

  it("goes on when somebody removes the index of an open ledger, in step with others", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    const version = test.ledger.version();
    removeIndex(test.folder);
    const other = test.again();
    add(other, "cs-b");
    assertNotEquals(test.ledger.version(), version);
    assertEquals(test.ledger.view.beadById("cs-b")!.title, "cs-b");
    removeIndex(test.folder);
    add(test.ledger, "cs-c");
    add(other, "cs-d");
    assertEquals(test.again().view.beads("1 ORDER BY id").map((bead) => bead.id), [
      "cs-a",
      "cs-b",
      "cs-c",
      "cs-d",
    ]);
    assertEquals(checkLedger(test).damage, []);
  });

  it("says what is wrong in an index, and makes it right again", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    add(test.ledger, "cs-b", { dependencies: [{ target: "cs-a", type: "blocks" }] });
    const { key } = test.ledger.view.beadById("cs-b")!;
    assertEquals(checkLedger(test), { damage: [], wrongBeads: [], wrongBlocked: [], revived: [] });
    const database = new DatabaseSync(join(test.folder, "index.db"));
    database.exec(
      `UPDATE beads SET blocked = 0 WHERE id = 'cs-b';
       UPDATE docs SET doc = json_set(doc, '$.registers.title', 'wrong')
       WHERE n = (SELECT n FROM beads WHERE id = 'cs-b')`,
    );
    database.close();
    const { wrongBeads, wrongBlocked } = checkLedger(test);
    assertEquals([wrongBeads, wrongBlocked], [[key], [key]]);
    renewIndex(test);
    assertEquals(checkLedger(test).wrongBeads, []);
    assertEquals(test.ledger.view.beadById("cs-b")!.title, "cs-b");
  });

  it("uses another replica name when nothing is left that says how far the old one came", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    test.ledger.close();
    removeIndex(test.folder);
    Deno.removeSync(join(test.folder, "ops"), { recursive: true });
    assertNotEquals(test.again().replica, test.ledger.replica);
  });

  it("tells a full disk from a bug, and leaves nothing half written", () => {
    using test = makeLedger();
    const other = join(test.place, "other");
    Deno.mkdirSync(other);
    const ledger = openLedger(test.ports, { folder: other });
    try {
      const ops = join(other, "ops", ledger.replica);
      Deno.mkdirSync(ops, { recursive: true });
      Deno.symlinkSync("/dev/full", join(ops, "000001.jsonl"));
      const error = refusal(() => add(ledger, "cs-a"));
      assertEquals([error.code, error.kind], ["disk_full", "refused"]);
      assertEquals(ledger.view.beadById("cs-a"), undefined);
      Deno.removeSync(join(ops, "000001.jsonl"));
      assertEquals(add(ledger, "cs-a").id, "cs-a");
    } finally {
      ledger.close();
    }
  });

  it("goes on in a new segment when one is full", () => {
    using test = makeLedger();
    const bead = add(test.ledger, "cs-a");
    for (let at = 0; at < 3; at++) {
      test.ledger.write("me", (tx) => tx.comment(bead.key, `${at}`.repeat(700_000)));
    }
    assertEquals(logFiles(test.folder).map((path) => path.slice(-12)), ["000001.jsonl", "000002.jsonl"]);
    removeIndex(test.folder);
    assertEquals(test.again().view.beadById("cs-a")!.comments.length, 3);
  });
});

describe("finding the ledger", () => {
  const at = (cwd: string, variables: Record<string, string>) => {
    const ports = testPorts(variables);
    return { ...ports, env: { ...ports.env, cwd: () => cwd } };
  };

  it("looks at BEADS_DIR, then at the town, then upwards", () => {
    using test = makeLedger();
    using town = makeLedger();
    const deep = join(test.place, "a/b");
    Deno.mkdirSync(deep, { recursive: true });
    assertEquals(findLedger(at(deep, {})), test.folder);
    assertEquals(findLedger(at(deep, { GT_TOWN: town.place })), town.folder);
    assertEquals(findLedger(at(deep, { GT_TOWN: town.place, BEADS_DIR: "../../.beads" })), test.folder);
  });

  it("says what to do where there is none", () => {
    const folder = Deno.makeTempDirSync();
    const error = refusal(() => findLedger(at(folder, { BEADS_DIR: join(folder, "none") })));
    assertEquals([error.code, error.hints], ["no_ledger", ["bd init", "gt install PATH"]]);
    assertEquals(refusal(() => openLedger(testPorts(), { folder: join(folder, "none") })).code, "no_ledger");
    Deno.removeSync(folder, { recursive: true });
  });
});
