import { CommandError } from "../lib/errors.ts";
import type { Finished } from "../ports/process.ts";

/** Says in one line why a git command failed. */
export function reasonOf(finished: Finished): string {
  if (finished.timedOut) return "it took too long";
  const lines = finished.stderr.split("\n").map((line) => line.trim()).filter(Boolean);
  const said = lines.filter((line) => /^(fatal|error|remote|ERROR):/.test(line));
  const chosen = said.length > 0 ? said : lines.slice(-2);
  if (chosen.length === 0) {
    return finished.signal ? `ended by ${finished.signal}` : `exit code ${finished.code}`;
  }
  return chosen.map((line) => line.replace(/^(fatal|error): /, "")).join("; ").slice(0, 500);
}

/** Makes the error for a git command that had to succeed: `Cannot <action>: <why>`. */
export function gitFailure(
  finished: Finished,
  options: { action: string; code?: string; hints?: readonly string[] },
): CommandError {
  return new CommandError("refused", `Cannot ${options.action}: ${reasonOf(finished)}`, {
    code: options.code ?? "git_failed",
    hints: options.hints ?? [],
  });
}
