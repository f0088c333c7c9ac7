import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { primeText, unreadableText } from "../../../src/agents/prime.ts";
import { roleTexts } from "../../../src/agents/roles.ts";
import type { OnHook, PrimeSituation } from "../../../src/agents/situation.ts";
import { bdTable } from "../../../src/commands/bd_table.ts";
import { gtTable } from "../../../src/commands/gt_table.ts";
import type { Json } from "../../../src/lib/json.ts";
import type { Bead, BeadKey } from "../../../src/ledger/ledger.ts";
import type { Message } from "../../../src/town/mail/mail.ts";
import type { Attempt, AttemptState, Failure } from "../../../src/work/attempt.ts";
import { firstAttempt } from "../../../src/work/attempt_machine.ts";

const golden = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "golden");

const bead: Bead = {
  key: "cs-login@r" as BeadKey,
  id: "cs-login",
  title: "Add the login page",
  status: "in_progress",
  priority: 1,
  issue_type: "task",
  created_at: "2026-01-02T03:04:05.000Z",
  updated_at: "2026-01-02T03:04:05.000Z",
  description: "People log in with their address.\nNo passwords.",
  acceptance_criteria: "The page is in the menu.",
  labels: [],
  dependencies: [],
  comments: [],
  metadata: {},
  blocked: false,
  fields: {},
};

const conflict: Failure = {
  kind: "conflict",
  summary: "menu.txt conflicts with what landed in main",
  files: ["menu.txt"],
  detail: "menu.txt\n<<<<<<< gt/cs-login\nlogin\n=======\nsession\n>>>>>>> main",
};

const checks: Failure = {
  kind: "checks",
  summary: 'check "test" ended with exit code 1',
  detail: Array.from({ length: 60 }, (_, at) => `line ${at + 1} of the log`).join("\n"),
};

function attempt(change: Partial<Attempt> = {}): Attempt {
  return {
    ...firstAttempt({ bead: "cs-login", rig: "csm", agent: "claude", target: "main", at: 0, by: "overseer" }),
    state: "working",
    worker: 3,
    ...change,
  };
}

/** What somebody without a worker has taken on. */
function taken(bead: Bead, steps: Bead[] = []): OnHook {
  return { kind: "own", beads: [bead], due: { bead, steps } };
}

function work(change: Partial<Attempt> = {}, steps: Bead[] = []): OnHook {
  return { kind: "work", bead, attempt: attempt(change), steps };
}

function message(change: Partial<Message> = {}): Message {
  return {
    key: "hq-msg-a@r" as BeadKey,
    id: "hq-msg-a1b2c3d4",
    from: "overseer",
    to: "worker-3",
    subject: "The API is frozen",
    body: "Do not rename anything.",
    sent: "2026-01-02T03:04:05.000Z",
    urgent: false,
    state: "queued",
    archived: false,
    thread: "hq-msg-a1b2c3d4",
    ...change,
  };
}

function situation(change: Partial<PrimeSituation> = {}): PrimeSituation {
  return {
    role: "worker",
    name: "worker-3",
    rig: "csm",
    form: "full",
    roleText: roleTexts.worker,
    hook: work(),
    mail: [],
    earlier: [],
    ...change,
  };
}

const step = (id: string, title: string): Bead => ({
  ...bead,
  id,
  title,
  issue_type: "step",
  description: "Write it.",
});
const coordinator = { role: "coordinator" as const, name: "coordinator", roleText: roleTexts.coordinator };

const situations: Record<string, PrimeSituation> = {
  fresh: situation(),
  "after-lost-session": situation({ hook: work({ restarts: 2 }) }),
  "rework-checks": situation({
    hook: work({ n: 2, failure: checks, past: [{ n: 1, outcome: "checks", at: 0 }] }),
  }),
  "rework-conflict": situation({
    hook: work({ n: 2, failure: conflict, past: [{ n: 1, outcome: "conflict", at: 0 }] }),
  }),
  handoff: situation({
    note: message({
      kind: "handoff",
      from: "worker-3",
      subject: "HANDOFF",
      body: "Parser done.\nTests are next.",
    }),
  }),
  mail: situation({
    mail: [
      message({ urgent: true }),
      message({ id: "hq-msg-b", subject: "Just this line", body: "Just this line" }),
    ],
    earlier: [message({ id: "hq-msg-c", state: "delivered", subject: "Read the plan" })],
  }),
  steps: situation({
    hook: work({}, [step("cs-login.1", "Write the tests"), step("cs-login.2", "Make them pass")]),
  }),
  stale: situation({
    hook: { kind: "over", bead: "cs-login", n: 1, why: "the bead is at attempt 2 now, which is not yours" },
  }),
  waiting: situation({ hook: work({ state: "waiting", question: "Keep the old endpoint?" }) }),
  submitted: situation({ hook: work({ state: "submitted" }) }),
  "rework-steps": situation({
    hook: work(
      {
        n: 4,
        failure: conflict,
        failed: 1,
        past: [1, 2, 3].map((n) => ({ n, outcome: n === 1 ? "conflict" : "released", at: 0 })),
      },
      [step("cs-login.1", "Understand both sides")],
    ),
  }),
  escalated: situation({
    hook: work({ state: "escalated", failure: checks, failed: 1, question: "Decide" }),
  }),
  "no-work": situation({ hook: { kind: "nothing" } }),
  compact: situation({ form: "short", hook: work({ n: 2, failure: conflict }) }),
  coordinator: situation({
    ...coordinator,
    hook: { kind: "nothing" },
    overview: {
      states: { working: 2, waiting: 1 },
      needs: [{
        bead: "cs-login",
        title: "Add the login page",
        rig: "csm",
        state: "waiting",
        question: "Keep it?",
      }],
      convoys: [{ id: "hq-cv-auth", title: "Auth feature" }],
    },
  }),
  crew: situation({
    role: "crew",
    name: "crew/ann",
    roleText: roleTexts.crew,
    hook: taken({ ...bead, assignee: "crew/ann" }),
  }),
};

const letter = message({
  to: "coordinator",
  from: "worker-3",
  subject: "Which colour?",
  body: "Red or blue?",
});
const resting = { states: {}, needs: [], convoys: [] };
const note = message({ kind: "handoff", from: "x", subject: "HANDOFF", body: "The plan is in hq-7." });
const crew = { role: "crew" as const, name: "crew/ann", roleText: roleTexts.crew };
const own = (state: AttemptState, failure?: Failure): Bead => ({
  ...bead,
  assignee: "crew/ann",
  metadata: { attempt: attempt({ state, crew: "ann", ...(failure ? { failure } : {}) }) as unknown as Json },
});

/** The same situations for those who have no attempt. */
const others: Readonly<Record<string, PrimeSituation>> = {
  "coordinator-no-work": situation({ ...coordinator, hook: { kind: "nothing" }, overview: resting }),
  "coordinator-mail": situation({
    ...coordinator,
    hook: { kind: "nothing" },
    overview: resting,
    mail: [letter],
  }),
  "coordinator-handoff": situation({ ...coordinator, hook: { kind: "nothing" }, overview: resting, note }),
  "coordinator-compact": situation({
    ...coordinator,
    form: "short",
    hook: taken(bead),
    overview: { ...resting, states: { working: 1 } },
  }),
  "crew-no-work": situation({ ...crew, hook: { kind: "nothing" } }),
  "crew-mail": situation({ ...crew, hook: { kind: "nothing" }, mail: [letter] }),
  "crew-handoff": situation({ ...crew, hook: taken({ ...bead, assignee: "crew/ann" }), note }),
  "crew-compact": situation({ ...crew, form: "short", hook: taken({ ...bead, assignee: "crew/ann" }) }),
  "crew-submitted": situation({ ...crew, hook: { kind: "own", beads: [own("submitted")] } }),
  "crew-steps": situation({
    ...crew,
    hook: taken({ ...bead, assignee: "crew/ann" }, [
      step("cs-login.1", "Change it"),
      step("cs-login.2", "Look again"),
    ]),
  }),
  "crew-rework": situation({ ...crew, hook: taken(own("released", checks)) }),
};
Object.assign(situations, others);

const commandNames = /`?\b(gt|bd) ([a-z]+(?:-[a-z]+)*)(?: ([a-z]+(?:-[a-z]+)*))?/g;

/** The commands that a text names, each with the words that could be part of its name. */
function commandsIn(text: string): { program: string; words: string[] }[] {
  // Prose may say `gt` of the program itself; a command is in backticks, behind a colon, or a line of its own.
  const spans = [
    ...[...text.matchAll(/`([^`]+)`/g)].map((found) => found[1]!),
    ...[...text.matchAll(/(?:: |^|\()((?:gt|bd) [^)\n]+)/gm)].map((found) => found[1]!),
  ];
  return spans.flatMap((span) =>
    [...span.matchAll(commandNames)].map(([, program, first, second]) => ({
      program: program!,
      words: [first!, ...(second ? [second] : [])],
    }))
  );
}

describe("prime", () => {
  for (const [name, given] of Object.entries(situations)) {
    it(`says what golden/prime_${name}.txt says`, () => {
      const path = join(golden, `prime_${name}.txt`);
      const text = primeText(given);
      if (Deno.env.get("GOLDEN_UPDATE")) Deno.writeTextFileSync(path, text);
      assertEquals(text, Deno.readTextFileSync(path));
    });
  }

  it("says what golden/prime_unreadable.txt says", () => {
    const path = join(golden, "prime_unreadable.txt");
    const text = unreadableText("disk I/O error");
    if (Deno.env.get("GOLDEN_UPDATE")) Deno.writeTextFileSync(path, text);
    assertEquals(text, Deno.readTextFileSync(path));
  });

  it("has no line too many, whatever there is to say", () => {
    const long = Array.from({ length: 500 }, (_, at) => `line ${at}`).join("\n");
    const full = situation({
      roleText: roleTexts.worker + "\nmore\n".repeat(12),
      hook: {
        kind: "work",
        bead: { ...bead, description: long, acceptance_criteria: long, design: long, notes: long },
        attempt: attempt({ n: 3, restarts: 2, failure: { ...checks, detail: long } }),
        steps: Array.from(
          { length: 30 },
          (_, at) => ({ ...step(`cs-login.${at}`, "Step"), description: long }),
        ),
      },
      note: message({ body: long }),
      mail: Array.from({ length: 9 }, () => message({ body: long })),
      earlier: Array.from({ length: 9 }, () => message({ state: "delivered" })),
    });
    const lines = primeText(full).trimEnd().split("\n");
    assert(lines.length <= 120, `${lines.length} lines`);
    assertStringIncludes(lines.slice(-6).join("\n"), "## Next");
  });

  it("never calls an unreadable ledger an empty hook", () => {
    const text = unreadableText("the disk is gone");
    assertStringIncludes(text, "cannot read the ledger: do not run gt done");
    assert(!/no work|hook is empty/i.test(text));
  });

  it("tells nobody to run gt done whose attempt is not open", () => {
    const states: AttemptState[] = ["waiting", "submitted", "queued", "merging", "escalated", "hooked"];
    for (const state of states) {
      const [, next] = primeText(situation({ hook: work({ state }) })).split("## Next");
      assert(!/^gt done|: gt done/m.test(next!), state);
    }
    const over = primeText(situations.stale!);
    assertStringIncludes(over, "Do not commit, push, or run gt done.");
  });

  it("shows text from elsewhere without its control characters", () => {
    const text = primeText(situation({ mail: [message({ body: "\x1b[2Jgone" })] }));
    assert(!text.includes("\x1b"));
  });

  it("names only flags that exist", async () => {
    const spans = Object.values(situations).map(primeText).flatMap((
      text,
    ) => [...text.matchAll(/`([^`]+)`/g)]);
    for (const [, span] of spans) {
      const [program, ...words] = span!.replaceAll(/"[^"]*"/g, "TEXT").split(" ");
      const table = program === "gt" ? gtTable : bdTable;
      const name = [words.slice(0, 2).join(" "), words[0]!].find((known) => Object.hasOwn(table, known));
      const { command } = await table[name!]!();
      const flags = Object.entries(command.flags ?? {}).flatMap((
        [long, { short }],
      ) => [`--${long}`, `-${short}`]);
      for (const word of words.filter((word) => word.startsWith("-"))) assert(flags.includes(word), span);
    }
  });

  it("names only commands that exist", () => {
    const texts = [...Object.values(situations).map(primeText), unreadableText("x")];
    for (const { program, words } of texts.flatMap(commandsIn)) {
      const table = program === "gt" ? gtTable : bdTable;
      const known = [words.join(" "), words[0]!].some((name) => Object.hasOwn(table, name));
      assert(known, `${program} ${words.join(" ")}`);
    }
  });
});
