import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { createProcesses } from "../../src/ports/process.ts";

const HELD = `read -r allowed <&3 || { echo refused; exit 75; }
exec 3<&-
echo allowed`;

describe("a child that is started", () => {
  let folder: string;
  const processes = createProcesses([], "gt");

  beforeEach(() => {
    folder = Deno.makeTempDirSync({ prefix: "gt-held-" });
  });

  afterEach(() => {
    Deno.removeSync(folder, { recursive: true });
  });

  for (const isAllowed of [true, false]) {
    it(`goes on ${isAllowed ? "when it is allowed to" : "to its end when it is not allowed to begin"}`, async () => {
      const stdout = join(folder, "out");
      const started = processes.start(["/bin/sh", "-c", HELD], {
        cwd: folder,
        env: {},
        stdout,
        stderr: stdout,
      });
      assertEquals(processes.observe(await started.pid), "alive");
      assertEquals(Deno.readTextFileSync(stdout), "");
      started.allow(isAllowed);
      assertEquals(await started.ended, { code: isAllowed ? 0 : 75 });
      assertEquals(Deno.readTextFileSync(stdout), isAllowed ? "allowed\n" : "refused\n");
    });
  }
});
