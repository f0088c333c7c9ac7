import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import type { Observation } from "../lib/observation.ts";
import { createOpenLooks, hasOpen } from "./open_files.ts";

/** How a child ended and what it said. */
export interface Finished {
  /** Exit code, or undefined when a signal ended it. */
  code: number | undefined;
  /** The signal that ended it, if one did. */
  signal?: string;
  stdout: string;
  stderr: string;
  /** Whether it was ended because its time ran out. */
  timedOut: boolean;
}

/** Changes a text that comes in pieces. */
export interface TextFilter {
  /** What can be said by now of the text so far. */
  push(text: string): string;
  /** What is left at the end. */
  end(): string;
}

/** How to start a child. */
export interface RunOptions {
  cwd?: string;
  /** The child's whole environment; this process's own by default. */
  env?: Record<string, string>;
  stdin?: string;
  /** After this many ms the child's process group gets SIGTERM, then SIGKILL. */
  timeoutMs?: number;
  /** When the child itself has ended, end what it left running in its process group; only with `timeoutMs`. */
  endGroup?: boolean;
  /** Keep at most this many characters of each stream: the last ones. */
  keep?: number;
  /** Makes what each stream goes through, before anything of it is kept or cut. */
  through?: () => TextFilter;
  /** Sees each piece of output as it comes. */
  onOutput?: (text: string) => void;
  /** Join the two streams into stdout, in order of arrival. */
  merge?: boolean;
  /** Gets the child's process id as soon as it runs. */
  onStart?: (pid: number) => void;
  /** A file that takes all of its standard output, which is not kept then. */
  stdoutFile?: string;
  /** Hand this terminal to the child instead of capturing its output. */
  inherit?: boolean;
}

/** How to start a child that goes on when this process ends. */
export interface StartOptions {
  cwd: string;
  /** The child's whole environment. */
  env: Record<string, string>;
  /** File that it reads; nothing when absent. */
  stdin?: string;
  /** Files that its two streams are added to; may be the same. */
  stdout: string;
  stderr: string;
}

/** A child that has been started. */
export interface Started {
  /** Its id when it runs, which is also that of its process group, its own; rejects when it cannot be started. */
  pid: Promise<number>;
  /**
   * Lets it read a line from descriptor 3, its start mark, empty where the system has none; where it is not let, and when
   * this process ends, it reads the end.
   */
  allow(isAllowed: boolean): void;
  ended: Promise<{ code?: number; signal?: string }>;
}

/** This process, and others. */
export interface Processes {
  /** Id of this process. */
  readonly pid: number;
  /** The words that call this program again: `[binary]`, or a runtime with its arguments. */
  readonly self: readonly string[];
  /** The name this program was called by, without folders. */
  readonly calledAs: string;
  /** Runs a child to its end. Rejects only when it cannot be started. */
  run(argv: readonly string[], options?: RunOptions): Promise<Finished>;
  /** Starts a child in a process group of its own. @throws when its files cannot be opened. */
  start(argv: readonly string[], options: StartOptions): Started;
  /** Whether a process with this id and, when given, this start mark is running; a negative id means anybody of a group. */
  observe(pid: number, started?: string): Observation;
  /** A mark that tells two processes with one id apart; undefined where the system has none. */
  startMark(pid: number): string | undefined;
  /**
   * Whether a stream of a process that was begun after the one with id `after` goes to one of these files; false where the
   * system does not tell, and of processes of others.
   */
  hasOpen(paths: readonly string[], options: { after: number }): boolean;
  /** The same a moment later: one look, that is begun then, answers all that is asked in one turn of the event loop. */
  hasOpenSoon(paths: readonly string[], options: { after: number }): Promise<boolean>;
  /** What tells one start of this machine from the next, and machines apart; undefined where the system has none. */
  bootMark(): string | undefined;
  /** Sends a signal; false when there is no such process. A negative id means a group. */
  signal(pid: number, name: "SIGTERM" | "SIGKILL" | "SIGSTOP" | "SIGCONT" | "SIGINT"): boolean;
  /**
   * Calls back at the first SIGINT, SIGTERM or SIGHUP; not at one that whoever started this process had it ignore. The
   * same once more ends the process, or where it `hurries` only what it waits for.
   */
  onStop(stop: (signal: string) => void, options?: { hurries: boolean }): void;
  /** Whether such a signal has come once more: whoever was told to end has no time left for it. */
  isHurried(): boolean;
}

/** Makes the real thing; `self` are the words that call this program again. */
export function createProcesses(self: readonly string[], calledAs: string): Processes {
  let isHurried = false;
  return {
    pid: process.pid,
    self,
    calledAs,
    run,
    start,
    observe,
    hasOpen,
    hasOpenSoon: createOpenLooks(),
    startMark,
    bootMark,
    signal(pid, name) {
      try {
        process.kill(pid, name);
        return true;
      } catch {
        return false;
      }
    },
    onStop(stop, { hurries } = { hurries: false }) {
      const ignored = ignoredSignals();
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        if (ignored.has(name)) continue;
        process.once(name, () => {
          if (hurries) process.once(name, () => isHurried = true);
          stop(name);
        });
      }
    },
    isHurried: () => isHurried,
  };
}

/** What `nohup` and `&` in a script have a process ignore, as far as the system tells; nobody means that of SIGTERM. */
function ignoredSignals(): Set<string> {
  let mask = 0;
  try {
    mask = parseInt(
      /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))![1]!.slice(-2),
      16,
    );
  } catch {
    // A system without such files cannot tell.
  }
  return new Set([...(mask & 1 ? ["SIGHUP"] : []), ...(mask & 2 ? ["SIGINT"] : [])]);
}

function run(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const [file, ...rest] = argv;
  // Loaded here because most calls of this program start no child, and loading takes a millisecond.
  const { spawn } = process.getBuiltinModule("node:child_process");
  return new Promise((resolve, reject) => {
    const output = options.stdoutFile === undefined ? "pipe" : openSync(options.stdoutFile, "w", 0o600);
    const child = spawn(file!, rest, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
      stdio: options.inherit ? "inherit" : [options.stdin === undefined ? "ignore" : "pipe", output, "pipe"],
      detached: options.timeoutMs !== undefined,
    });
    if (output !== "pipe") closeSync(output);
    const keep = options.keep ?? 16 * 1024 * 1024;
    const streams = { stdout: "", stderr: "" };
    let timedOut = false;
    const timers: ReturnType<typeof setTimeout>[] = [];
    const end = (name: "SIGTERM" | "SIGKILL") => {
      try {
        process.kill(-child.pid!, name);
      } catch {
        child.kill(name);
      }
    };
    if (options.timeoutMs !== undefined) {
      timers.push(setTimeout(() => (timedOut = true, end("SIGTERM")), options.timeoutMs));
      timers.push(setTimeout(() => end("SIGKILL"), options.timeoutMs + 2_000));
    }
    const collect = (name: "stdout" | "stderr") => {
      const into = options.merge ? "stdout" : name;
      const add = (text: string) => {
        streams[into] = streams[into] + text;
        if (streams[into].length > keep * 2) streams[into] = streams[into].slice(-keep);
        options.onOutput?.(text);
      };
      const filter = options.through?.();
      const stream = child[name]?.setEncoding("utf8");
      stream?.on("data", (text: string) => add(filter ? filter.push(text) : text));
      if (filter) stream?.on("end", () => add(filter.end()));
    };
    collect("stdout");
    collect("stderr");
    child.on("error", (error) => {
      timers.forEach(clearTimeout);
      reject(error);
    });
    child.on("spawn", () => options.onStart?.(child.pid!));
    // What still holds the streams open would keep this call waiting for as long as it runs.
    if (options.endGroup && options.timeoutMs !== undefined) child.on("exit", () => endGroup(child.pid!));
    child.on("close", (code, signal) => {
      timers.forEach(clearTimeout);
      resolve({
        code: code ?? undefined,
        ...(signal ? { signal } : {}),
        stdout: streams.stdout.slice(-keep),
        stderr: streams.stderr.slice(-keep),
        timedOut,
      });
    });
    if (options.stdin !== undefined) {
      child.stdin?.on("error", () => {});
      child.stdin?.end(options.stdin);
    }
  });
}

function start(argv: readonly string[], options: StartOptions): Started {
  const [file, ...rest] = argv;
  const { spawn } = process.getBuiltinModule("node:child_process");
  const { cwd, env, stdin, stdout, stderr } = options;
  const handles: number[] = [];
  const open = (path: string, flags: string) => {
    const handle = openSync(path, flags, 0o600);
    handles.push(handle);
    return handle;
  };
  try {
    const input = stdin === undefined ? "ignore" : open(stdin, "r");
    const output = open(stdout, "a");
    const errors = stderr === stdout ? output : open(stderr, "a");
    const child = spawn(file!, rest, { cwd, env, stdio: [input, output, errors, "pipe"], detached: true });
    const pid = new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("spawn", () => resolve(child.pid!));
    });
    // One that cannot be started has no streams.
    const permission = child.stdio?.[3] as NodeJS.WritableStream | undefined;
    // Who is killed before it reads closes the other end.
    permission?.on("error", () => {});
    return {
      pid,
      allow: (isAllowed) => void permission?.end(isAllowed ? `${startMark(child.pid!) ?? ""}\n` : ""),
      ended: new Promise((settle) => {
        child.on(
          "exit",
          (code, signal) => settle({ ...(code === null ? {} : { code }), ...(signal ? { signal } : {}) }),
        );
      }),
    };
  } finally {
    for (const handle of handles) closeSync(handle);
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nobody is left in it.
  }
}

function observe(pid: number, started?: string): Observation {
  try {
    process.kill(pid, 0);
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === "ESRCH") return "gone";
    if (code !== "EPERM") return "unknown";
  }
  if (pid < 0) return hasLiving(-pid) ? "alive" : "gone";
  if (started === undefined) return "alive";
  const mark = startMark(pid);
  if (mark === undefined) return "unknown";
  return mark === started ? "alive" : "gone";
}

/** Whether anybody of a process group still does something: who only waits to be collected by a parent does not. */
function hasLiving(group: number): boolean {
  const lives = (fields: string[] | undefined) =>
    fields?.[2] === String(group) && fields[0] !== "Z" && fields[0] !== "X";
  if (lives(statFields(group))) return true;
  let names: string[];
  try {
    names = readdirSync("/proc");
  } catch {
    return true;
  }
  const members = names.filter((name) => /^\d/.test(name)).map(statFields).filter((fields) =>
    fields?.[2] === String(group)
  );
  // A system that has no such files cannot tell.
  return members.length === 0 || members.some(lives);
}

/** The fields of `/proc/<pid>/stat` behind the name: state, parent, group and so on. */
function statFields(pid: number | string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** Field 22 of `/proc/<pid>/stat`: the start time in clock ticks since boot. A zombie has none: it does nothing any more. */
function startMark(pid: number): string | undefined {
  const fields = statFields(pid);
  return fields?.[0] === "Z" ? "zombie" : fields?.[19];
}

function bootMark(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return undefined;
  }
}
