import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CommandError } from "../../../src/lib/errors.ts";
import { findTown, rigConfig, townAt } from "../../../src/town/town.ts";
import { inFolder, portsAt } from "./town_fixture.ts";

/** A folder with a town in it that has nothing but what makes it one. */
function inTown(use: (root: string, home: string) => Promise<void> | void): Promise<void> {
  return inFolder(async (folder, ports) => {
    const root = `${folder}/the tówn`;
    ports.files.writeText(`${root}/town.yaml`, "town: a\nrigs: {csm: {url: /r, prefix: cs}}\n");
    ports.files.makeFolder(`${root}/.beads`);
    await use(root, folder);
  });
}

function codeOf(call: () => unknown): string {
  return (assertThrows(call, CommandError) as CommandError).code;
}

describe("finding the town", () => {
  it("looks upwards from where the command was called", () =>
    inTown((root, home) => {
      const deep = `${root}/rigs/csm/workers/1/src`;
      Deno.mkdirSync(deep, { recursive: true });
      assertEquals(findTown(portsAt(home, deep)), root);
    }));

  it("passes over a project that has beads, or a file of that name, of its own", () =>
    inTown((root, home) => {
      const worktree = `${root}/rigs/csm/workers/1`;
      Deno.mkdirSync(`${worktree}/.beads`, { recursive: true });
      Deno.mkdirSync(`${worktree}/docs`);
      Deno.writeTextFileSync(`${worktree}/docs/town.yaml`, "");
      assertEquals(findTown(portsAt(home, `${worktree}/docs`)), root);
    }));

  it("takes the one that GT_TOWN names, also by a link", () =>
    inTown((root, home) => {
      Deno.symlinkSync(root, `${home}/link`);
      assertEquals(findTown(portsAt(home, "/", { GT_TOWN: `${home}/link` })), root);
      assertEquals(findTown(portsAt(home, home, { GT_TOWN: "link" })), root);
    }));

  it("refuses outside every town, and where GT_TOWN names none", () =>
    inFolder((folder) => {
      assertEquals(codeOf(() => findTown(portsAt(folder, folder))), "town_not_found");
      assertEquals(codeOf(() => findTown(portsAt(folder, folder, { GT_TOWN: folder }))), "town_not_found");
    }));
});

describe("an open town", () => {
  it("says where in it the command was called", () =>
    inTown((root, home) => {
      const worktree = `${root}/rigs/csm/workers/7/src`;
      Deno.mkdirSync(worktree, { recursive: true });
      assertEquals(townAt(portsAt(home, worktree), root).place(), { rig: "csm", worker: "7" });
    }));

  it("reads the configuration once, and again when the file has changed", () =>
    inTown(async (root, home) => {
      const ports = portsAt(home, root);
      const town = townAt(ports, root);
      const first = await town.config();
      assertEquals(await town.config() === first, true);
      ports.files.writeText(town.paths.config, "town: another\n");
      assertEquals((await town.config()).town, "another");
    }));

  it("names the rigs there are when asked for one there is not", () =>
    inTown(async (root, home) => {
      const config = await townAt(portsAt(home, root), root).config();
      const error = assertThrows(() => rigConfig(config, "cms"), CommandError) as CommandError;
      assertEquals([error.code, error.hints[0]], ["rig_not_found", "rigs of this town: csm"]);
      assertThrows(() => rigConfig(config, "constructor"), CommandError);
    }));
});
