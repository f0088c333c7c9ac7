import { CommandError } from "../lib/errors.ts";
import { closestWord } from "../lib/closest_word.ts";

const synonyms: Readonly<Record<string, string>> = {
  deacon: "steward",
  mayor: "coordinator",
  overseer: "coordinator",
  polecat: "worker",
};

/**
 * The session that a person means: `worker-3`, `3`, `witness csm`, `mayor`, or its own name.
 *
 * `beads` maps ids of beads to the sessions that work on them. @throws {CommandError} `session_not_found`.
 */
export function findSession(
  sessions: readonly string[],
  wanted: { text: string; beads: ReadonlyMap<string, string> },
): string {
  const { text, beads } = wanted;
  const words = text.trim().toLowerCase().split(/[\s/]+/);
  const [first = "", ...rest] = words;
  const spoken = [synonyms[first] ?? first, ...rest].join("-").replace(/^polecat-/, "worker-");
  const name = /^\d+$/.test(spoken) ? `worker-${spoken}` : spoken;
  const exact = [name, `gt-${name}`].find((candidate) => sessions.includes(candidate)) ??
    beads.get(text.trim());
  if (exact !== undefined && sessions.includes(exact)) return exact;
  const begun = sessions.filter((session) => session.startsWith(`gt-${name}-`));
  if (begun.length === 1) return begun[0]!;
  throw notFound(text, { sessions, begun, name });
}

function notFound(
  text: string,
  found: { sessions: readonly string[]; begun: readonly string[]; name: string },
): CommandError {
  const short = (session: string) => session.replace(/^gt-/, "");
  if (found.begun.length > 1) {
    return new CommandError(
      "refused",
      `Cannot tell which session "${text}" is: ${found.begun.length} begin so`,
      {
        code: "session_ambiguous",
        hints: found.begun.map((session) => `gt attach ${short(session)}`),
      },
    );
  }
  const near = closestWord(found.name, found.sessions.map(short));
  return new CommandError("refused", `Cannot find session "${text}": it does not run`, {
    code: "session_not_found",
    hints: [
      ...(near === undefined ? [] : [`did you mean ${near}? gt attach ${near}`]),
      found.sessions.length === 0
        ? "Nothing runs; start the town: gt start"
        : `Sessions: ${found.sessions.map(short).join(", ")}`,
    ],
  });
}
