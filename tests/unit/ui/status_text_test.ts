import { describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch } from "@std/assert";
import { createStyle } from "../../../src/cli/output.ts";
import type { TownStatus } from "../../../src/town/status.ts";
import { statusLines } from "../../../src/ui/status_text.ts";
import type { ProgramStatus } from "../../../src/town/programs.ts";

const now = 1_700_000_000_000;
const program = (name: string, change: Partial<ProgramStatus> = {}): ProgramStatus => ({
  name,
  role: "steward",
  session: `gt-${name}`,
  state: "alive",
  failures: 0,
  ...change,
});

const town: TownStatus = {
  town: "My town",
  root: "/town",
  desired: "up",
  programs: [program("steward"), program("coordinator"), program("witness-csm")],
  rigs: [{ rig: "csm", prefix: "cs", branch: "main", workers: 0, queue: 0 }],
  workers: [],
  places: 4,
  hooks: [],
  queue: [],
  convoys: [],
  needs: [],
};

const text = (change: Partial<TownStatus> = {}, columns = 80) =>
  statusLines({ ...town, ...change }, { style: createStyle(false), columns, now }).join("\n");

describe("the town on one screen", () => {
  it("says how to give out work when there is none", () => {
    assertMatch(
      text(),
      /^My town {2}up {2}rigs: csm→main\n {2}● steward {2}● coordinator {2}● witness-csm\n/,
    );
    assertMatch(text(), /gt sling cs-… csm/);
  });

  it("says how to start when it is down, and how to add a rig when there is none", () => {
    assertMatch(text({ desired: "down" }), /Start it: gt start$/);
    assertMatch(text({ rigs: [] }), /gt rig add NAME/);
  });

  it("shows a worker, its bead, its state and its attempt", () => {
    const worker = {
      worker: 1,
      session: "gt-worker-1",
      rig: "csm",
      bead: "cs-login",
      title: "Log in",
      attempt: 2,
      state: "working" as const,
      since: now - 125_000,
      agent: "claude",
      process: "alive" as const,
    };
    assertMatch(
      text({ workers: [worker] }),
      /Workers 1 of 4\n {2}worker-1 {2}cs-login {2}working {2}2m {2}claude, attempt 2 {2}Log in/,
    );
    assertMatch(text({ workers: [{ ...worker, process: "gone" }] }), /session gone/);
    assertMatch(text({ workers: [{ ...worker, busy: false }] }), /idle/);
  });

  it("shows the whole next command of what needs a person, on a narrow terminal too", () => {
    const command = "gt sling cs-a-rather-long-identifier-of-a-bead csm";
    const shown = text({
      needs: [{ kind: "decide", subject: "cs-a", text: "x".repeat(200), command, since: now - 60_000 }],
    }, 40);
    assertEquals(shown.includes(command), true);
    assertEquals(
      shown.split("\n").filter((line) => line.includes("xx")).every((line) => line.length <= 40),
      true,
    );
  });

  it("keeps control characters of titles off the terminal", () => {
    const hook = {
      bead: "cs-a",
      title: "a\x1b[2Jb",
      holder: "csm",
      state: "hooked",
      waitsFor: "place" as const,
    };
    assertEquals(text({ hooks: [hook] }).includes("\x1b"), false);
  });
});
