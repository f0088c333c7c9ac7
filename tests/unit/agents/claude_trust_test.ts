import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { claudeStatePath, forgetFolders, trustFolders } from "../../../src/agents/claude_trust.ts";
import { CommandError } from "../../../src/lib/errors.ts";
import { inFolder, portsAt } from "../town/town_fixture.ts";

const trusted = { hasTrustDialogAccepted: true, hasClaudeMdExternalIncludesWarningShown: true };

describe("trust of Claude Code", () => {
  it("is added to what the file says, which stays, with a link to it", () =>
    inFolder(async (folder, ports) => {
      const before = { numStartups: 7, projects: { "/other": { allowedTools: ["x"] } }, odd: null };
      Deno.writeTextFileSync(`${folder}/dotfile.json`, JSON.stringify(before));
      Deno.symlinkSync(`${folder}/dotfile.json`, `${folder}/home/.claude.json`);
      await trustFolders(ports, { folders: ["/town/rigs/a/workers/1"] });
      assertEquals(Deno.lstatSync(`${folder}/home/.claude.json`).isSymlink, true);
      assertEquals(JSON.parse(Deno.readTextFileSync(`${folder}/dotfile.json`)), {
        ...before,
        projects: { ...before.projects, "/town/rigs/a/workers/1": trusted },
      });
      await forgetFolders(ports, { folders: ["/town/rigs/a/workers/1"] });
      assertEquals(JSON.parse(Deno.readTextFileSync(`${folder}/dotfile.json`)).projects, before.projects);
    }));

  it("is taken out with what the client noted beside it, but not with what a person decided there", () =>
    inFolder(async (folder, ports) => {
      const path = `${folder}/home/.claude.json`;
      const decided = { mcpServers: { mine: { command: "x" } }, allowedTools: [] };
      const noted = { mcpServers: {}, allowedTools: [], lastCost: 1 };
      Deno.writeTextFileSync(path, JSON.stringify({ projects: { "/t/crew/ann": decided, "/t/1": noted } }));
      await trustFolders(ports, { folders: ["/t/crew/ann", "/t/1"] });
      await forgetFolders(ports, { folders: ["/t/crew/ann", "/t/1"] });
      assertEquals(JSON.parse(Deno.readTextFileSync(path)).projects, { "/t/crew/ann": decided });
    }));

  it("makes the file, for its owner alone, with the end of the key where there is one", () =>
    inFolder(async (folder) => {
      const ports = portsAt(folder, folder, { ANTHROPIC_API_KEY: "x".repeat(30) + "tail" });
      await trustFolders(ports, { folders: ["/w"], env: { CLAUDE_CONFIG_DIR: `${folder}/config` } });
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
      await Promise.all(folders.map((one) => trustFolders(ports, { folders: [one] })));
      const { projects } = JSON.parse(Deno.readTextFileSync(`${folder}/home/.claude.json`));
      assertEquals(Object.keys(projects).sort(), [...folders].sort());
    }));

  it("keeps what a person has said about a folder, and writes nothing the second time", () =>
    inFolder(async (folder, ports) => {
      const path = `${folder}/home/.claude.json`;
      const own = {
        hasClaudeMdExternalIncludesApproved: true,
        allowedTools: ["x"],
        hasTrustDialogAccepted: false,
      };
      Deno.writeTextFileSync(path, JSON.stringify({ projects: { "/repo.git": own } }));
      await trustFolders(ports, { folders: ["/w", "/repo.git"] });
      const { projects } = JSON.parse(Deno.readTextFileSync(path));
      assertEquals(projects, { "/w": trusted, "/repo.git": { ...own, ...trusted } });
      const written = Deno.statSync(path).ino;
      await trustFolders(ports, { folders: ["/w", "/repo.git"] });
      assertEquals(Deno.statSync(path).ino, written);
    }));

  it("waits for a client that is writing, and not for one that was killed while it wrote", () =>
    inFolder(async (folder, ports) => {
      const path = `${folder}/home/.claude.json`;
      Deno.mkdirSync(`${path}.lock`);
      let isReleased = false;
      const clock = {
        ...ports.clock,
        sleep(ms: number) {
          isReleased = true;
          Deno.removeSync(`${path}.lock`);
          return ports.clock.sleep(ms);
        },
      };
      await trustFolders({ ...ports, clock }, { folders: ["/w"] });
      assertEquals(isReleased, true);
      Deno.mkdirSync(`${path}.lock`);
      Deno.utimeSync(`${path}.lock`, new Date(), new Date(Date.now() - 11_000));
      await trustFolders(ports, { folders: ["/v"] });
      assertEquals(Object.keys(JSON.parse(Deno.readTextFileSync(path)).projects), ["/w", "/v"]);
      assertEquals([...Deno.readDirSync(`${folder}/home`)].map(({ name }) => name), [".claude.json"]);
    }));

  it("is said where the client keeps its state, also in the place of former versions", () =>
    inFolder((folder, ports) => {
      Deno.mkdirSync(`${folder}/home/.claude`);
      assertEquals(claudeStatePath(ports), `${folder}/home/.claude.json`);
      Deno.writeTextFileSync(`${folder}/home/.claude/.config.json`, "{}");
      assertEquals(claudeStatePath(ports), `${folder}/home/.claude/.config.json`);
    }));

  it("leaves a file alone that it cannot understand", () =>
    inFolder(async (folder, ports) => {
      Deno.writeTextFileSync(`${folder}/home/.claude.json`, "{ broken");
      await assertRejects(() => trustFolders(ports, { folders: ["/w"] }), CommandError, "not a JSON object");
      assertEquals(Deno.readTextFileSync(`${folder}/home/.claude.json`), "{ broken");
    }));
});
