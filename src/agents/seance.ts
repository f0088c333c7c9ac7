import { CommandError } from "../lib/errors.ts";
import type { View } from "../ledger/ledger.ts";
import type { Ports } from "../ports/ports.ts";
import { sessionEnvironment } from "../sessions/environment.ts";
import type { Town } from "../town/town.ts";
import { type Conversation, conversations } from "./conversations.ts";
import { type Agent, resolveAgent } from "./presets.ts";

type Deps = { ports: Ports; town: Town };

/** A former session, as `gt seance --json` gives it. */
export interface SeanceRow extends Conversation {
  title?: string;
  /** Whether its transcript is still there. */
  there: boolean;
}

/** The synonyms of roles. */
const roles: Readonly<Record<string, string>> = {
  coordinator: "coordinator",
  crew: "crew",
  mayor: "coordinator",
  polecat: "worker",
  worker: "worker",
  workers: "worker",
};

/**
 * The former sessions of a bead, a worker, a role or a member of the crew, the newest first; of everybody by default.
 *
 * @throws {CommandError} `session_not_found` when there is none of it.
 */
export function formerSessions({ ports, town }: Deps, wanted: string | undefined): SeanceRow[] {
  const { view } = town.ledger;
  const all = conversations(town.ledger).map((one) => rowOf(view, ports, one));
  if (wanted === undefined) return all;
  const found = all.filter(matching(wanted));
  if (found.length > 0) return found;
  const known = [...new Set(all.flatMap(({ actor, bead }) => [actor, ...(bead ? [bead] : [])]))];
  throw new CommandError("refused", `Cannot find a session of "${wanted}": none is remembered`, {
    code: "session_not_found",
    hints: [known.length === 0 ? "No agent has reported a session yet" : `There are: ${known.join(", ")}`],
  });
}

function matching(wanted: string): (row: SeanceRow) => boolean {
  const number = /^(?:gt-)?(?:worker-|polecat-)?(\d+)$/.exec(wanted)?.[1];
  if (number !== undefined) return ({ actor }) => actor === `worker-${number}`;
  const role = roles[wanted];
  return (row) => row.bead === wanted || row.actor === wanted || (role !== undefined && row.role === role);
}

function rowOf(view: View, ports: Ports, one: Conversation): SeanceRow {
  const title = one.bead === undefined ? undefined : view.beadById(one.bead)?.title;
  const there = one.transcript !== undefined && ports.files.exists(one.transcript);
  return { ...one, ...(title === undefined ? {} : { title }), there };
}

/** What to run to talk to a copy of a former session. */
export interface Seance {
  row: SeanceRow;
  argv: string[];
  cwd: string;
  env: Record<string, string>;
}

/**
 * How to open a copy of a former session, named by its id or the beginning of one; the session itself stays as it was.
 *
 * The copy is nobody's session: it has no hooks, no hook, and the permissions that its person gives it. With
 * `question` it answers and ends.
 *
 * @throws {CommandError} `session_not_found`, `session_ambiguous`, `transcript_gone` or `no_fork`.
 */
export async function openSeance(
  deps: Deps,
  options: { id: string; question?: string | undefined },
): Promise<Seance> {
  const { ports, town } = deps;
  const row = rowById(formerSessions(deps, undefined), options.id);
  const refuse = (state: string, code: string, ...hints: string[]) =>
    new CommandError("refused", `Cannot open session "${row.id}": ${state}`, { code, hints });
  if (row.transcript === undefined || !row.there) throw refuse("its transcript is gone", "transcript_gone");
  const agent = resolveAgent(ports, { config: await town.config(), flag: row.agent });
  if (agent.resumeFlag === undefined || agent.forkFlag === undefined) {
    throw refuse(`${agent.label} cannot open a copy of one`, "no_fork", `Read it: ${row.transcript}`);
  }
  const cwd = row.cwd !== undefined && ports.files.exists(row.cwd) ? row.cwd : town.root;
  return {
    row,
    cwd,
    argv: [agent.command, ...questionWords(agent, options.question), ...forkWords(agent, row.transcript)],
    env: { ...sessionEnvironment(ports.env.all()), ...agent.env },
  };
}

/** By its transcript, since the client looks up ids only among the sessions of the folder it is in. */
function forkWords(agent: Agent, transcript: string): string[] {
  return [agent.resumeFlag!, transcript, agent.forkFlag!];
}

function questionWords(agent: Agent, question: string | undefined): string[] {
  if (question === undefined) return [];
  return [...(agent.askFlag === undefined ? [] : [agent.askFlag]), question];
}

function rowById(rows: readonly SeanceRow[], id: string): SeanceRow {
  const found = rows.filter((row) => row.id.startsWith(id));
  const exact = found.find((row) => row.id === id) ?? (found.length === 1 ? found[0] : undefined);
  if (exact) return exact;
  throw new CommandError(
    "refused",
    found.length === 0
      ? `Cannot find session "${id}": there is none with this id`
      : `Cannot find session "${id}": it begins the ids of ${found.length}`,
    {
      code: found.length === 0 ? "session_not_found" : "session_ambiguous",
      hints: found.length === 0 ? ["gt seance"] : found.map((row) => `gt seance --talk ${row.id}`),
    },
  );
}
