import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Style } from "../lib/style.ts";
import type { Ports } from "../ports/ports.ts";
import { createGit } from "../git/git.ts";
import { requireGit } from "../git/version.ts";
import { requireTmux } from "../sessions/version.ts";
import { townAt } from "../town/town.ts";
import { type Proof, proveResult } from "./proof.ts";
import { sampleBeads } from "./sample.ts";
import { createCaller, makeRemote, makeTown, type Stage } from "./stage.ts";
import { type Seen, watchDemo } from "./watch.ts";

/** How to run the demonstration. */
export interface DemoOptions {
  workers: number;
  /** Leave the town running and its folder in place. */
  keep: boolean;
  style: Style;
  /** Gets each line for a person. */
  print: (line: string) => void;
  /** Gets what it came to, before the town is ended. */
  report: (report: DemoReport) => void;
}

/** What the demonstration came to. Times in ms. */
export interface DemoReport {
  ok: boolean;
  town: string;
  proofs: Proof[];
  timings: { name: string; ms: number }[];
  reason?: string;
}

/**
 * Runs the main job on a temporary town, with its accidents, and proves the result.
 *
 * @throws {CommandError} when git or tmux is missing or too old, or a command of the job is refused.
 */
export async function runDemo(ports: Ports, options: DemoOptions): Promise<DemoReport> {
  const { print, style } = options;
  await Promise.all([requireGit(createGit(ports)), requireTmux(ports)]);
  const stage = makeStage(ports);
  const beads = sampleBeads(options.workers);
  const town = townAt(ports, stage.town);
  const inside = createCaller(ports, { cwd: stage.town, print: (line) => print(style.dim(line)) });
  const began = ports.clock.monotonic();
  const stop = new AbortController();
  ports.processes.onStop(() => stop.abort());
  try {
    await makeRemote(ports, stage);
    await makeTown(ports, {
      stage,
      beads,
      workers: options.workers,
      print: (line) => print(style.dim(line)),
    });
    await inside.call(["gt", "start"]);
    const ready = ports.clock.monotonic();
    await inside.call(["gt", "sling", ...beads.map(({ id }) => id), "site"]);
    print("");
    const { seen, end } = await watchDemo(ports, {
      town,
      beads,
      convoy: "Site pages",
      style,
      timeoutMs: 120_000,
      signal: stop.signal,
    });
    const proofs = end.kind === "stuck" ? [] : await proveResult(ports, { stage, town, beads, seen });
    const failed = proofs.find((proof) => !proof.ok);
    const reason = end.kind === "stuck"
      ? end.reason
      : failed && `${failed.claim}: ${failed.found ?? "not so"}`;
    const report: DemoReport = {
      ok: reason === undefined,
      town: stage.town,
      proofs,
      timings: timings(seen, { setUp: ready - began, total: ports.clock.monotonic() - ready }),
      ...(reason === undefined ? {} : { reason }),
    };
    options.report(report);
    return report;
  } finally {
    if (!options.keep) {
      await inside.call(["gt", "shutdown", "--now"], { quiet: true }).catch(() => {});
      town.close();
      ports.files.remove(stage.root);
    }
  }
}

function makeStage(ports: Ports): Stage {
  const suffix = [...ports.random.bytes(4)].map((byte) => byte.toString(36).padStart(2, "0")).join("").slice(
    0,
    6,
  );
  const temporary = ports.files.realPath(tmpdir()) ?? tmpdir();
  const root = join(temporary, `gt-demo-${suffix}`);
  ports.files.makeFolder(root);
  return { root, remote: join(root, "site.git"), town: join(root, "town") };
}

function timings(seen: Seen, whole: { setUp: number; total: number }): { name: string; ms: number }[] {
  const merges = [...seen.merged].map(([id, at]) => at - (seen.submitted.get(id) ?? at)).sort((a, b) =>
    a - b
  );
  const firstHook = Math.min(...seen.ready.values()) - seen.slungAt;
  return [
    { name: "town, rig, beads and convoy made, town started", ms: whole.setUp },
    { name: "sling to the first worker at work", ms: firstHook },
    { name: "submitted to merged, median", ms: merges[Math.floor(merges.length / 2)] ?? 0 },
    { name: "sling to landed", ms: whole.total },
  ].map(({ name, ms }) => ({ name, ms: Math.max(0, Math.round(ms)) }));
}
