/**
 * The words that run a line of shell.
 *
 * By its path, which every POSIX system has: PATH may hold nothing but git and tmux.
 */
export function shellWords(line: string): string[] {
  return ["/bin/sh", "-c", line];
}
