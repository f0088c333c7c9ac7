import { CommandError } from "../lib/errors.ts";
import { completionScript, type CompletionShell } from "./completion_scripts.ts";

/** The shell to write for: the one that was named, or the user's own. @throws {CommandError} when it is neither. */
export function shellOf(named: string | undefined, variable: string | undefined): CompletionShell {
  const name = named ?? variable?.split("/").at(-1) ?? "";
  if (name === "bash" || name === "zsh" || name === "fish") return name;
  throw new CommandError("usage", `Cannot tell which shell this is: SHELL is "${variable ?? ""}"`, {
    code: "unknown_shell",
    hints: ["name it: `gt shell-init bash`, zsh or fish"],
  });
}

/** The start-up lines of a shell; `self` are the quoted words that call this program. */
export function shellInit(shell: CompletionShell, self: string): string {
  const define = shell === "fish" ? defineInFish : defineInPosix;
  return [
    ...["gt", "bd", "coordinator", "worker"].map((name) => define(name, self)),
    completionScript("gt", shell),
    completionScript("bd", shell),
  ].join("\n");
}

function defineInPosix(name: string, self: string): string {
  return `command -v ${name} >/dev/null 2>&1 || ${name}() { ${self} --as ${name} "$@"; }`;
}

function defineInFish(name: string, self: string): string {
  return `if not type -q ${name}; function ${name}; ${self} --as ${name} $argv; end; end`;
}
