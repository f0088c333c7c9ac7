import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { findLedger } from "../../../src/ledger/open.ts";
import { createTestEnv } from "../../../src/ports/env.ts";
import { createFiles } from "../../../src/ports/files.ts";

/** The ledger found from `cwd` among folders and files made in a temporary place, relative to it. */
function found(paths: readonly string[], cwd: string, variables: Record<string, string> = {}): string {
  const root = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "find ü " }));
  try {
    const files = createFiles();
    for (const path of paths) {
      if (path.endsWith("/")) files.makeFolder(`${root}/${path}`);
      else files.writeText(`${root}/${path}`, "");
    }
    const named = Object.entries(variables).map(([name, value]) => [name, `${root}/${value}`]);
    const env = createTestEnv(Object.fromEntries(named), `${root}/${cwd}`);
    return findLedger({ env, files }).slice(root.length + 1);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

const town = ["t/town.yaml", "t/.beads/", "t/rigs/a/workers/1/.beads/", "t/rigs/a/workers/1/src/"];

describe("the ledger of a place", () => {
  it("is the nearest upwards", () => {
    assertEquals(found(["p/.beads/", "p/q/.beads/", "p/q/r/"], "p/q/r"), "p/q/.beads");
  });

  it("is the town's inside a town, also in a worktree with beads of its own", () => {
    assertEquals(found(town, "t/rigs/a/workers/1/src"), "t/.beads");
  });

  it("is the one that BEADS_DIR names, else that of the town that GT_TOWN names", () => {
    const paths = [...town, "p/.beads/"];
    assertEquals(found(paths, "p", { GT_TOWN: "t" }), "t/.beads");
    assertEquals(found(paths, "t", { GT_TOWN: "t", BEADS_DIR: "p/.beads" }), "p/.beads");
  });

  it("is refused where there is none", () => {
    assertThrows(() => found(["p/"], "p"));
  });
});
