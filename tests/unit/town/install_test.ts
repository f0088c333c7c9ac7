import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { CommandError } from "../../../src/lib/errors.ts";
import { examine } from "../../../src/town/doctor.ts";
import { installTown, townParts } from "../../../src/town/install.ts";
import { inFolder, portsAt } from "./town_fixture.ts";

/** The code with which an installation is refused, and proof that it left the folder alone. */
async function refusal(folder: string, order: { path: string; prefix?: string }): Promise<string> {
  const before = [...Deno.readDirSync(folder)].length;
  const error = await assertRejects(() => installTown(portsAt(folder, folder), order)) as CommandError;
  assertEquals([...Deno.readDirSync(folder)].length, before);
  return error.code;
}

describe("installing a town", () => {
  it("makes everything once, and nothing the second time", () =>
    inFolder(async (folder, ports) => {
      const path = `${folder}/Köln am Rhein`;
      const first = await installTown(ports, { path });
      assertEquals([first.existed, first.made.length], [false, townParts.length - 1]);
      assertEquals((await first.town.config()).town, "Köln am Rhein");
      const log = await ports.processes.run(["git", "-C", path, "log", "--format=%s"]);
      assertEquals(log.stdout.trim(), "town: begin");
      const status = await ports.processes.run(["git", "-C", path, "status", "--porcelain"]);
      assertEquals(status.stdout, "");
      const second = await installTown(ports, { path });
      assertEquals([second.existed, second.made], [true, []]);
    }));

  it("completes what is missing and keeps what a person wrote", () =>
    inFolder(async (folder, ports) => {
      const path = `${folder}/t`;
      const { town } = await installTown(ports, { path, name: "T", prefix: "tt" });
      ports.files.writeText(town.paths.config, "# mine\ntown: T\nprefix: tt\n");
      ports.files.remove(town.paths.tmuxConf);
      ports.files.writeText(`${path}/.gitignore`, "mine");
      const again = await installTown(ports, { path });
      assertEquals(again.made, [".gitignore", "tmux configuration"]);
      assertStringIncludes(ports.files.readText(town.paths.config)!, "# mine");
      assertEquals(ports.files.readText(`${path}/.gitignore`), "mine\n/.beads/\n/.gt/\n/rigs/\n");
    }));

  it("refuses a folder that holds other things, a repository, a file, or a place inside a town", () =>
    inFolder(async (folder, ports) => {
      ports.files.writeText(`${folder}/docs/a.txt`, "");
      assertEquals(await refusal(folder, { path: `${folder}/docs` }), "folder_in_use");
      await ports.processes.run(["git", "init", "-q", `${folder}/code`]);
      assertEquals(await refusal(folder, { path: `${folder}/code` }), "folder_is_repository");
      await ports.processes.run(["git", "init", "-q", "--bare", `${folder}/bare`]);
      assertEquals(await refusal(folder, { path: `${folder}/bare` }), "folder_is_repository");
      assertEquals(await refusal(folder, { path: `${folder}/docs/a.txt` }), "not_a_folder");
      assertEquals(await refusal(folder, { path: `${folder}/new`, prefix: "A B" }), "bad_prefix");
      await installTown(ports, { path: `${folder}/t` });
      assertEquals(await refusal(folder, { path: `${folder}/t/sub/deep` }), "inside_a_town");
    }));

  it("takes a folder with other things when told to, and does not commit them", () =>
    inFolder(async (folder, ports) => {
      ports.files.writeText(`${folder}/docs/a.txt`, "");
      await installTown(ports, { path: `${folder}/docs`, force: true });
      const files = await ports.processes.run(["git", "-C", `${folder}/docs`, "ls-files"]);
      assertEquals(files.stdout, ".gitignore\ntown.yaml\n");
    }));

  it("refuses to give a town that exists another prefix", () =>
    inFolder(async (folder, ports) => {
      await installTown(ports, { path: `${folder}/t` });
      assertEquals(await refusal(folder, { path: `${folder}/t`, prefix: "zz" }), "town_differs");
    }));

  it("makes the remote of the ledger the origin of the town's repository", () =>
    inFolder(async (folder, ports) => {
      await installTown(ports, { path: `${folder}/t`, remote: "/somewhere else.git" });
      const origin = await ports.processes.run(["git", "-C", `${folder}/t`, "remote", "get-url", "origin"]);
      assertEquals(origin.stdout.trim(), "/somewhere else.git");
    }));

  it("works when several processes do it at once", () =>
    inFolder(async (folder) => {
      const path = `${folder}/t`;
      const results = await Promise.all([1, 2, 3].map(() => installTown(portsAt(folder, folder), { path })));
      assertEquals(results.filter(({ made }) => made.length > 0).length, 1);
    }));
});

describe("the doctor", () => {
  it("makes whatever part is gone, and then has nothing to do", () =>
    inFolder(async (folder, ports) => {
      const { town } = await installTown(ports, { path: `${folder}/t` });
      for (
        const path of [town.paths.bin, town.paths.tmuxConf, town.paths.molecules, `${town.root}/.gitignore`]
      ) {
        ports.files.remove(path);
      }
      const look = await examine(town, { parts: townParts, fix: false });
      assertEquals(look.filter((one) => one.condition !== "ok").map((one) => one.name), [
        ".gitignore",
        "folders",
        "links to this program",
        "tmux configuration",
      ]);
      const fixed = await examine(town, { parts: townParts, fix: true });
      assertEquals(fixed.filter((one) => one.fixed).length, 4);
      const again = await examine(town, { parts: townParts, fix: true });
      assertEquals(again.filter((one) => one.fixed || one.condition !== "ok"), []);
    }));

  it("tells a mistake in town.yaml once, and goes on", () =>
    inFolder(async (folder, ports) => {
      const { town } = await installTown(ports, { path: `${folder}/t` });
      ports.files.writeText(town.paths.config, "town: a\nlmits: {}\n");
      const look = await examine(town, { parts: townParts, fix: false });
      const failed = look.filter((one) => one.condition === "fail");
      assertStringIncludes(failed[0]!.detail, 'town.yaml:2:1: unknown key "lmits"; did you mean "limits"?');
      assertEquals(
        new Set(failed.slice(1).map((one) => one.detail)),
        new Set(['not known: see "town.yaml"']),
      );
      assertEquals(look.find((one) => one.name === "folders")?.condition, "ok");
    }));

  it("reports a part that cannot be looked at, or made, and stops nothing", () =>
    inFolder(async (folder, ports) => {
      const { town } = await installTown(ports, { path: `${folder}/t` });
      const broken = () => {
        throw new Error("no hands");
      };
      const parts = [{ name: "a", look: broken }, {
        name: "b",
        look: () => ({ condition: "fail" as const, detail: "gone" }),
        make: broken,
      }, { name: "c", look: () => ({ condition: "ok" as const, detail: "" }) }];
      const found = await examine(town, { parts, fix: true });
      assertEquals(found.map((one) => one.condition), ["fail", "fail", "ok"]);
    }));
});
