import { join } from "node:path";
import process from "node:process";

/** Longest path in bytes that every system takes for a socket, with room for the lock file beside it. */
const longest = 99;

/**
 * The socket of a town's tmux server: a function of the town's real path and nothing else, so that no two commands
 * can look for the sessions in different places.
 *
 * `.gt/tmux.sock` in the town, or, where that is too long for a socket, a file named by a hash in a folder of the user.
 */
export function socketPath(
  town: string,
  options: { temporary?: string; user?: number } = {},
): string {
  const path = join(town, ".gt", "tmux.sock");
  if (new TextEncoder().encode(path).length <= longest) return path;
  const user = options.user ?? process.getuid?.() ?? 0;
  return join(options.temporary ?? "/tmp", `gt-${user}`, `${fingerprint(town)}.sock`);
}

/** FNV-1a in 64 bits: enough to keep one user's towns apart, and nothing to load. */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}
