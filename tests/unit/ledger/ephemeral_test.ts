import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createEphemeral } from "../../../src/ledger/ephemeral.ts";

/** Says that it holds the file, holds it a moment longer, and lets go. */
const HOLDER = `
import { DatabaseSync } from "node:sqlite";
const database = new DatabaseSync(Deno.args[0]);
database.exec("BEGIN IMMEDIATE; CREATE TABLE held (x)");
Deno.stdout.writeSync(new TextEncoder().encode("held"));
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
database.exec("ROLLBACK");
`;

describe("the values of one machine", () => {
  it("are there for two processes that both make their file", async () => {
    const folder = await Deno.makeTempDir({ prefix: "gt-ephemeral-" });
    try {
      await Deno.mkdir(join(folder, "local"));
      const script = join(folder, "holder.ts");
      await Deno.writeTextFile(script, HOLDER);
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", script, join(folder, "local", "ephemeral.db")],
        stdout: "piped",
      }).spawn();
      const reader = child.stdout.getReader();
      assertEquals(new TextDecoder().decode((await reader.read()).value), "held");
      const ephemeral = createEphemeral({ folder });
      ephemeral.put("session", "a", 1);
      assertEquals(ephemeral.get("session", "a"), 1);
      ephemeral.close();
      await reader.cancel();
      assertEquals((await child.status).code, 0);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});
