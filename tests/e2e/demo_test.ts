import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { gt } from "./program.ts";

/** A folder with links to git and tmux, and, for the sources, to the runtime they need. */
async function onlyGitAndTmux(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "gt-path " });
  for (const name of ["git", "tmux"]) {
    const found = Deno.env.get("PATH")!.split(":").map((at) => join(at, name)).find((path) => {
      try {
        return Deno.statSync(path).isFile;
      } catch {
        return false;
      }
    });
    await Deno.symlink(found!, join(folder, name));
  }
  return folder;
}

describe("gt demo", () => {
  it("merges everything once on a PATH with nothing but git and tmux, proves it, and leaves nothing behind", async () => {
    const path = await onlyGitAndTmux();
    const temporary = await Deno.makeTempDir();
    const { code, stdout, stderr } = await gt(["demo", "--json", "--speed", "4"], {
      env: { PATH: path, HOME: temporary, TMPDIR: temporary, GIT_CONFIG_GLOBAL: "/dev/null" },
    });
    assertEquals(code, 0, stderr);
    const report = JSON.parse(stdout);
    assertEquals(report.ok, true);
    const claims: { claim: string; ok: boolean }[] = report.proofs;
    assertEquals(claims.filter(({ ok }) => !ok), []);
    assertEquals(claims.filter(({ claim }) => claim.includes("merged once")).length, 5);
    for (const accident of ["merge conflict", "kill -9"]) {
      assert(claims.some(({ claim }) => claim.includes(accident)), accident);
    }
    assertEquals(
      [...Deno.readDirSync(temporary)].map(({ name }) => name).filter((name) => name.startsWith("gt-demo")),
      [],
    );
    await Deno.remove(path, { recursive: true });
    await Deno.remove(temporary, { recursive: true });
  });

  it("refuses numbers that make no sense before it makes anything", async () => {
    const { code, stderr } = await gt(["demo", "--workers", "0"]);
    assertEquals(code, 2);
    assert(stderr.includes("--workers takes 1 to 50"), stderr);
  });
});
