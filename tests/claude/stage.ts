import { join } from "node:path";
import type { Client } from "../../.ci/tasks/claude_client.ts";
import { createTestTown, type TestTown } from "../e2e/town_fixture.ts";
import { type ModelApi, startModelApi } from "./model_api.ts";

/** What the person has in `~/.claude.json`. */
export const ownState = { numStartups: 7, oddKey: [1], projects: { "/elsewhere": { allowedTools: ["x"] } } };
/** And in `~/.claude/settings.json`. */
export const ownSettings = { theme: "light", disableAllHooks: true };

/** What a test with real clients plays on. */
export interface Stage {
  town: TestTown;
  api: ModelApi;
  state(): Promise<typeof ownState & Record<string, unknown>>;
}

/** A town whose workers are real clients, with one rig whose project would make an unprepared client ask questions. */
export async function onStage(client: Client, use: (stage: Stage) => Promise<void>): Promise<void> {
  const api = startModelApi();
  const town = await createTestTown({ name: "gt-claude " });
  try {
    const home = town.env.HOME!;
    await Deno.mkdir(join(home, ".claude"));
    await Deno.writeTextFile(join(home, ".claude.json"), JSON.stringify(ownState));
    await Deno.writeTextFile(join(home, ".claude", "settings.json"), JSON.stringify(ownSettings));
    Object.assign(town.env, {
      PATH: `${client.bin}:${town.env.PATH}`,
      ANTHROPIC_BASE_URL: api.url,
      ANTHROPIC_API_KEY: "dummy-key-of-the-tests-0123456789",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL: "1",
      DISABLE_AUTOUPDATER: "1",
      // In tokens: a conversation that is said to be longer is compacted.
      CLAUDE_CODE_AUTO_COMPACT_WINDOW: "100000",
      // Without it the client refuses to work unattended as the superuser, as which containers often run.
      IS_SANDBOX: "1",
    });
    await addQuestions(town);
    await town.must(["config", "set", "agent", "claude"]);
    await use({
      town,
      api,
      state: async () => JSON.parse(await Deno.readTextFile(join(home, ".claude.json"))),
    });
  } finally {
    await town.end();
    await api.stop();
  }
}

/** Gives the project what the client asks about: servers of its own, permissions, and instructions from outside. */
async function addQuestions(town: TestTown): Promise<void> {
  const clone = join(town.root, "questions");
  await town.git(town.root, "clone", "-q", town.remote, clone);
  await Deno.writeTextFile(join(town.env.HOME!, "outside.md"), "Not part of the project.\n");
  await Deno.writeTextFile(join(clone, "CLAUDE.md"), "See @~/outside.md\n");
  await Deno.writeTextFile(join(clone, ".mcp.json"), '{"mcpServers":{"odd":{"command":"cat"}}}\n');
  await Deno.mkdir(join(clone, ".claude"));
  await Deno.writeTextFile(
    join(clone, ".claude", "settings.json"),
    '{"permissions":{"allow":["Bash(ls:*)"]},"disableAllHooks":true}\n',
  );
  await town.git(clone, "add", "-A");
  const person = ["-c", "user.name=t", "-c", "user.email=t@localhost"];
  await town.git(clone, ...person, "commit", "-qm", "Settings");
  await town.git(clone, "push", "-q", "origin", "HEAD:main");
}

/** What the first prompt of a worker says of its bead. */
export const hook = (id: string) => `on your hook is ${id} `;

/** Commits a file that is named like the bead. */
export const commit = (id: string) => `echo ${id} > ${id}.txt && git add -A && git commit -qm 'Add ${id}'`;
