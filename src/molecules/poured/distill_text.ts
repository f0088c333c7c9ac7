import { CommandError } from "../../lib/errors.ts";

/** Makes the text of a bead the text of a step; two braces that were text stay text. */
export interface Fill {
  fill(text: string): string;
  /** @throws {CommandError} `value_not_found` for a variable whose value stood in none of the texts. */
  refuseUnused(): void;
}

interface Piece {
  /** What stands between the braces in its place. */
  expression: string;
  found: string | RegExp;
  length: number;
}

/**
 * Puts variables in the place of their values, the longest first, and `bead.id` in that of the id.
 *
 * @throws {CommandError} `bad_variable` for a value without any text.
 */
export function createFill({ vars, id }: { vars: Readonly<Record<string, string>>; id: string }): Fill {
  const blank = Object.entries(vars).find(([, value]) => value === "");
  if (blank) {
    throw new CommandError("usage", `Cannot make "${blank[0]}" a variable: its value is empty`, {
      code: "bad_variable",
      hints: ["--var NAME=VALUE: VALUE is a text of the beads"],
    });
  }
  const pieces: Piece[] = [
    ...Object.entries(vars).map(([name, value]) => ({
      expression: name,
      found: value,
      length: value.length,
    })),
    { expression: "bead.id", found: anyId([id]), length: id.length },
  ].sort((one, other) => other.length - one.length);
  const unused = new Set(Object.keys(vars));
  return {
    fill: (text) => filled(text, { pieces, used: (name) => unused.delete(name) }),
    refuseUnused() {
      const [name] = unused;
      if (name !== undefined) throw valueNotFound(name, vars[name]!);
    },
  };
}

/** One of these ids where it stands as a word: `cs-4f` is not found in `cs-4f.2`. */
export function anyId(ids: readonly string[]): RegExp {
  const words = ids.map((id) => id.replace(/[^\w-]/g, "\\$&"));
  return new RegExp(`(?<![\\w.-])(?:${words.join("|")})(?![\\w-]|\\.\\w)`, "u");
}

function filled(
  text: string,
  { pieces, used }: { pieces: readonly Piece[]; used: (expression: string) => void },
): string {
  // What stands at odd places is an insertion.
  let parts: string[] = [text];
  for (const { expression, found } of pieces) {
    parts = parts.flatMap((part, at) => {
      if (at % 2 === 1) return [part];
      const around = part.split(found);
      if (around.length > 1) used(expression);
      return around.flatMap((each, number) => number === 0 ? [each] : [`{{ ${expression} }}`, each]);
    });
  }
  return parts.map((part, at) => {
    if (at % 2 === 1) return part;
    const plain = part.replaceAll("{{", '{{ "{{" }}');
    // A brace right before an insertion would become a part of it.
    return at < parts.length - 1 ? plain.replace(/\{$/, '{{ "{" }}') : plain;
  }).join("");
}

function valueNotFound(name: string, value: string): CommandError {
  return new CommandError(
    "refused",
    `Cannot make "${name}" a variable: "${value}" stands in none of the texts`,
    {
      code: "value_not_found",
      hints: ["--var NAME=VALUE: VALUE is a text of the beads, which becomes {{ NAME }}"],
    },
  );
}
