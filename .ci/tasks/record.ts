/**
 * Records dist/gt demo in a terminal and writes docs/demo.svg, the picture of the README.
 *
 *     deno task record
 *
 * The demonstration runs in a tmux server of its own; its screen is read a few times a second. Nothing is drawn by hand.
 *
 * @module
 */
import { join } from "node:path";
import { capture, fail, root, runTask } from "./project.ts";
import { type Frame, svgOf } from "./terminal_svg.ts";

const columns = 92;
const rows = 30;
/** Ms between two looks at the screen. */
const every = 150;
/** How long the last screen stands before the recording begins again, in ms. */
const rest = 8_000;
const longest = 120_000;

async function record(): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "gt-record-" });
  const tmux = (...words: string[]) => capture(["tmux", "-S", join(folder, "tmux.sock"), ...words]);
  const ended = join(folder, "ended");
  const shell = `PS1= TERM=tmux-256color '${
    join(root, "dist", "gt")
  }' demo; echo $? > '${ended}'; sleep 1000`;
  try {
    const size = ["-x", String(columns), "-y", String(rows)];
    const started = await tmux("-f", "/dev/null", "new-session", "-d", "-s", "demo", ...size, shell);
    if (started.code !== 0) fail("Cannot start a terminal", [started.stderr.trim()]);
    const frames = await watch(() => tmux("capture-pane", "-e", "-p", "-t", "=demo:"), () => exists(ended));
    const code = Deno.readTextFileSync(ended).trim();
    if (code !== "0") fail(`Cannot record: gt demo ended with ${code}`, frames.at(-1)?.lines ?? []);
    Deno.writeTextFileSync(join(root, "docs", "demo.svg"), svgOf(frames, { columns, rows, rest }));
    console.log(`docs/demo.svg: ${frames.length} screens, ${(frames.at(-1)!.at / 1000).toFixed(1)} s`);
  } finally {
    await tmux("kill-server");
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Collects the screens that differ from the one before, until the program has ended. */
async function watch(look: () => Promise<{ stdout: string }>, hasEnded: () => boolean): Promise<Frame[]> {
  const frames: Frame[] = [];
  const started = performance.now();
  for (let isLast = false; !isLast;) {
    isLast = hasEnded();
    const at = performance.now() - started;
    if (at > longest) fail("Cannot record: gt demo does not end");
    const { stdout } = await look();
    const lines = stdout.replace(/\n$/, "").split("\n");
    if (lines.join("\n") !== frames.at(-1)?.lines.join("\n")) frames.push({ at, lines });
    await new Promise((resolve) => setTimeout(resolve, every));
  }
  return frames;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

await runTask(record);
