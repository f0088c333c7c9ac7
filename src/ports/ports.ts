/**
 * The doors to everything outside the program, gathered so that a caller takes what it needs.
 *
 * @module
 */
import { type Clock, createClock } from "./clock.ts";
import { createEnv, type Env } from "./env.ts";
import { createFiles, type Files } from "./files.ts";
import { createProcesses, type Processes } from "./process.ts";
import { createRandom, type Random } from "./random.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

/** Every port. Functions ask for `Pick<Ports, …>` of what they use. */
export interface Ports {
  clock: Clock;
  env: Env;
  files: Files;
  processes: Processes;
  random: Random;
  terminal: Terminal;
}

/** Makes the real ports; `self` are the words that call this program again. */
export function createPorts(self: readonly string[], calledAs: string): Ports {
  return {
    clock: createClock(),
    env: createEnv(),
    files: createFiles(),
    processes: createProcesses(self, calledAs),
    random: createRandom(),
    terminal: createTerminal(),
  };
}
