import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { claudeStatePath, forgetFolders, trustFolder } from "../../../src/agents/claude_trust.ts";
import { CommandError } from "../../../src/lib/errors.ts";
import { inFolder, portsAt } from "../town/town_fixture.ts";

describe("trust of Claude Code", () => {
  it("is added to what the file says, which stays, with a link to it", () =>
    inFolder(async (folder, ports) => {
      const before = { numStartups: 7, projects: { "/other": { allowedTools: ["x"] } }, odd: null };
      Deno.writeTextFileSync(`${folder}/dotfile.json`, JSON.stringify(before));
      Deno.symlinkSync(`${folder}/dotfile.json`, `${folder}/home/.claude.json`);
      await trustFolder(ports, { folder: "/town/rigs/a/workers/1" });
      assertEquals(Deno.lstatSync(`${folder}/home/.claude.json`).isSymlink, true);
      assertEquals(JSON.parse(Deno.readTextFileSync(`${folder}/dotfile.json`)), {
        ...before,
        bypassPermissionsModeAccepted: true,
        projects: { ...before.projects, "/town/rigs/a/workers/1": { hasTrustDialogAccepted: true } },
      });
      await forgetFolders(ports, { folders: ["/town/rigs/a/workers/1"] });
      assertEquals(JSON.parse(Deno.readTextFileSync(`${folder}/dotfile.json`)).projects, before.projects);
    }));

  it("makes the file, for its owner alone, with the end of the key where there is one", () =>
    inFolder(async (folder) => {
      const ports = portsAt(folder, folder, { ANTHROPIC_API_KEY: "x".repeat(30) + "tail" });
      await trustFolder(ports, { folder: "/w", env: { CLAUDE_CONFIG_DIR: `${folder}/config` } });
      const path = `${folder}/config/.claude.json`;
      assertEquals(claudeStatePath(ports, { CLAUDE_CONFIG_DIR: `${folder}/config` }), path);
      assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
      const state = JSON.parse(Deno.readTextFileSync(path));
      assertEquals(state.customApiKeyResponses.approved, ["x".repeat(16) + "tail"]);
      assertEquals(state.hasCompletedOnboarding, true);
    }));

  it("loses none of many at once", () =>
    inFolder(async (folder, ports) => {
      const folders = Array.from({ length: 12 }, (_, at) => `/w/${at}`);
      await Promise.all(folders.map((one) => trustFolder(ports, { folder: one })));
      const { projects } = JSON.parse(Deno.readTextFileSync(`${folder}/home/.claude.json`));
      assertEquals(Object.keys(projects).sort(), [...folders].sort());
    }));

  it("leaves a file alone that it cannot understand", () =>
    inFolder(async (folder, ports) => {
      Deno.writeTextFileSync(`${folder}/home/.claude.json`, "{ broken");
      await assertRejects(() => trustFolder(ports, { folder: "/w" }), CommandError, "not a JSON object");
      assertEquals(Deno.readTextFileSync(`${folder}/home/.claude.json`), "{ broken");
    }));
});
