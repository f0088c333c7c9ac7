/**
 * Runs the tests: unit and contract on the sources, end to end on the binary in dist/, and that with real clients of
 * Claude Code where those can be installed.
 *
 * Words after the task's name are files or folders to run instead. The last line is `N passed, N failed`.
 *
 * @module
 */
import { join } from "node:path";
import { type Client, installClient } from "./claude_client.ts";
import { root } from "./project.ts";

interface Count {
  passed: number;
  failed: number;
  ok: boolean;
}

/** How long the registry may take to give the client, in ms; it is asked while the other tests run. */
const patienceMs = 120_000;

async function runTests(paths: readonly string[], env: Record<string, string> = {}): Promise<Count> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", ...paths],
    cwd: root,
    env: { GT_BIN: join(root, "dist", "gt"), NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const decoder = new TextDecoder();
  let tail = "";
  for await (const chunk of command.stdout) {
    await Deno.stdout.write(chunk);
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-4_000);
  }
  const { success } = await command.status;
  const summary = /(\d+) passed(?: \((\d+) steps?\))? \| (\d+) failed(?: \((\d+) steps?\))?/.exec(tail);
  const count = (at: number) => Number(summary?.[at] ?? 0);
  return {
    passed: count(1) + count(2),
    failed: Math.max(count(3) + count(4), success ? 0 : 1),
    ok: success,
  };
}

function hasTests(folder: string): boolean {
  try {
    return [...Deno.readDirSync(join(root, folder))].some((entry) =>
      entry.isDirectory ? hasTests(`${folder}/${entry.name}`) : entry.name.endsWith("_test.ts")
    );
  } catch {
    return false;
  }
}

const total: Count = { passed: 0, failed: 0, ok: true };

function add(count: Count): void {
  total.passed += count.passed;
  total.failed += count.failed;
  total.ok &&= count.ok;
}

async function runAll(): Promise<void> {
  const installing = installClient({ patienceMs });
  try {
    for (const group of [["tests/unit", "tests/contract"], ["tests/e2e"]]) {
      const paths = group.filter(hasTests);
      if (paths.length > 0) add(await runTests(paths));
    }
  } finally {
    const installed = await installing;
    if (installed.kind === "installed") await runWithClient(installed.client);
    else console.log(`real clients of Claude Code: not run, ${installed.reason}`);
  }
}

async function runWithClient(client: Client): Promise<void> {
  try {
    add(await runTests(["tests/claude"], { GT_CLAUDE_BIN: client.bin }));
  } finally {
    client.remove();
  }
}

if (Deno.args.length > 0) add(await runTests(Deno.args));
else await runAll();
console.log(`${total.passed} passed, ${total.failed} failed`);
Deno.exit(total.ok && total.passed > 0 ? 0 : 1);
