import type { Bench, Figure } from "./bench.ts";
import { makeTown } from "./bench_town.ts";

const SETTLE_MS = 8_000;
const WATCH_MS = 60_000;

/** What a process of the town has used so far. */
interface Usage {
  pid: number;
  words: string;
  /** Processor time of its own, in ms. */
  cpu: number;
  /** Page faults of children that have ended: grows whenever it has run something. */
  childFaults: number;
  /** Resident memory in MB, the file-backed part shared with the others included. */
  resident: number;
}

/** What a town of one rig costs that has nothing to do, for a minute. */
export async function run(bench: Bench): Promise<Figure[]> {
  const town = await makeTown(bench);
  await town.gt("start");
  try {
    await pause(SETTLE_MS);
    const before = usages(town.root);
    const seen = new Set(before.map(({ pid }) => pid));
    const appeared = new Set<number>();
    for (const until = performance.now() + WATCH_MS; performance.now() < until; await pause(500)) {
      for (const { pid } of usages(town.root)) if (!seen.has(pid)) appeared.add(pid);
    }
    const after = usages(town.root);
    const ran = after.filter((now) =>
      before.find(({ pid }) => pid === now.pid)?.childFaults !== now.childFaults
    );
    for (const { pid, words } of ran) console.error(`  ${pid} ${words} has run something`);
    const loops = after.filter(({ words }) => /^gt (steward|witness|refinery) run/.test(words));
    const used = after.reduce((sum, { pid, cpu }) => sum + cpu - cpuOf(before, pid), 0);
    return [
      { what: "processes of the town", value: after.length, unit: "" },
      {
        what: "of these, how many ran another process in 60 s",
        value: ran.length + appeared.size,
        unit: "",
        most: 0,
      },
      { what: "processor time of all together", value: 100 * used / WATCH_MS, unit: "%", most: 1 },
      ...loops.map(({ words, resident }): Figure => ({
        what: `resident memory: ${words}`,
        value: resident,
        unit: "MB",
        most: 80,
      })),
    ];
  } finally {
    await town.gt("shutdown", "--now");
  }
}

function cpuOf(usages: readonly Usage[], pid: number): number {
  return usages.find((usage) => usage.pid === pid)?.cpu ?? 0;
}

/** Every process that lives in the town: its programs, their sessions' server, and the coordinator. */
function usages(root: string): Usage[] {
  const found: Usage[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const words = read(name, "cmdline").replaceAll("\0", " ").trim();
      if (!words.includes(root) && !read(name, "environ").split("\0").includes(`GT_TOWN=${root}`)) continue;
      // After the name in parentheses: state is field 3, cminflt 11, utime 14, stime 15. A tick is 10 ms.
      const stat = read(name, "stat");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
      found.push({
        pid: Number(name),
        words: words.replace(/^\S*\//, "").slice(0, 60),
        cpu: 10 * (fields[11]! + fields[12]!),
        childFaults: fields[8]!,
        resident: Number(/VmRSS:\s+(\d+)/.exec(read(name, "status"))?.[1] ?? 0) / 1024,
      });
    } catch {
      // It ended while it was looked at.
    }
  }
  return found;
}

function read(pid: string, file: string): string {
  return Deno.readTextFileSync(`/proc/${pid}/${file}`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
