import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { agentName, listAgents, resolveAgent } from "../../../src/agents/presets.ts";
import { CommandError } from "../../../src/lib/errors.ts";
import type { Ports } from "../../../src/ports/ports.ts";
import { inFolder, portsAt } from "../town/town_fixture.ts";
import { parseConfig } from "../../../src/town/config/read_config.ts";

/** Ports with only the named programs on PATH. */
function withPrograms(names: string[], use: (ports: Ports, bin: string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    const bin = `${folder}/bin`;
    const ports = portsAt(folder, folder, { PATH: `relative::${bin}`, SHELL: `${bin}/zsh` });
    Deno.mkdirSync(bin);
    for (const name of names) ports.files.writeText(`${bin}/${name}`, "#!/bin/sh\n", { mode: 0o755 });
    await use(ports, bin);
  });
}

const rigs = "rigs: {csm: {url: /r, prefix: cs, agent: codex}, web: {url: /w, prefix: w}}\n";

function refused(call: () => unknown): CommandError {
  return assertThrows(call, CommandError) as CommandError;
}

describe("choosing an agent", () => {
  it("takes claude where it is on PATH and nothing else is said", () =>
    withPrograms(["claude"], async (ports, bin) => {
      const agent = resolveAgent(ports, { config: await parseConfig("town: a", "t") });
      assertEquals([agent.name, agent.command, agent.hooks], ["claude", `${bin}/claude`, "claude-settings"]);
    }));

  it("refuses to guess without claude, and names what is here and what could be", () =>
    withPrograms(["codex", "zsh"], async (ports) => {
      const config = await parseConfig("town: a", "t");
      const error = refused(() => resolveAgent(ports, { config }));
      assertEquals(error.code, "agent_not_configured");
      assertEquals(error.hints[0], "found here: codex, shell");
      assertStringIncludes(error.hints[1]!, "claude");
      assertEquals(error.hints[2], "gt config set agent NAME");
    }));

  it("lets the caller, then the bead, then the rig, then the town decide", () =>
    withPrograms(["claude"], async (ports) => {
      const config = await parseConfig(`town: a\nagent: gemini\ncoordinator: {agent: shell}\n${rigs}`, "t");
      assertEquals(agentName(ports, { config, flag: "amp", bead: "aider", rig: "csm" }), "amp");
      assertEquals(agentName(ports, { config, bead: "aider", rig: "csm" }), "aider");
      assertEquals(agentName(ports, { config, rig: "csm" }), "codex");
      assertEquals(agentName(ports, { config, rig: "web" }), "gemini");
      assertEquals(agentName(ports, { config, role: "coordinator" }), "shell");
    }));

  it("names a near agent when there is no such one", () =>
    withPrograms([], async (ports) => {
      const config = await parseConfig("town: a", "t");
      const error = refused(() => resolveAgent(ports, { config, flag: "cluade" }));
      assertEquals([error.code, error.hints[0]], ["agent_unknown", 'did you mean "claude"?']);
    }));

  it("says when an agent's program is not here", () =>
    withPrograms([], async (ports) => {
      const config = await parseConfig("town: a", "t");
      const error = refused(() => resolveAgent(ports, { config, flag: "codex" }));
      assertEquals(error.code, "agent_not_found");
      assertEquals(error.message, 'Cannot use agent "codex": "codex" is not on PATH');
    }));

  it("does not take a file that cannot be run, or a folder, for a program", () =>
    withPrograms([], async (ports, bin) => {
      ports.files.writeText(`${bin}/claude`, "notes");
      ports.files.makeFolder(`${bin}/codex`);
      const found = listAgents(ports, await parseConfig("town: a", "t")).filter((agent) => agent.found);
      assertEquals(found.map((agent) => agent.name), []);
    }));
});

describe("an agent of town.yaml", () => {
  it("changes only what it says of its preset", () =>
    withPrograms(["claude"], async (ports) => {
      const config = await parseConfig(
        "town: a\nagents: {fast: {preset: claude, args: [--model, haiku]}}",
        "t",
      );
      const agent = resolveAgent(ports, { config, flag: "fast" });
      assertEquals(agent.args, ["--model", "haiku"]);
      assertEquals([agent.hooks, agent.resumeFlag, agent.preset], ["claude-settings", "--resume", "claude"]);
    }));

  it("may be a command of its own, by a path from home", () =>
    withPrograms([], async (ports) => {
      ports.files.writeText(`${ports.env.home()}/my agent`, "", { mode: 0o755 });
      const config = await parseConfig(
        'town: a\nagents: {mine: {command: "~/my agent", prompt: typed}}',
        "t",
      );
      const agent = resolveAgent(ports, { config, flag: "mine" });
      assertEquals(agent.command, `${ports.env.home()}/my agent`);
      assertEquals([agent.promptMode, agent.hooks, agent.preset], ["typed", "none", undefined]);
    }));

  it("runs the script agent with the words that call this program", () =>
    withPrograms([], async (ports, bin) => {
      ports.files.writeText(`${bin}/deno`, "", { mode: 0o755 });
      const self = [`${bin}/deno`, "run", "-A", "/x/main.ts"];
      const config = await parseConfig("town: a\nagent: script", "t");
      const agent = resolveAgent({ ...ports, processes: { ...ports.processes, self } }, { config });
      assertEquals([agent.command, ...agent.args], [...self, "agent", "run-script"]);
    }));
});
