import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { judgeCrowd, runCrowd, SHARED } from "../../bench/crowd.ts";
import { inLedger } from "./bd_fixture.ts";

describe("many processes that write at once, one in five of them killed", () => {
  it("leave all there that was reported done, whole, and one winner a claim", () =>
    inLedger(async ({ bd, json, folder }) => {
      const lines = Array.from({ length: SHARED }, (_, at) => `create Shared --id cs-s${at}\n`);
      assertEquals((await bd(["batch"], { stdin: lines.join("") })).code, 0);
      let faults = 0;
      const done = await runCrowd({
        processes: 10,
        goesOn: (_, turn) => turn < 12,
        random: Math.random,
        call: ({ words, actor, fault, killAfterMs }) =>
          bd(words, {
            env: {
              BD_ACTOR: actor,
              ...(fault ? { GT_FAULT: `${fault}:${join(folder, `fault-${++faults}`)}` } : {}),
            },
            ...(killAfterMs === undefined ? {} : { killAfterMs }),
          }),
      });
      assertEquals(done.errors, []);
      assert(done.deeds.some(({ outcome }) => outcome === "killed"));
      assertEquals((await json(["doctor"])).ok, true);
      for (const end of ["", "-wal", "-shm"]) {
        await Deno.remove(join(folder, ".beads", `index.db${end}`)).catch(() => {});
      }
      assertEquals(judgeCrowd(done, (await bd(["export"])).stdout), {
        missing: [],
        wonTwice: [],
        wonByNobody: [],
      });
    }));
});
