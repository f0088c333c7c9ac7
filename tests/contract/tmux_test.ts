import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CommandError } from "../../src/lib/errors.ts";
import { createTestEnv } from "../../src/ports/env.ts";
import { processTree } from "../../src/sessions/process_tree.ts";
import { createSessions } from "../../src/sessions/sessions.ts";
import { requireTmux } from "../../src/sessions/version.ts";
import { expectKind } from "./git_fixture.ts";
import { onStage } from "./tmux_fixture.ts";

describe("a session", () => {
  it("starts with its folder, environment, arguments and tags, and is listed with them", () =>
    onStage(async ({ folder, sessions, order, until, ports }) => {
      const words = ["a b", "it's", '"$HOME"', "#{pane_id}", "%H", "semi;", ";", "ü", "", "-x"];
      const spawned = expectKind(
        await sessions.spawn(order("gt-worker-1", "", {
          argv: [
            "sh",
            "-c",
            'printf "<%s>" "$@" > words; pwd > where; env > env; exec sleep 1000',
            "sh",
            ...words,
          ],
          env: { GT_BEAD: "cs-4f", ODD: "a;\nb #{x} $y;" },
          tags: { town: folder, role: "worker", rig: "csm", bead: "cs-4f", attempt: 2 },
        })),
        "spawned",
      );
      await until(() => ports.files.readText(`${folder}/env`)?.includes("GT_BEAD"));
      assertEquals(ports.files.readText(`${folder}/words`), words.map((word) => `<${word}>`).join(""));
      assertEquals(ports.files.readText(`${folder}/where`), `${folder}\n`);
      const env = ports.files.readText(`${folder}/env`)!;
      assert(env.includes("ODD=a;\nb #{x} $y;\n") && env.includes("GT_SESSION=gt-worker-1\n"), env);
      const [row] = expectKind(await sessions.list(), "sessions").sessions;
      assertEquals([row?.name, row?.pid, row?.dead, row?.attached, row?.pane], [
        "gt-worker-1",
        spawned.pid,
        false,
        0,
        spawned.pane,
      ]);
      assertEquals(row?.tags, { town: folder, role: "worker", rig: "csm", bead: "cs-4f", attempt: 2 });
      assert(Math.abs(row!.createdAt - ports.clock.now()) < 60_000);
      assertEquals(ports.processes.observe(spawned.pid, spawned.mark), "alive");
    }));

  it("that is there with the same tags is found, with others it is in the way", () =>
    onStage(async ({ sessions, order, folder }) => {
      const first = expectKind(await sessions.spawn(order("gt-worker-1", "exec sleep 1000")), "spawned");
      const again = expectKind(await sessions.spawn(order("gt-worker-1", "exec sleep 1000")), "found");
      assertEquals([again.pid, again.mark, again.pane], [first.pid, first.mark, first.pane]);
      const tags = { town: folder, role: "worker", attempt: 2 };
      const other = await sessions.spawn(order("gt-worker-1", "exec sleep 1000", { tags }));
      assertEquals(expectKind(other, "occupied").session.pid, first.pid);
    }));

  it("spawned by many at once is started once", () =>
    onStage(async ({ sessions, order }) => {
      const all = await Promise.all([1, 2, 3, 4].map(() => sessions.spawn(order("gt-w", "exec sleep 1000"))));
      assertEquals(all.map((one) => one.kind).sort(), ["found", "found", "found", "spawned"]);
    }));

  it("writes all that it shows to its log, from the first line on, while it shows it", () =>
    onStage(async ({ sessions, order, folder, until, ports }) => {
      const logFile = `${folder}/lögs/it's 100%H #S.log`;
      // What a program has printed when it ends, tmux reads only as far as the terminal has handed it on.
      const script = `seq 1 2000; until grep -q 2000 "$LOG"; do :; done`;
      expectKind(await sessions.spawn(order("gt-w", script, { logFile, env: { LOG: logFile } })), "spawned");
      await until(() => ports.files.readText(logFile)?.includes("2000"));
      assertEquals(
        ports.files.readText(logFile),
        [...Array(2_000).keys()].map((n) => `${n + 1}\r\n`).join(""),
      );
      await until(async () => (await sessions.list()).kind === "no-server");
    }));

  it("takes an environment larger than one message of tmux", () =>
    onStage(async ({ sessions, order, folder, until, ports }) => {
      const big = "it's\n".repeat(10_000);
      const spawned = await sessions.spawn(
        order("gt-w", 'printf %s "$BIG" > big; printf %s "$1" > one; exec sleep 1000', {
          env: { BIG: big },
          argv: ["sh", "-c", 'printf %s "$BIG" > big; printf %s "$1" > one; exec sleep 1000', "sh", big],
        }),
      );
      expectKind(spawned, "spawned");
      await until(() => ports.files.exists(`${folder}/one`) && ports.files.readText(`${folder}/one`) === big);
      assertEquals(ports.files.readText(`${folder}/big`), big);
      assertEquals(ports.files.list(folder).filter((name) => name.startsWith("launch")), []);
    }));

  it("knows nothing of the session that started the server", () =>
    onStage(async ({ sessions, order, folder, until, ports }) => {
      expectKind(await sessions.spawn(order("gt-w", "env > env; exec sleep 1000")), "spawned");
      const env = await until(() => ports.files.readText(`${folder}/env`));
      assert(!/^(GT_BEAD|GT_ROLE|GIT_DIR)=/m.test(env), env);
      assert(env.includes("KEPT=yes"), env);
    }, { GT_BEAD: "cs-1", GT_ROLE: "worker", GIT_DIR: "/x", TMUX: "/x,1,1", TMUX_PANE: "%1", KEPT: "yes" }));

  it("in a folder that does not exist fails with the reason", () =>
    onStage(async ({ sessions, order }) => {
      const failed = expectKind(await sessions.spawn(order("gt-w", "", { cwd: "/nowhere" })), "failed");
      assert(failed.reason.includes("/nowhere"));
    }));
});

describe("the list of sessions", () => {
  it("tells no server, a stale socket and a server that cannot be asked apart", () =>
    onStage(async ({ sessions, order, folder, until, ports, tmux }) => {
      assertEquals(await sessions.list(), { kind: "no-server" });
      assertEquals(await sessions.server(), { kind: "no-server" });
      expectKind(await sessions.spawn(order("gt-w", "exec sleep 1000")), "spawned");
      const { pid } = expectKind(await sessions.server(), "running");
      assertEquals(String(pid), await tmux("display-message", "-p", "#{pid}"));
      ports.processes.signal(pid, "SIGKILL");
      await until(() =>
        ports.processes.observe(pid) === "gone" || ports.processes.startMark(pid) === "zombie"
      );
      assertEquals(await sessions.list(), { kind: "no-server" });
      const blocked = createSessions(ports, { socket: `${folder}/env/x.sock`, confFile: "/dev/null" });
      ports.files.writeText(`${folder}/env`, "a file, not a folder");
      assertEquals((await blocked.list()).kind, "unknown");
    }));

  it("keeps to the program's own pane when a person opens another one", () =>
    onStage(async ({ sessions, order, tmux, until }) => {
      const spawned = expectKind(await sessions.spawn(order("gt-w", "exec cat")), "spawned");
      await tmux("split-window", "-b", "-t", "=gt-w:", "sleep", "1000");
      await tmux("new-window", "-t", "=gt-w:", "sleep", "1000");
      const [row] = expectKind(await sessions.list(), "sessions").sessions;
      assertEquals([row?.pid, row?.dead], [spawned.pid, false]);
      assertEquals(await sessions.typeLine("gt-w", "to the program"), { kind: "typed" });
      await until(async () =>
        (await sessions.capture("gt-w") as { text?: string }).text?.includes("program")
      );
      await tmux("kill-pane", "-t", spawned.pane);
      const [left] = expectKind(await sessions.list(), "sessions").sessions;
      assertEquals([left?.pid, left?.dead], [undefined, true]);
    }));
});

describe("a pane", () => {
  it("gets a line as it was written, and Enter", () =>
    onStage(async ({ sessions, order, folder, until, ports }) => {
      const text = "echo 'ü' Enter C-c #{x} -l $HOME;";
      expectKind(
        await sessions.spawn(
          order("gt-w", "printf 'ready> '; read -r line; printf %s \"$line\" > got; exec cat"),
        ),
        "spawned",
      );
      await until(async () => expectKind(await sessions.capture("gt-w"), "captured").text === "ready>");
      assertEquals(await sessions.typeLine("gt-w", text), { kind: "typed" });
      assertEquals(await until(() => ports.files.readText(`${folder}/got`)), text);
      assertEquals(await sessions.typeLine("gt-w", "-first\nsecond"), { kind: "typed" });
      await until(async () =>
        expectKind(await sessions.capture("gt-w"), "captured").text.includes("-first second")
      );
    }));

  it("is read with its cursor, and with history when asked for", () =>
    onStage(async ({ sessions, order, until }) => {
      expectKind(await sessions.spawn(order("gt-w", "seq 1 300; printf 'half a line'; exec cat")), "spawned");
      const seen = await until(async () => {
        const now = expectKind(await sessions.capture("gt-w"), "captured");
        return now.text.endsWith("half a line") && now;
      });
      assertEquals([seen.cursor.column, seen.scrolled, seen.columns, seen.rows], [11, false, 200, 50]);
      assert(!seen.text.includes("\n200\n"));
      assert(
        expectKind(await sessions.capture("gt-w", { lines: 500 }), "captured").text.startsWith("1\n2\n"),
      );
    }));

  it("is read with the line that its cursor is in, also below lines that are wrapped", () =>
    onStage(async ({ sessions, order, until }) => {
      const script = "printf '%0450d\\n\\nshort\\n> ' 7; printf '%0210d' 8; exec cat";
      expectKind(await sessions.spawn(order("gt-w", script)), "spawned");
      const seen = await until(async () => {
        const now = expectKind(await sessions.capture("gt-w"), "captured");
        return now.text.endsWith("8") && now;
      });
      const lines = seen.text.split("\n");
      assertEquals([seen.cursor.row, lines.length], [3, 4]);
      assertEquals([lines[0]!.length, lines[3]!.slice(0, 4), seen.cursor.hidden], [450, "> 00", undefined]);
    }));

  it("is not typed into while a person looks at its history", () =>
    onStage(async ({ sessions, order, tmux }) => {
      expectKind(await sessions.spawn(order("gt-w", "exec cat")), "spawned");
      await tmux("copy-mode", "-t", "=gt-w:");
      assertEquals(await sessions.typeLine("gt-w", "hello"), { kind: "scrolled" });
      assertEquals(expectKind(await sessions.capture("gt-w"), "captured").scrolled, true);
    }));

  it("of a session that is not there is absent", () =>
    onStage(async ({ sessions, order }) => {
      assertEquals(await sessions.capture("gt-w"), { kind: "absent" });
      expectKind(await sessions.spawn(order("gt-worker-10", "exec cat")), "spawned");
      assertEquals(await sessions.typeLine("gt-worker-1", "not for ten"), { kind: "absent" });
      assertEquals(await sessions.end("gt-worker-1"), { kind: "absent" });
    }));
});

describe("ending a session", () => {
  it("lets its programs end by themselves", () =>
    onStage(async ({ sessions, order, folder, until, ports }) => {
      const script = "trap 'echo bye > bye; exit' TERM; echo > ready; while :; do sleep 0.01; done";
      expectKind(await sessions.spawn(order("gt-w", script)), "spawned");
      await until(() => ports.files.exists(`${folder}/ready`));
      assertEquals(await sessions.end("gt-w"), { kind: "ended", left: [] });
      assertEquals(ports.files.readText(`${folder}/bye`), "bye\n");
      assertEquals((await sessions.list()).kind, "no-server");
    }));

  it("ends those that will not, those that are frozen, and those that have left the terminal", () =>
    onStage(async ({ sessions, order, folder, until, ports }) => {
      const script = `trap '' TERM HUP
        setsid sh -c 'trap "" TERM HUP; echo $$ > far; while :; do sleep 1; done' &
        sleep 1000 & echo $! > near
        kill -STOP $!
        echo > ready; while :; do sleep 1; done`;
      const spawned = expectKind(await sessions.spawn(order("gt-w", script)), "spawned");
      await until(() =>
        ports.files.exists(`${folder}/ready`) && ports.files.readText(`${folder}/far`)?.trim()
      );
      const pids = [
        spawned.pid,
        ...["far", "near"].map((name) => Number(ports.files.readText(`${folder}/${name}`))),
      ];
      const tree = (await processTree(ports, spawned.pid))!.map((row) => row.pid);
      assert(pids.every((pid) => tree.includes(pid)), `${pids} in ${tree}`);
      assertEquals(await sessions.end("gt-w", { graceMs: 100 }), { kind: "ended", left: [] });
      for (const pid of pids) {
        assert(ports.processes.observe(pid) === "gone" || ports.processes.startMark(pid) === "zombie");
      }
    }));

  it("ends what is left of a session whose server was killed", () =>
    onStage(async ({ sessions, order, folder, until, ports }) => {
      const script = "trap '' HUP; setsid sleep 1000 & echo $! > far; echo > ready; exec cat";
      expectKind(await sessions.spawn(order("gt-w", script)), "spawned");
      await until(() => ports.files.exists(`${folder}/ready`));
      const far = Number(ports.files.readText(`${folder}/far`));
      const { pid } = expectKind(await sessions.server(), "running");
      ports.processes.signal(pid, "SIGKILL");
      await until(async () => (await sessions.list()).kind === "no-server");
      assertEquals(await sessions.end("gt-w"), { kind: "absent" });
      assert(ports.processes.observe(far) === "gone" || ports.processes.startMark(far) === "zombie");
    }));
});

describe("the server", () => {
  it("has our keys and settings, not the user's", () =>
    onStage(async ({ sessions, order, folder, tmux, ports }) => {
      ports.files.writeText(`${folder}/.tmux.conf`, "set -g prefix C-x\n");
      expectKind(await sessions.spawn(order("gt-w", "exec cat")), "spawned");
      assertEquals(await tmux("show-options", "-gv", "prefix"), "C-a");
      assertEquals(await tmux("show-options", "-gv", "prefix2"), "C-b");
      const keys = await tmux("list-keys", "-T", "gt");
      for (const key of ["c", "w", "r"]) assert(new RegExp(`-T gt +${key} `).test(keys), keys);
      assert(!(await tmux("show-options", "-g")).includes("#("), "the status line starts no process");
      expectKind(await sessions.configure(), "running");
      ports.files.writeText(`${folder}/tmux.conf`, "set -g prefix C-q\n");
      expectKind(await sessions.configure(), "running");
      assertEquals(await tmux("show-options", "-gv", "prefix"), "C-q");
    }));

  it("ends by itself with its last session, and a new one can follow at once", () =>
    onStage(async ({ sessions, order }) => {
      for (let time = 0; time < 5; time++) {
        expectKind(await sessions.spawn(order("gt-w", "exec sleep 1000")), "spawned");
        assertEquals(await sessions.end("gt-w"), { kind: "ended", left: [] });
      }
    }));

  it("is attached to from outside, and switched from inside", () =>
    onStage(async ({ sessions, ports, folder }) => {
      const outside = sessions.attachCommand("gt-w");
      assertEquals(outside.argv.slice(-3), ["attach-session", "-t", "=gt-w"]);
      const inner = { TMUX: `${folder}/tmux.sock,1,2`, TMUX_PANE: "%3", PATH: "/bin" };
      const other = { ...inner, TMUX: "/elsewhere/default,1,2" };
      const from = (env: Record<string, string>) =>
        createSessions({ ...ports, env: createTestEnv(env) }, { socket: sessions.socket, confFile: "/x" })
          .attachCommand("gt-w");
      assertEquals(from(inner).argv.slice(-3), ["switch-client", "-t", "=gt-w"]);
      assertEquals(from(inner).env, inner);
      assertEquals(from(other).argv.slice(-3), ["attach-session", "-t", "=gt-w"]);
      assertEquals(from(other).env, { PATH: "/bin" });
      await sessions.killServer();
    }));
});

describe("the keys", () => {
  it("jump to the coordinator, and to the witness and refinery of the session's own rig", () =>
    onStage(async ({ sessions, order, folder, tmux, until }) => {
      const names = ["gt-worker-1", "gt-coordinator", "gt-witness-csm", "gt-refinery-csm", "gt-witness-else"];
      for (const name of names) {
        const tags = { town: folder, role: "x", ...(name === "gt-worker-1" ? { rig: "csm" } : {}) };
        expectKind(await sessions.spawn(order(name, "exec cat", { tags })), "spawned");
      }
      // A terminal for a person: tmux in tmux.
      const attach = sessions.attachCommand("gt-worker-1").argv;
      const person = createPerson(folder, attach);
      try {
        const client = (what: string) => tmux("list-clients", "-F", `#{${what}}`);
        const shows = (name: string) => until(async () => await client("client_session") === name);
        const jump = async (prefix: string, key: string) => {
          for (const [pressed, table] of [[prefix, "prefix"], ["g", "gt"], [key, "root"]] as const) {
            await person.press(pressed);
            await until(async () => await client("client_key_table") === table);
          }
        };
        for (
          const [prefix, key, wanted] of [["C-b", "r", "gt-refinery-csm"], ["C-a", "w", "gt-witness-csm"]]
        ) {
          await shows("gt-worker-1");
          await jump(prefix!, key!);
          await shows(wanted!);
          await tmux("switch-client", "-t", "=gt-worker-1");
        }
        await jump("C-a", "c");
        await shows("gt-coordinator");
        await jump("C-a", "w");
        await shows("gt-witness-csm");
      } finally {
        await person.leave();
      }
    }));
});

/** Runs the words in a terminal made by another private tmux server. */
function createPerson(folder: string, argv: string[]) {
  const run = async (...args: string[]) => {
    const env = { TERM: "screen", PATH: Deno.env.get("PATH")!, HOME: folder };
    const words = ["-S", `${folder}/person.sock`, "-f", "/dev/null", ...args];
    const output = await new Deno.Command("tmux", { args: words, env, clearEnv: true }).output();
    if (!output.success) throw new Error(new TextDecoder().decode(output.stderr));
  };
  const started = run("new-session", "-d", "-x", "100", "-y", "30", "env", "-u", "TMUX", ...argv);
  return {
    press: async (key: string) => {
      await started;
      await run("send-keys", key);
    },
    leave: () => run("kill-server"),
  };
}

describe("tmux itself", () => {
  it("is refused when it is too old or absent", () =>
    onStage(async ({ folder, ports }) => {
      ports.files.writeText(`${folder}/bin/tmux`, "#!/bin/sh\necho tmux 3.1c\n");
      Deno.chmodSync(`${folder}/bin/tmux`, 0o755);
      assert(await requireTmux(ports));
      const old = ports.processes.run;
      const replace = (argv: readonly string[]) => old([`${folder}/bin/${argv[0]}`, ...argv.slice(1)]);
      for (const [file, code] of [["tmux", "tmux_too_old"], ["none", "tmux_missing"]] as const) {
        const processes = {
          ...ports.processes,
          run: (argv: readonly string[]) => replace([file, ...argv.slice(1)]),
        };
        const error: CommandError = await assertRejects(
          () => requireTmux({ ...ports, processes }),
          CommandError,
        );
        assertEquals(error.code, code);
      }
    }));
});
