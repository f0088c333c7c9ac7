/**
 * The way in: finds out by which name the program was called, builds the real ports, runs, and exits.
 *
 * @module
 */
import { basename } from "node:path";
import process from "node:process";
import { readCall } from "./src/cli/called_as.ts";
import { runProgram } from "./src/cli/run.ts";
import { createPorts, type Ports } from "./src/ports/ports.ts";

async function main(): Promise<void> {
  const interpreted = /^(deno|node|bun)(\.exe)?$/.test(basename(process.execPath));
  const name = interpreted ? "gt" : basename(process.argv0);
  const call = readCall(name, process.argv.slice(2));
  const ports = createPorts(selfWords(interpreted), name);
  const program = call.program === "bd"
    ? (await import("./src/commands/bd_program.ts")).bdProgram
    : (await import("./src/commands/gt_program.ts")).gtProgram;
  // A promise nobody waited for ends the program like any other bug.
  process.once("unhandledRejection", (error) => void stopOnBug(ports, error));
  process.once("uncaughtException", (error) => void stopOnBug(ports, error));
  await exit(ports, await runProgram(ports, { program, args: call.args }));
}

async function stopOnBug(ports: Ports, error: unknown): Promise<void> {
  const { reportError } = await import("./src/cli/report.ts");
  await exit(ports, await reportError(ports, { error, json: false, program: "gt" }));
}

/** Ends the process once what it has written is with its reader. */
async function exit({ terminal }: Ports, code: number): Promise<void> {
  await terminal.flushed();
  process.exit(code);
}

/** The words that call this program again: the binary alone, or a runtime with this file. */
function selfWords(interpreted: boolean): string[] {
  if (!interpreted) return [process.execPath];
  const permissions = process.versions.deno ? ["run", "-A"] : process.execArgv;
  return [process.execPath, ...permissions, process.argv[1]!];
}

main();
