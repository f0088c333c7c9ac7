import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CommandError } from "../../../src/lib/errors.ts";
import { diskRefusal, writingAt } from "../../../src/ports/disk_error.ts";
import { tryLock } from "../../../src/ports/lock.ts";

function failing(error: unknown): () => never {
  return () => {
    throw error;
  };
}

describe("a disk that refuses", () => {
  it("is told from a bug, whoever reports it", () => {
    const cases: [unknown, string][] = [
      [Object.assign(new Error("x"), { code: "ENOSPC" }), "disk_full"],
      [new Error("database or disk is full"), "disk_full"],
      [new Error("attempt to write a readonly database"), "read_only"],
      [new Error("unable to open database file"), "read_only"],
      [new Error("disk I/O error"), "disk_error"],
    ];
    for (const [error, code] of cases) {
      const told: CommandError = assertThrows(() => writingAt("/", failing(error)), CommandError);
      assertEquals([told.kind, told.code], ["refused", code]);
    }
    const bug = new Error("database is locked");
    assertEquals(assertThrows(() => writingAt("/", failing(bug))), bug);
    assertEquals(diskRefusal(bug, "/"), undefined);
  });

  it("is told where a lock is taken, too", () => {
    const told: CommandError = assertThrows(() => tryLock("/dev/null/locks/some.lock"), CommandError);
    assertEquals(told.code, "not_a_folder");
  });
});
