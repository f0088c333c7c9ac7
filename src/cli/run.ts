import { resolve } from "node:path";
import { CommandError } from "../lib/errors.ts";
import { createTestEnv, type Env } from "../ports/env.ts";
import type { Ports } from "../ports/ports.ts";
import { actorOf } from "./actor.ts";
import type { Call, Command, Program } from "./command.ts";
import { exitCodes } from "./exit.ts";
import { findCommand } from "./find.ts";
import { createOutput } from "./output.ts";
import { parseCall } from "./parse.ts";
import { reportError } from "./report.ts";

/** Runs one call of a program and returns its exit code. Never throws. */
export async function runProgram(
  ports: Ports,
  call: { program: Program; args: readonly string[] },
): Promise<number> {
  const { program, args } = call;
  try {
    return await runCall(ports, call);
  } catch (error) {
    return await reportError(ports, {
      error,
      json: wantsJson(ports.env, program, args),
      program: program.name,
    });
  }
}

async function runCall(ports: Ports, call: { program: Program; args: readonly string[] }): Promise<number> {
  const { program } = call;
  const found = await findCommand(program, respell(call.args));
  if (!found.command) {
    const { words, rest } = found;
    parseCall(groupAsCommand(program, words), { args: rest, ignored: program.ignored });
    const { overview } = await import("./help.ts");
    ports.terminal.write(await overview(program, { words, terminal: ports.terminal }));
    return exitCodes.ok;
  }
  const parsed = parseCall(found.command, { args: found.rest, ignored: program.ignored });
  if (parsed.flags.help === true) {
    const { commandHelp } = await import("./help_command.ts");
    ports.terminal.write(commandHelp(found.command, ports.terminal));
    return exitCodes.ok;
  }
  const env = envOf(ports, parsed.flags);
  const out = createOutput(ports.terminal, {
    json: parsed.flags.json === true || wantsJsonByVariable(env, program),
    quiet: parsed.flags.quiet === true,
  });
  const actor = actorOf(env, parsed.flags.actor as string | undefined);
  const code = await found.command.run({ ...parsed, program, ports: { ...ports, env }, out, actor });
  return typeof code === "number" ? code : exitCodes.ok;
}

/** `--version` and `help x` are other spellings of `version` and `x --help`. */
function respell(args: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  if (first === "--version" || first === "-V") return ["version", ...rest];
  return first === "help" ? [...rest, "--help"] : args;
}

/** Something to read the flags of a bare `gt` or `gt convoy` with. */
function groupAsCommand(program: Program, words: readonly string[]): Command {
  const name = [program.name, ...words].join(" ");
  return { name, summary: "", examples: [{ line: `${name} --help`, summary: "" }], run: () => {} };
}

/** The environment with the folders the caller named in flags. */
function envOf(ports: Ports, flags: Call["flags"]): Env {
  const { directory, town } = flags as { directory?: string; town?: string };
  if (directory === undefined && town === undefined) return ports.env;
  const cwd = resolve(ports.env.cwd(), directory ?? ".");
  const variables = ports.env.all();
  for (const folder of [cwd, ...(town === undefined ? [] : [resolve(cwd, town)])]) {
    if (ports.files.stat(folder) === undefined) {
      throw new CommandError("refused", `Cannot use folder "${folder}": it does not exist`, {
        code: "folder_not_found",
      });
    }
  }
  if (town !== undefined) variables.GT_TOWN = resolve(cwd, town);
  return createTestEnv(variables, cwd);
}

function wantsJson(env: Env, program: Program, args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const flags = end < 0 ? args : args.slice(0, end);
  return flags.includes("--json") || wantsJsonByVariable(env, program);
}

function wantsJsonByVariable(env: Env, program: Program): boolean {
  const value = program.jsonVariable && env.get(program.jsonVariable);
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}
