import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createProcesses } from "../../../src/ports/process.ts";

const processes = createProcesses(["gt"], "gt");

/** Begins a process with another in a group of its own, which ends when it is told to and is never collected. */
async function inGroup(use: (group: number, end: () => Promise<void>) => Promise<void>): Promise<void> {
  const child = new Deno.Command("bash", {
    args: ["-c", "set -m; head -c 1 >/dev/null & echo $!; exec sleep 60"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const [reader, writer] = [child.stdout.getReader(), child.stdin.getWriter()];
  try {
    const group = Number(new TextDecoder().decode((await reader.read()).value));
    // The shell would collect it.
    await until(() => Deno.readTextFileSync(`/proc/${child.pid}/comm`) === "sleep\n");
    await use(group, async () => {
      await writer.write(new Uint8Array(1));
      await until(() => stateOf(group) === "Z");
    });
  } finally {
    child.kill("SIGKILL");
    await writer.close().catch(() => {});
    await reader.cancel();
    await child.status;
  }
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error("it never came to that");
    await new Promise((done) => setTimeout(done, 2));
  }
}

const stateOf = (pid: number) => /\) (\w)/.exec(Deno.readTextFileSync(`/proc/${pid}/stat`))?.[1];

describe("a group of processes", () => {
  it("is alive while anybody of it lives, and gone once all are dead, whether somebody has collected them or not", () =>
    inGroup(async (group, end) => {
      assertEquals(processes.observe(-group), "alive");
      await end();
      assertEquals(processes.observe(-group), "gone");
    }));

  it("that there never was is gone", () => assertEquals(processes.observe(-4_194_303), "gone"));
});
