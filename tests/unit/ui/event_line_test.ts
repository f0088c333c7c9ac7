import { describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import type { Arrived } from "../../../src/ledger/ledger.ts";
import type { JsonObject } from "../../../src/lib/json.ts";
import { createEventTeller, type KnownBead } from "../../../src/ui/event_line.ts";

let arrival = 0;
function arrived(kind: string, fields: JsonObject, id = "cs-login"): Arrived {
  arrival++;
  return {
    arrival,
    id,
    operation: { o: `r.${arrival}`, t: [1_000, 0], a: "ann", b: `${id}@r`, k: kind, f: fields },
  };
}

const task: KnownBead = { issue_type: "task", title: "Log in" };
const told = (kind: string, fields: JsonObject, known: KnownBead | undefined = task) =>
  createEventTeller()(arrived(kind, fields), known)?.text;
const attempt = (change: JsonObject) => ({ set: { "metadata.attempt": { n: 1, restarts: 0, ...change } } });

describe("an operation, told as an event", () => {
  const cases: [string, string | undefined, string | undefined][] = [
    ["a new bead", told("create", { set: { title: "Log in" } }), "cs-login created by ann: Log in"],
    [
      "a message",
      told("create", { set: { title: "MERGED cs-a", issue_type: "message", assignee: "witness/csm" } }),
      "mail ann → witness/csm: MERGED cs-a",
    ],
    [
      "a message being read",
      told("set", { set: { "metadata.mail": {} } }, { ...task, issue_type: "message" }),
      undefined,
    ],
    ["work", told("set", attempt({ state: "working", worker: 1 })), "cs-login: attempt 1 working (worker-1)"],
    [
      "a merge",
      told("set", attempt({ state: "merged", worker: 1, target: "main", landed: "0123456789abcdef" })),
      "cs-login: attempt 1 merged (worker-1) into main as 0123456789ab",
    ],
    [
      "a rework",
      told("set", attempt({ n: 2, state: "hooked", failure: { summary: "tests fail" } })),
      "cs-login: attempt 2 hooked: again after tests fail",
    ],
    [
      "a close by hand",
      told("set", { set: { status: "closed", close_reason: "dup" } }),
      "cs-login closed by ann: dup",
    ],
    ["a change", told("set", { set: { priority: 1 } }), "cs-login: priority changed by ann"],
    ["a change of nothing a person knows", told("set", { set: { "metadata.x": 1 } }), undefined],
    ["a dependency", told("add", { dep: { target: "cs-a@r", type: "blocks" } }), "cs-login waits for cs-a"],
    [
      "a landing",
      told("set", { set: { status: "closed", close_reason: "Landed: all 2 beads are closed" } }, {
        issue_type: "convoy",
        title: "Auth",
      }),
      "convoy cs-login landed: Auth",
    ],
    [
      "what a terminal would act on",
      told("comment", { text: "\x1b[2Jhi\nmore" }),
      'cs-login: ann says "\\x1b[2Jhi"',
    ],
  ];
  for (const [what, text, expected] of cases) {
    it(`says of ${what}: ${expected ?? "nothing"}`, () => assertEquals(text, expected));
  }

  it("tells a state once, and a new session of it again", () => {
    const tell = createEventTeller();
    const tellOf = (change: JsonObject) => tell(arrived("set", attempt(change)), task) !== undefined;
    assertEquals(tellOf({ state: "merging" }), true);
    assertEquals(tellOf({ state: "merging", merge: { tip: "a", onto: "b" } }), false);
    assertEquals(tellOf({ state: "starting", restarts: 1 }), true);
  });
});
