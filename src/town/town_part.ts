import type { Town } from "./town.ts";

/** How something is: `warn` works but should be looked at, `fail` does not work. */
export type Condition = "ok" | "warn" | "fail";

/** What a look at something found. */
export interface Finding {
  condition: Condition;
  /** One line: what is there, or what is wrong. */
  detail: string;
  /** What to do about it, where this program cannot. */
  hints?: readonly string[];
}

/**
 * Something a town has, or needs from its machine: how to look at it, and how to make it.
 *
 * `gt install` makes what is missing, and `gt doctor --fix` calls the same function, so they cannot disagree. Looking
 * changes nothing; making twice is making once.
 */
export interface TownPart {
  /** A few words, as a line of the doctor's report begins with. */
  name: string;
  look(town: Town): Promise<Finding> | Finding;
  make?(town: Town): Promise<void> | void;
  /** Whether `gt install` makes it. */
  installed?: boolean;
}

/** A finding that all is well. */
export function ok(detail: string): Finding {
  return { condition: "ok", detail };
}

/** A finding that something works but wants attention. */
export function warn(detail: string, ...hints: string[]): Finding {
  return { condition: "warn", detail, hints };
}

/** A finding that something does not work. */
export function fail(detail: string, ...hints: string[]): Finding {
  return { condition: "fail", detail, hints };
}

/** A part that is a file with a text of ours: compared as a whole, written as a whole. */
export function filePart(
  name: string,
  options: {
    path(town: Town): string;
    text(town: Town): Promise<string> | string;
    installed?: boolean;
  },
): TownPart {
  return {
    name,
    installed: options.installed ?? true,
    async look(town) {
      const found = town.ports.files.readText(options.path(town));
      if (found === undefined) return fail(`${options.path(town)} is missing`);
      return found === await options.text(town)
        ? ok("current")
        : fail(`${options.path(town)} is not what this version writes`);
    },
    async make(town) {
      town.ports.files.writeText(options.path(town), await options.text(town));
    },
  };
}
