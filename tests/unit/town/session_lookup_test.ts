import { describe, it } from "@std/testing/bdd";
import { assertEquals, assertThrows } from "@std/assert";
import { CommandError } from "../../../src/lib/errors.ts";
import { findSession } from "../../../src/town/session_lookup.ts";

const sessions = [
  "gt-coordinator",
  "gt-refinery-csm",
  "gt-steward",
  "gt-witness-csm",
  "gt-witness-web",
  "gt-worker-3",
];
const beads = new Map([["cs-login", "gt-worker-3"]]);
const find = (text: string) => findSession(sessions, { text, beads });

describe("finding a session", () => {
  const cases: [string, string][] = [
    ["gt-worker-3", "gt-worker-3"],
    ["worker-3", "gt-worker-3"],
    ["3", "gt-worker-3"],
    ["polecat 3", "gt-worker-3"],
    ["polecat-3", "gt-worker-3"],
    ["cs-login", "gt-worker-3"],
    ["mayor", "gt-coordinator"],
    ["deacon", "gt-steward"],
    ["witness csm", "gt-witness-csm"],
    ["witness/web", "gt-witness-web"],
    ["refinery", "gt-refinery-csm"],
  ];
  for (const [text, session] of cases) {
    it(`takes "${text}" for ${session}`, () => assertEquals(find(text), session));
  }

  it("lists the candidates where there are several", () => {
    const error = assertThrows(() => find("witness"), CommandError);
    assertEquals(error.code, "session_ambiguous");
    assertEquals(error.hints, ["gt attach witness-csm", "gt attach witness-web"]);
  });

  it("names the nearest where there is none", () => {
    const error = assertThrows(() => find("cordinator"), CommandError);
    assertEquals(error.hints[0], "did you mean coordinator? gt attach coordinator");
  });
});
