/**
 * The words that run a line of shell.
 *
 * By its path, which every POSIX system has: PATH may hold nothing but git and tmux.
 */
export function shellWords(line: string): string[] {
  return ["/bin/sh", "-c", line];
}

/** The words that run a script of shell to its end, or to the first command in it that fails. */
export function scriptWords(script: string): string[] {
  return ["/bin/sh", "-e", "-c", script];
}
