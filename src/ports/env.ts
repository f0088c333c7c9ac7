import process from "node:process";

/** The environment a command was called in. */
export interface Env {
  /** The value of a variable; an empty one counts as absent. */
  get(name: string): string | undefined;
  /** All variables, for handing on to a child. */
  all(): Record<string, string>;
  /** The folder the command was called in. */
  cwd(): string;
  /** The user's home folder. */
  home(): string;
}

/** Makes the environment of this process. */
export function createEnv(): Env {
  return createTestEnv(process.env as Record<string, string>, process.cwd());
}

/** Makes an environment from given variables and folder. */
export function createTestEnv(variables: Record<string, string>, cwd = "/"): Env {
  return {
    get: (name) => variables[name] || undefined,
    all: () => ({ ...variables }),
    cwd: () => cwd,
    home: () => variables.HOME || variables.USERPROFILE || "/",
  };
}
