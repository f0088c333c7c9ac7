import { CommandError, type ErrorKind } from "../lib/errors.ts";
import { printableJson, printableText } from "../lib/printable.ts";
import type { Ports } from "../ports/ports.ts";
import { exitCodes } from "./exit.ts";
import { createStyle } from "./output.ts";
import { UnknownFlag } from "./parse.ts";

const codeOfKind: Record<ErrorKind, number> = {
  refused: exitCodes.refused,
  usage: exitCodes.usage,
  interrupted: exitCodes.interrupted,
};

/** Tells the caller on standard error what went wrong, and returns the exit code. */
export async function reportError(
  ports: Pick<Ports, "terminal" | "env">,
  options: { error: unknown; json: boolean; program: string },
): Promise<number> {
  const { error, json, program } = options;
  const known = error instanceof CommandError;
  const shown = known
    ? { code: error.code, message: error.message, hints: await hintsOf(error) }
    : bugReport(error, program);
  const problems = known && error.problems.length > 0 ? { problems: error.problems } : {};
  if (json) ports.terminal.writeError(printableJson({ error: { ...shown, ...problems } }, 2) + "\n");
  else {
    const style = createStyle(ports.terminal.colour);
    const lines = [
      `${style.red("error:")} ${printableText(shown.message)}`,
      ...shown.hints.map((hint) => style.dim(`hint: ${printableText(hint)}`)),
    ];
    ports.terminal.writeError(lines.join("\n") + "\n");
  }
  if (ports.env.get("GT_DEBUG") && error instanceof Error) ports.terminal.writeError(stackOf(error) + "\n");
  return known ? codeOfKind[error.kind] : exitCodes.bug;
}

async function hintsOf(error: CommandError): Promise<readonly string[]> {
  if (!(error instanceof UnknownFlag)) return error.hints;
  const { closestWord } = await import("../lib/closest_word.ts");
  const near = closestWord(error.typed.replace(/^--?/, "").split("=")[0]!, error.known);
  return near ? [`did you mean --${near}?`, ...error.hints] : error.hints;
}

function bugReport(error: unknown, program: string): { code: string; message: string; hints: string[] } {
  const text = error instanceof Error ? error.message : String(error);
  return {
    code: "bug",
    message: `${program} stopped on a bug: ${text}`,
    hints: [
      `run it again with GT_DEBUG=1 to see where, and report that with the output of \`${program} --version\``,
    ],
  };
}

function stackOf(error: Error): string {
  const own = error.stack ?? String(error);
  return error.cause instanceof Error ? `${own}\ncaused by: ${stackOf(error.cause)}` : own;
}
