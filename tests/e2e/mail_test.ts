import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { bd, type Ended, gt } from "./program.ts";

/** Calls of gt in a town of their own, as different people and sessions. */
interface Post {
  town: string;
  as(who: "overseer" | "coordinator" | "worker", words: readonly string[], input?: unknown): Promise<Ended>;
}

const environments = {
  overseer: {},
  coordinator: { GT_ROLE: "coordinator", GT_SESSION: "gt-coordinator", BD_ACTOR: "coordinator" },
  worker: {
    GT_ROLE: "worker",
    GT_SESSION: "gt-worker-1",
    BD_ACTOR: "worker-1",
    GT_WORKER: "1",
    GT_BEAD: "app-one",
    GT_ATTEMPT: "1",
    GT_RIG: "app",
  },
} as const;

async function withPost(use: (post: Post) => Promise<void>): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "gt mail " }));
  const town = join(root, "town");
  const base = { HOME: root, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", NO_COLOR: "1" };
  const kept = Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "/", ".cache", "deno");
  const call = (
    words: readonly string[],
    options: { cwd: string; env?: Record<string, string>; stdin?: string },
  ) => gt(words, { ...options, env: { ...base, DENO_DIR: kept, ...options.env } });
  try {
    const made = await call(["install", town], { cwd: root });
    assertEquals(made.code, 0, made.stderr);
    await use({
      town,
      as: (who, words, input) =>
        call(words, {
          cwd: town,
          env: environments[who],
          stdin: input === undefined ? "" : JSON.stringify(input),
        }),
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

describe("mail", () => {
  it("is sent, listed, read, answered, followed and archived", () =>
    withPost(async ({ as }) => {
      const sent = await as("overseer", [
        "mail",
        "send",
        "mayor",
        "-s",
        "Plan",
        "-m",
        "Split the login bead",
        "--json",
      ]);
      const [{ id, to }] = JSON.parse(sent.stdout);
      assertEquals(to, "coordinator");
      assertStringIncludes((await as("coordinator", ["mail", "inbox"])).stdout, "Plan");
      assertEquals((await as("coordinator", ["mail", "check"])).code, 0);
      assertStringIncludes((await as("coordinator", ["mail", "read", id])).stdout, "Split the login bead");
      assertEquals((await as("coordinator", ["mail", "check"])).code, 1);
      const answered = await as("coordinator", ["mail", "reply", id, "-m", "Done", "--json"]);
      assertEquals(JSON.parse(answered.stdout).to, "overseer");
      const thread = JSON.parse((await as("overseer", ["mail", "thread", id, "--json"])).stdout);
      assertEquals(thread.map(({ subject }: { subject: string }) => subject), ["Plan", "Re: Plan"]);
      assertEquals((await as("coordinator", ["mail", "archive", id])).code, 0);
      assertEquals(JSON.parse((await as("coordinator", ["mail", "inbox", "--json"])).stdout), []);
    }));

  it("of whoever has some can be looked at, and the hint of gt status is for everybody", () =>
    withPost(async ({ as }) => {
      await as("coordinator", ["mail", "send", "overseer", "-m", "Look at this"]);
      // Whoever owns a convoy, or may decide a gate, gets mail under any name.
      const { stdout: created } = await as("overseer", [
        "--as",
        "bd",
        "create",
        "One",
        "--id",
        "hq-one",
        "--json",
      ]);
      assertEquals(JSON.parse(created).id, "hq-one");
      await as("overseer", ["convoy", "create", "Tiny", "hq-one", "--actor", "ann"]);
      await as("overseer", ["--as", "bd", "close", "hq-one"]);
      const closed = await as("overseer", ["convoy", "close", "tiny"]);
      assertEquals(closed.code, 0, closed.stderr);
      const ann = await as("overseer", ["mail", "inbox", "ann"]);
      assertStringIncludes(ann.stdout, "CONVOY_LANDED");
      const nobody = await as("overseer", ["mail", "inbox", "coordinater"]);
      assertEquals(nobody.code, 2);
      assertMatch(
        nobody.stderr,
        /^error: Cannot look into the mailbox of "coordinater": nobody of that name has mail\nhint: did you mean coordinator\?\n/,
      );

      const { needs } = JSON.parse((await as("overseer", ["status", "--json", "--actor", "ann"])).stdout);
      const hint = needs.find(({ kind }: { kind: string }) => kind === "mail").command;
      const pasted = await as("overseer", [...hint.split(" ").slice(1), "--actor", "ann"]);
      assertStringIncludes(pasted.stdout, "Look at this");
      const [{ id }] = JSON.parse((await as("overseer", ["mail", "inbox", "--json"])).stdout);
      const refused = await as("overseer", ["mail", "archive", id, "--actor", "ann"]);
      assertStringIncludes(refused.stderr, `gt mail archive ${id} --actor overseer`);
      assertEquals((await as("overseer", ["mail", "archive", id, "--actor", "overseer"])).code, 0);
    }));

  it("is shown to an agent once, however many of its hooks run at once", () =>
    withPost(async ({ as }) => {
      await as("overseer", ["mail", "send", "coordinator", "-m", "Only once"]);
      const input = { session_id: "s1", hook_event_name: "UserPromptSubmit", prompt: "x" };
      const hooks = await Promise.all(
        Array.from({ length: 6 }, () => as("coordinator", ["mail", "check", "--hook"], input)),
      );
      assertEquals(hooks.map(({ code }) => code), [0, 0, 0, 0, 0, 0]);
      assertEquals(hooks.filter(({ stdout }) => stdout.includes("Only once")).length, 1);
      const stop = await as("coordinator", ["signal", "stop"], { session_id: "s1" });
      assertEquals([stop.code, stop.stdout], [0, ""]);
    }));

  it("continues a turn that is about to end, as Claude Code wants to be told", () =>
    withPost(async ({ as }) => {
      await as("overseer", ["mail", "send", "coordinator", "-m", "One more thing", "--urgent"]);
      const stop = await as("coordinator", ["signal", "stop"], { session_id: "s1", stop_hook_active: false });
      const { decision, reason } = JSON.parse(stop.stdout);
      assertEquals(decision, "block");
      assertStringIncludes(reason, "One more thing");
    }));

  it("is refused for readers that do not exist, with what to do", () =>
    withPost(async ({ as }) => {
      for (
        const [words, says] of [
          [["mail", "send", "worker-7", "-m", "x"], /no such worker is at work/],
          [["mail", "send", "@workers", "-m", "x"], /no worker is at work/],
          [["mail", "send", "witness/nowhere", "-m", "x"], /no such rig/],
          [["mail", "read", "nothing"], /there is none/],
          [["nudge", "overseer", "x"], /it is no agent/],
          [["answer", "nothing", "x"], /nothing/],
          [["handoff", "-m", "x"], /not an agent's session/],
          [["ask", "x"], /not a worker's session/],
        ] as [string[], RegExp][]
      ) {
        const { code, stderr } = await as("overseer", words);
        assertMatch(stderr, says);
        assertEquals(code, 1, words.join(" "));
      }
      assertEquals((await as("overseer", ["mail", "send", "everybody", "-m", "x"])).code, 2);
    }));
});

describe("hooks", () => {
  it("never fail their agent: without a town, with nonsense, with a ledger that cannot be read", () =>
    withPost(async ({ as, town }) => {
      const hooks = [
        ["prime", "--hook"],
        ["mail", "check", "--hook"],
        ["signal", "stop"],
        ["signal", "end"],
        ["guard"],
      ];
      for (const words of hooks) {
        assertEquals((await as("worker", words, "nonsense")).code, 0, words.join(" "));
      }
      await Deno.remove(join(town, ".beads"), { recursive: true });
      for (const words of hooks) {
        const { code, stdout } = await as("worker", words, {});
        assertEquals(code, 0, words.join(" "));
        if (words[0] === "prime") assertStringIncludes(stdout, "cannot read the ledger: do not run gt done");
      }
      assertEquals((await as("worker", ["prime"])).code, 1);
    }));

  it("write their trouble down", () =>
    withPost(async ({ as, town }) => {
      await Deno.writeTextFile(join(town, ".beads", "index.db"), "");
      await Deno.remove(join(town, ".beads"), { recursive: true });
      await Deno.writeTextFile(join(town, ".beads"), "not a folder");
      await as("worker", ["signal", "stop"], {});
      const log = await Deno.readTextFile(join(town, ".gt", "logs", "hooks.log"));
      assertMatch(log, /gt-worker-1 signal stop: /);
    }));

  it("tell a worker whose attempt is over to stop, and block what would harm others", () =>
    withPost(async ({ as, town }) => {
      const prime = await as("worker", ["prime", "--hook"], { source: "startup", session_id: "s1" });
      assertMatch(prime.stdout, /Stop: attempt 1 at app-one is over/);
      const call = { tool_name: "Bash", tool_input: { command: "git push origin main" }, cwd: town };
      const guard = await as("worker", ["guard"], call);
      assertEquals(guard.code, 2);
      assertMatch(guard.stderr, /Blocked: Only the refinery pushes to main/);
      assertEquals((await as("coordinator", ["guard"], call)).code, 0);
    }));
});

describe("bd", () => {
  it("does not take messages for work", () =>
    withPost(async ({ as, town }) => {
      await as("overseer", ["mail", "send", "coordinator", "-m", "hello"]);
      const ready = await bd(["ready", "--json"], {
        cwd: town,
        env: {
          NO_COLOR: "1",
          DENO_DIR: Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME")!, ".cache", "deno"),
        },
      });
      assertEquals(JSON.parse(ready.stdout), []);
    }));
});
