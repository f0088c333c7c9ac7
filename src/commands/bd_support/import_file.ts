import { join, resolve } from "node:path";
import type { Ledger } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Ports } from "../../ports/ports.ts";

/**
 * Hands over the path of a file that can be read more than once: that of a call, or a copy of what comes through a pipe.
 *
 * `-` is standard input. @throws {CommandError} `file_not_found`.
 */
export function withImportFile<T>(
  ports: Ports,
  { file, ledger }: { file: string; ledger: Ledger },
  use: (path: string) => T,
): T {
  const { files, processes, terminal } = ports;
  const path = resolve(ports.env.cwd(), file);
  const kind = file === "-" ? undefined : files.kind(files.realPath(path) ?? path);
  if (file !== "-" && (kind === undefined || kind === "folder")) {
    const state = kind === undefined ? "it does not exist" : "it is a folder";
    throw new CommandError("refused", `Cannot read file "${file}": ${state}`, { code: "file_not_found" });
  }
  if (kind === "file") return use(path);
  const copy = join(ledger.folder, "local", `import.${processes.pid}.jsonl`);
  files.makeFolder(join(ledger.folder, "local"));
  try {
    terminal.copyInput(copy, file === "-" ? undefined : path);
    return use(copy);
  } finally {
    files.remove(copy);
  }
}
