/**
 * Checks that git and tmux are there and new enough, and installs them where that is allowed.
 *
 * @module
 */
import { capture, fail, run, runTask } from "./project.ts";

interface Tool {
  name: string;
  /** How it tells its version. */
  argv: string[];
  least: [major: number, minor: number];
  why: string;
}

const tools: Tool[] = [
  { name: "git", argv: ["git", "--version"], least: [2, 38], why: "merge-tree --write-tree" },
  { name: "tmux", argv: ["tmux", "-V"], least: [3, 2], why: "display-popup and -e" },
];

const installers: { command: string; refresh?: string[]; install: string[]; root: boolean }[] = [
  { command: "apt-get", refresh: ["apt-get", "update"], install: ["apt-get", "install", "-y"], root: true },
  { command: "dnf", install: ["dnf", "install", "-y"], root: true },
  { command: "pacman", install: ["pacman", "-S", "--noconfirm", "--needed"], root: true },
  { command: "apk", install: ["apk", "add"], root: true },
  { command: "zypper", install: ["zypper", "--non-interactive", "install"], root: true },
  { command: "brew", install: ["brew", "install"], root: false },
];

/** What is wrong with a tool, or undefined. */
async function problemOf(tool: Tool): Promise<string | undefined> {
  const { code, stdout } = await capture(tool.argv);
  if (code !== 0) return `${tool.name} is not installed`;
  const [, major, minor] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
  const [wantedMajor, wantedMinor] = tool.least;
  const enough = Number(major) > wantedMajor || Number(major) === wantedMajor && Number(minor) >= wantedMinor;
  // tmux calls its development versions "master", "next-3.6" or "openbsd-7.5".
  if (major === undefined || enough || /next|openbsd/.test(stdout)) return undefined;
  return `${tool.name} ${major}.${minor} is too old: ${
    tool.least.join(".")
  } or newer is needed (${tool.why})`;
}

async function checkAll(): Promise<{ tool: Tool; problem: string }[]> {
  const found: { tool: Tool; problem: string }[] = [];
  for (const tool of tools) {
    const problem = await problemOf(tool);
    if (problem !== undefined) found.push({ tool, problem });
  }
  return found;
}

async function isCommand(name: string): Promise<boolean> {
  return (await capture([name, "--version"])).code !== 127;
}

async function setUp(): Promise<void> {
  const problems = await checkAll();
  if (problems.length === 0) return;
  for (const { problem } of problems) console.log(problem);
  const names = problems.map(({ tool }) => tool.name);
  const installer = await firstInstaller();
  if (!installer) {
    fail(`Cannot install ${names.join(" and ")}: no package manager known here`, ["install them by hand"]);
  }
  const isRoot = (await capture(["id", "-u"])).stdout.trim() === "0";
  const before = installer.root && !isRoot ? ["sudo"] : [];
  const commands = [installer.refresh, [...installer.install, ...names]].flatMap((argv) =>
    argv ? [[...before, ...argv]] : []
  );
  const line = commands.map((argv) => argv.join(" ")).join(" && ");
  const allowed = before.length === 0 || (await capture(["sudo", "-n", "true"])).code === 0;
  if (!allowed) fail(`Cannot install ${names.join(" and ")} without a password`, [`run: ${line}`]);
  console.log(`installing: ${line}`);
  for (const argv of commands) {
    // A list that cannot be refreshed may still know the package; only the installation decides.
    const code = await run(argv, { DEBIAN_FRONTEND: "noninteractive" });
    if (code !== 0 && argv === commands.at(-1)) {
      fail(`Cannot install ${names.join(" and ")}`, [`run: ${line}`]);
    }
  }
  const left = await checkAll();
  if (left.length > 0) {
    fail(left.map(({ problem }) => problem).join("; "), ["install a newer version by hand"]);
  }
}

async function firstInstaller() {
  for (const installer of installers) if (await isCommand(installer.command)) return installer;
  return undefined;
}

await runTask(setUp);
