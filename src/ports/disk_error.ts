import { CommandError } from "../lib/errors.ts";

const reasons: Readonly<Record<string, [code: string, why: string]>> = {
  ENOSPC: ["disk_full", "the disk is full"],
  EDQUOT: ["disk_full", "the disk quota is used up"],
  EROFS: ["read_only", "the disk is read-only"],
  EACCES: ["read_only", "permission denied"],
  EPERM: ["read_only", "permission denied"],
  EIO: ["disk_error", "the disk reports an error"],
  ENOENT: ["no_such_place", "there is no such place"],
  ENOTDIR: ["not_a_folder", "a file stands where a folder belongs"],
};

/** Runs something that writes at a path. @throws {CommandError} `disk_full`, `read_only` or the like, when the disk refuses. */
export function writingAt<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    const known = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
    if (!known) throw error;
    throw new CommandError("refused", `Cannot write "${path}": ${known[1]}`, {
      code: known[0],
      hints: [known[0] === "disk_full" ? `df -h '${path}'` : `ls -ld '${path}'`],
      cause: error,
    });
  }
}
