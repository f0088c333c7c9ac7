import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseSessions } from "../../../src/sessions/listing.ts";
import { parseStat, processesUnder } from "../../../src/sessions/process_tree.ts";
import { askTmux, joinCommands, type Tmux, troubleOf } from "../../../src/sessions/tmux.ts";

describe("rows of sessions", () => {
  it("carry the tags, and leave out what is not tagged", () => {
    const text = "gt-worker-1|%0|%0|42|0|1|1700000000|1700000009|worker|csm|cs-4f|3|/a|b\n" +
      "mine|%1||43|0|0|1700000001|1700000002|||||\n";
    assertEquals(parseSessions(text), [
      {
        name: "gt-worker-1",
        tags: { role: "worker", rig: "csm", bead: "cs-4f", attempt: 3, town: "/a|b" },
        pane: "%0",
        pid: 42,
        dead: false,
        attached: 1,
        createdAt: 1_700_000_000_000,
        activeAt: 1_700_000_009_000,
      },
      {
        name: "mine",
        tags: {},
        pane: "%1",
        pid: 43,
        dead: false,
        attached: 0,
        createdAt: 1_700_000_001_000,
        activeAt: 1_700_000_002_000,
      },
    ]);
  });

  it("describe the pane a session was made with, in whatever order panes come", () => {
    const tail = "0|0|1|1|worker||||/t";
    const rows = parseSessions([`w|%5|%4|50|${tail}`, `w|%4|%4|40|${tail}`, `w|%6|%4|60|${tail}`].join("\n"));
    assertEquals(rows.map((row) => [row.pane, row.pid, row.dead]), [["%4", 40, false]]);
    const [gone] = parseSessions(`w|%5|%4|50|${tail}`);
    assertEquals([gone?.pane, gone?.pid, gone?.dead], ["%4", undefined, true]);
  });
});

describe("words for tmux", () => {
  it("keep a semicolon at their end", () => {
    assertEquals(joinCommands([["a", "x;"], ["b", ";", "y;z"]]), ["a", "x\\;", ";", "b", "\\;", "y;z"]);
  });
});

describe("what tmux says", () => {
  it("tells no server from no session and from trouble", () => {
    const trouble = (stderr: string, timedOut = false) =>
      troubleOf({ code: 1, stdout: "", stderr, timedOut }).kind;
    assertEquals(trouble("no server running on /x/tmux.sock\n"), "no-server");
    assertEquals(trouble("error connecting to /x (No such file or directory)\n"), "no-server");
    assertEquals(trouble("error connecting to /x (Connection refused)\n"), "no-server");
    assertEquals(trouble("error connecting to /x (Permission denied)\n"), "unknown");
    assertEquals(trouble("can't find session: w\n"), "absent");
    assertEquals(trouble("no server running on /x", true), "unknown");
    assertEquals(trouble(""), "unknown");
  });

  it("is asked for again where the server ended under the question, and not for ever", async () => {
    const asked = async (answers: readonly string[]) => {
      const left = [...answers];
      const finished = (stderr: string) => ({ code: 1, stdout: "", stderr, timedOut: false });
      const tmux = {
        ports: { clock: { sleep: () => Promise.resolve() } },
        run: () => Promise.resolve(finished(left.shift() ?? "server exited unexpectedly\n")),
      } as unknown as Tmux;
      const { stderr } = await askTmux(tmux, ["list-panes"]);
      return { stderr: stderr.trim(), left };
    };
    const none = "no server running on /x/tmux.sock";
    assertEquals(await asked(["server exited unexpectedly\n", none]), { stderr: none, left: [] });
    assertEquals(await asked(["lost server\n", none, "more"]), { stderr: none, left: ["more"] });
    assertEquals(await asked([none, "more"]), { stderr: none, left: ["more"] });
    assertEquals((await asked([])).stderr, "server exited unexpectedly");
  });
});

describe("processes", () => {
  it("are read whatever their name, and zombies are left out", () => {
    const rest = Array.from({ length: 40 }, (_, at) => at).join(" ");
    assertEquals(parseStat(`7 (a) b (c)) S 3 7 5 ${rest}`), {
      pid: 7,
      parent: 3,
      group: 7,
      session: 5,
      mark: "15",
    });
    assertEquals(parseStat(`7 (a) Z 3 7 5 ${rest}`), undefined);
    assertEquals(parseStat(""), undefined);
  });

  it("belong to a program when it started them or they share its terminal", () => {
    const row = (pid: number, parent: number, session: number) => ({
      ...{ pid, parent, session, group: pid, mark: undefined },
    });
    const rows = [row(12, 11, 99), row(11, 10, 98), row(10, 1, 10), row(20, 1, 10), row(30, 1, 30)];
    assertEquals(processesUnder(rows, 10).map((one) => one.pid).sort(), [10, 11, 12, 20]);
  });
});
