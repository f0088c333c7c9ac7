import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { noteStart } from "../../../src/agents/briefing.ts";
import { conversations, noteResume, noteStuck } from "../../../src/agents/conversations.ts";
import { handOff } from "../../../src/agents/handoff.ts";
import { parseHookInput } from "../../../src/agents/hook_input.ts";
import { conversationToResume, type ResumeQuestion } from "../../../src/agents/resume.ts";
import { formerSessions, openSeance } from "../../../src/agents/seance.ts";
import { answerStop, noteEnd } from "../../../src/agents/turn_end.ts";
import type { CommandError } from "../../../src/lib/errors.ts";
import { type AgentTown, inTown, workerCaller } from "./agent_fixture.ts";

const caller = { ...workerCaller("app-one"), agent: "claude" };
const question: ResumeQuestion = {
  agent: { name: "claude", resumeFlag: "--resume" },
  session: "gt-worker-1",
  cwd: "/w/1",
  work: { bead: "app-one", n: 1 },
};

/** An agent that starts and leaves a transcript. */
function starts(at: AgentTown, id: string): void {
  const transcript = `${at.town.root}/${id}.jsonl`;
  Deno.writeTextFileSync(transcript, '{"type":"assistant"}\n');
  noteStart({ ...at, caller }, input(id, transcript));
}

function input(id: string, transcript = "/none") {
  const said = { session_id: id, transcript_path: transcript, cwd: "/w/1", source: "startup" };
  return parseHookInput(JSON.stringify(said));
}

const cases: [
  name: string,
  happens: (at: AgentTown) => void,
  change: Partial<ResumeQuestion>,
  id?: string,
][] = [
  ["goes on with the last conversation of the same try", () => {}, {}, "s1"],
  ["begins anew in another try", () => {}, { work: { bead: "app-one", n: 2 } }],
  ["begins anew with another agent", () => {}, { agent: { name: "mine", resumeFlag: "--resume" } }],
  ["begins anew in another folder", () => {}, { cwd: "/w/2" }],
  ["begins anew with an agent that cannot resume", () => {}, {
    agent: { name: "claude", resumeFlag: undefined },
  }],
  ["begins anew where the transcript is gone", (at) => Deno.removeSync(`${at.town.root}/s1.jsonl`), {}],
  [
    "begins anew where nothing was said",
    (at) => Deno.writeTextFileSync(`${at.town.root}/s1.jsonl`, "{}"),
    {},
  ],
  ["begins anew after one that got nowhere", (at) => noteStuck(at.town.ledger, "gt-worker-1"), {}],
  ["begins anew after one that was taken up and ended no turn", (at) => noteResume(at.town.ledger, "s1"), {}],
  [
    "goes on with one again that has ended a turn since",
    (at) => {
      noteResume(at.town.ledger, "s1");
      answerStop({ ...at, caller, input: input("s1") }, () => {});
    },
    {},
    "s1",
  ],
  ["begins anew after a handoff", (at) => void handOff(at, { caller, message: "next" }), {}],
  [
    "goes on with what came after a handoff",
    (at) => {
      at.ports.clock.now = () => 1_700_000_100_000;
      handOff(at, { caller, message: "next" });
      at.ports.clock.now = () => 1_700_000_200_000;
      starts(at, "s2");
    },
    {},
    "s2",
  ],
];

describe("a lost session", () => {
  for (const [name, happens, change, id] of cases) {
    it(name, () =>
      inTown((at) => {
        at = { ...at, ports: { ...at.ports, clock: { ...at.ports.clock, now: () => 1_700_000_000_000 } } };
        at.work("app-one");
        starts(at, "s1");
        happens(at);
        assertEquals(conversationToResume(at, { ...question, ...change })?.id, id);
      }));
  }
});

describe("former sessions", () => {
  it("are found by bead, worker and role, and say when they ended", () =>
    inTown((at) => {
      at.work("app-one");
      starts(at, "s1");
      noteEnd({ ...at, caller, input: input("s1") });
      for (const former of ["app-one", "worker-1", "1", "worker", "polecat", undefined]) {
        assertEquals(formerSessions(at, former).map(({ id, title }) => [id, title]), [
          ["s1", "Add the login page"],
        ]);
      }
      assertEquals(conversations(at.town.ledger)[0]!.endedAt! > 0, true);
      const error = assertThrows(() => formerSessions(at, "coordinator")) as CommandError;
      assertEquals([error.code, error.hints], ["session_not_found", ["There are: worker-1, app-one"]]);
    }));

  it("are opened as a copy, by the beginning of their id, wherever their folder is", () =>
    inTown(async (at) => {
      at.work("app-one");
      const claude = `${at.town.root}/claude`;
      Deno.writeTextFileSync(claude, "", { mode: 0o755 });
      const agents = `agents: { claude: { command: ${JSON.stringify(claude)} } }\n`;
      Deno.writeTextFileSync(at.town.paths.config, agents, { append: true });
      starts(at, "s1-long");
      const { argv, cwd, env } = await openSeance(at, { id: "s1", question: "Why?" });
      const transcript = `${at.town.root}/s1-long.jsonl`;
      assertEquals(argv.slice(1), ["--print", "Why?", "--resume", transcript, "--fork-session"]);
      assertEquals([cwd, env.GT_SESSION], [at.town.root, undefined]);
      Deno.removeSync(transcript);
      const error = await assertRejects(() => openSeance(at, { id: "s1" })) as CommandError;
      assertEquals(error.code, "transcript_gone");
    }));
});
