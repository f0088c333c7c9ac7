/**
 * Makes dist/gt, the standalone binary, and links to it under its other names.
 *
 *     deno task build            bundle in chunks, then compile with Bun: starts fastest
 *     deno task build:deno       bundle, then compile with Deno
 *
 * `--out DIR` builds into another folder. Nothing is done where the sources have not changed since the last build.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join, relative, resolve } from "node:path";
import { capture, fail, root, runTask } from "./project.ts";

const bunVersion = "1.4.5";
const names = ["bd", "coordinator", "worker"];
// A binary must not read the .env or bunfig.toml of whatever repository it is called in. And it stays in the chunks
// it was bundled in: a call loads the code of its own command, not the libraries that only another one needs.
const bunFlags = [
  "--minify",
  "--bytecode",
  "--format=esm",
  "--splitting",
  // Most calls are over before a compiled function pays: it takes ten times as many calls to have one compiled.
  "--compile-jit-policy=10",
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-bunfig",
  // What is large has its heap looked through now and then (src/ports/memory.ts).
  "--compile-exec-argv=--expose-gc",
];

const byDeno = Deno.args.includes("--deno");
const outAt = Deno.args.indexOf("--out");
const dist = resolve(root, outAt < 0 ? "dist" : Deno.args[outAt + 1]!);

async function build(): Promise<void> {
  const started = performance.now();
  const commit = await commitOfSources();
  const stamp = `${byDeno ? "deno" : "bun"} ${commit} ${await hashOfSources()}`;
  if (isBuilt(stamp)) {
    console.log(`${relative(root, dist)}/gt is up to date`);
    return;
  }
  Deno.mkdirSync(dist, { recursive: true });
  const work = Deno.makeTempDirSync({ dir: dist, prefix: ".build-" });
  try {
    const bundle = await bundleSources(join(work, "js"), commit);
    await (byDeno ? compileWithDeno : compileWithBun)(bundle, join(work, "gt"));
    Deno.renameSync(join(work, "gt"), join(dist, "gt"));
    for (const name of names) linkTo("gt", join(dist, name), join(work, name));
    Deno.writeTextFileSync(join(dist, ".built"), stamp);
  } finally {
    Deno.removeSync(work, { recursive: true });
  }
  console.log(`built ${relative(root, dist)}/gt in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** The short name of the commit, with a mark when the sources differ from it. */
async function commitOfSources(): Promise<string> {
  const head = await capture(["git", "rev-parse", "--short=7", "HEAD"]);
  if (head.code !== 0) return "unknown";
  const changes = await capture(["git", "status", "--porcelain", "--", "main.ts", "src", "molecules"]);
  return head.stdout.trim() + (changes.stdout.trim() === "" ? "" : "+changes");
}

async function hashOfSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const path of ["deno.json", "main.ts", ".ci/tasks/build.ts", ...filesUnder("src")]) {
    hash.update(`${path}\0`).update(await Deno.readFile(join(root, path))).update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

function filesUnder(folder: string): string[] {
  const entries = [...Deno.readDirSync(join(root, folder))].sort((a, b) => a.name < b.name ? -1 : 1);
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory ? filesUnder(path) : [path];
  });
}

function isBuilt(stamp: string): boolean {
  try {
    for (const name of ["gt", ...names]) Deno.statSync(join(dist, name));
    return Deno.readTextFileSync(join(dist, ".built")) === stamp;
  } catch {
    return false;
  }
}

/** Bundles into a folder and returns the file to start from, which also carries the name of the commit. */
async function bundleSources(folder: string, commit: string): Promise<string> {
  const chunks = byDeno ? [] : ["--code-splitting"];
  const argv = [Deno.execPath(), "bundle", "--quiet", "--no-check", ...chunks, "--outdir", folder, "main.ts"];
  const { code, stderr } = await capture(argv);
  if (code !== 0) fail("Cannot bundle main.ts", [stderr.trim()]);
  const main = join(folder, "main.js");
  const text = Deno.readTextFileSync(main);
  Deno.writeTextFileSync(main, `globalThis.GT_COMMIT = ${JSON.stringify(commit)};\n${text}`);
  return main;
}

async function compileWithBun(bundle: string, output: string): Promise<void> {
  const onPath = (await capture(["bun", "--version"])).stdout.trim() === bunVersion;
  const bun = onPath ? ["bun"] : ["npx", "-y", `bun@${bunVersion}`];
  const { code, stdout, stderr } = await capture([
    ...bun,
    "build",
    "--compile",
    ...bunFlags,
    "--outfile",
    output,
    bundle,
  ]);
  if (code === 127) {
    fail("Cannot compile: neither bun nor npx was found", [
      "install Node.js with npm, or run `deno task build:deno`",
    ]);
  }
  if (code !== 0) fail("Cannot compile with bun", [(stderr + stdout).trim()]);
}

async function compileWithDeno(bundle: string, output: string): Promise<void> {
  const argv = [
    Deno.execPath(),
    "compile",
    "--quiet",
    "-A",
    "--no-check",
    "--v8-flags=--expose-gc",
    "--output",
    output,
    bundle,
  ];
  const { code, stderr } = await capture(argv);
  if (code === 0) return;
  const lines = stderr.trim().split("\n").map((line) => line.trim());
  fail("Cannot compile with deno", [
    ...lines.filter((line) => /^(error|1): /.test(line)).map((line) => line.replace(/^(error|1): /, "")),
    `deno compile puts its runtime, denort, into the binary, and downloads it the first time`,
    `where that download is not possible, take denort from the release archive of Deno ${Deno.version.deno}, ` +
    "and call this again with DENORT_BIN=/path/to/denort",
    "or run `deno task build`, which needs only npm packages",
  ]);
}

/** Replaces a link in one step, so that a command that starts meanwhile finds the old one or the new one. */
function linkTo(target: string, path: string, fresh: string): void {
  Deno.symlinkSync(target, fresh);
  Deno.renameSync(fresh, path);
}

await runTask(build);
