/**
 * Runs the tests: unit and contract on the sources, then end to end on the binary in dist/.
 *
 * Words after the task's name are files or folders to run instead. The last line is `N passed, N failed`.
 *
 * @module
 */
import { join } from "node:path";
import { root } from "./project.ts";

interface Count {
  passed: number;
  failed: number;
  ok: boolean;
}

async function runTests(paths: readonly string[]): Promise<Count> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", ...paths],
    cwd: root,
    env: { GT_BIN: join(root, "dist", "gt"), NO_COLOR: "1" },
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

const groups = Deno.args.length > 0 ? [Deno.args] : [["tests/unit", "tests/contract"], ["tests/e2e"]];
const total: Count = { passed: 0, failed: 0, ok: true };
for (const group of groups) {
  const paths = Deno.args.length > 0 ? group : group.filter(hasTests);
  if (paths.length === 0) continue;
  const count = await runTests(paths);
  total.passed += count.passed;
  total.failed += count.failed;
  total.ok &&= count.ok;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
Deno.exit(total.ok && total.passed > 0 ? 0 : 1);
