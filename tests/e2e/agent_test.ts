import { join } from "node:path";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Ended, gt } from "./program.ts";

/** Tries an agent that is a shell script, in a town of its own that knows it. */
async function trial(
  script: string | undefined,
  more = "",
): Promise<Ended & { steps: Record<string, string>; left: string[] }> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "gt-trial-of " }));
  const env = {
    HOME: root,
    TMPDIR: join(root, "tmp"),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    NO_COLOR: "1",
  };
  try {
    await Deno.mkdir(env.TMPDIR);
    const town = join(root, "town");
    assertEquals((await gt(["install", town], { cwd: root, env })).code, 0);
    const program = join(root, "odd agent");
    await Deno.writeTextFile(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const agent = `agents:\n  odd:\n    command: ${JSON.stringify(program)}\n${more}`;
    await Deno.writeTextFile(join(town, "town.yaml"), `town: t\n${agent}`);
    const name = script === undefined ? "script" : "odd";
    const ended = await gt(["agent", "test", name, "--timeout", "2s", "--json"], { cwd: town, env });
    const said: { stage: string; outcome: string }[] = JSON.parse(ended.stdout).steps;
    const steps = Object.fromEntries(said.map(({ stage, outcome }) => [stage, outcome]));
    return { ...ended, steps, left: [...Deno.readDirSync(env.TMPDIR)].map(({ name }) => name) };
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const typed = '    prompt: typed\n    ready: "❯"\n';

describe("gt agent test", () => {
  it("gets through with the built-in agent, and leaves nothing", async () => {
    const { code, steps, left } = await trial(undefined);
    assertEquals(steps, { launch: "ok", ready: "ok", prompt: "ok", exit: "ok" });
    assertEquals([code, left], [0, []]);
  });

  it("gets through with an agent without hooks that takes its prompt by keyboard", async () => {
    const { code, steps } = await trial("printf '❯ '; read -r line; printf '\\n❯ '; sleep 60", typed);
    assertEquals([code, steps], [0, { launch: "ok", ready: "ok", prompt: "ok", exit: "ok" }]);
  });

  it("says that an agent waits for a person, and types nothing into its question", async () => {
    const question =
      "printf 'Trust this folder? It can run files here.\\n❯ 1. Trust\\n  2. Back\\n'; read -r key; exit 3";
    const { code, steps, stdout } = await trial(question, typed);
    assertEquals([code, steps], [1, { launch: "ok", ready: "waits", prompt: "skipped", exit: "ok" }]);
    assertStringIncludes(stdout, "Trust this folder?");
  });

  it("says what an agent said that ends at once", async () => {
    const { code, steps, stdout } = await trial("echo 'no licence here'; exit 4");
    // Whether it is gone at the first look or at the second is the machine's business.
    assertEquals([code, [steps.launch, steps.ready].includes("failed"), steps.prompt], [1, true, "skipped"]);
    assertStringIncludes(stdout, "no licence here");
  });
});
