import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { agentParts } from "../../../src/agents/agent_parts.ts";
import { guardCommand, guardVariable } from "../../../src/agents/guard_call.ts";
import { settingsOf, settingsPath } from "../../../src/agents/launch.ts";
import { agentRoles, type HookSettings, settingsFor } from "../../../src/agents/settings.ts";
import { examine } from "../../../src/town/doctor.ts";
import { portsAt } from "../town/town_fixture.ts";
import { type AgentTown, inTown, workerCaller } from "./agent_fixture.ts";

const known = ["SessionStart", "UserPromptSubmit", "Stop", "PreToolUse", "SessionEnd", "Notification"];

describe("the settings of a role", () => {
  for (const role of agentRoles) {
    it(`${role}: name only events that every client knows, and commands that are there`, () => {
      const settings: HookSettings = settingsFor(role, { gt: "/town/.gt/bin/gt" });
      for (const [event, entries] of Object.entries(settings.hooks)) {
        assertEquals(known.includes(event), true, event);
        const [entry] = entries;
        assertEquals(entry!.hooks[0]!.command.startsWith("'/town/.gt/bin/gt' "), true);
      }
    });
  }

  it("are held against the same function by the doctor, which makes them by it", () =>
    inTown(async ({ town, ports }) => {
      const [, part] = agentParts;
      const conditions = async (fix = false) =>
        (await examine(town, { parts: [part!], fix })).map(({ condition, fixed }) => [condition, fixed]);
      assertEquals(await conditions(), [["ok", false]]);
      ports.files.writeText(settingsPath(town, "worker"), settingsOf(town, "worker"));
      assertEquals(await conditions(), [["ok", false]]);
      ports.files.writeText(settingsPath(town, "worker"), "{}");
      assertEquals(await conditions(), [["fail", false]]);
      assertEquals(await conditions(true), [["ok", true]]);
      assertEquals(ports.files.readText(settingsPath(town, "worker")), settingsOf(town, "worker"));
      assertEquals(ports.files.exists(settingsPath(town, "crew")), false);
    }));
});

describe("the guard in a session", () => {
  const inSession = ({ town }: AgentTown, more: Record<string, string> = {}) => {
    const variables = { GT_TOWN: town.root, GT_RIG: "app", GT_WORKER: "1", GT_BRANCH: "gt/app-one", ...more };
    const worktree = town.paths.rig("app").worker(1);
    return portsAt(town.root, worktree, variables);
  };
  const judge = (at: AgentTown, command: string, more: Record<string, string> = {}) =>
    guardCommand(inSession(at, more), {
      input: { stopHookActive: false, command },
      caller: workerCaller("app-one"),
    })?.rule;

  it("knows its worktree wherever its shell is, and lets other worktrees of the town alone", () =>
    inTown((at) => {
      assertEquals(judge(at, "echo > x"), undefined);
      assertEquals(judge(at, "echo > ../2/x"), "outside");
      assertEquals(judge(at, "cd ../2 && git push origin HEAD:main"), "push");
    }));

  it("is told by the session what the town leaves to agents, and what it forbids", () =>
    inTown(async (at) => {
      const path = at.town.paths.config;
      const yaml = Deno.readTextFileSync(path);
      const set = async (text: string) => {
        Deno.writeTextFileSync(path, `${yaml}guard: ${text}\n`);
        const variable = guardVariable(await at.town.config(), "/home/ann");
        return variable === undefined ? {} : { GT_GUARD: variable };
      };
      assertEquals(await set("{}"), {});
      assertEquals(judge(at, "git checkout x", await set("{ allow: [branches] }")), undefined);
      assertEquals(judge(at, "echo > ~/x", await set("{ writable: [/opt] }")), "outside");
      assertEquals(judge(at, "touch /home/ann/y/x", await set("{ writable: [~/y] }")), undefined);
      const deny = await set("{ deny: [{ command: ^make release, reason: Not yours }] }");
      assertEquals(judge(at, "make release", deny), "own");
    }));

  it("blocks nothing because of trouble of its own, and logs it", () =>
    inTown((at) => {
      assertEquals(judge(at, "git push --force", { GT_GUARD: "{" }), undefined);
      const log = at.ports.files.readText(`${at.town.paths.logs}/hooks.log`) ?? "";
      assertEquals(/gt-worker-1 guard: /.test(log), true);
    }));
});
