import { resolveBead } from "../beads/ids.ts";
import { CommandError } from "../lib/errors.ts";
import { parseDuration } from "../lib/duration.ts";
import { present } from "../lib/present.ts";
import type { Ports } from "../ports/ports.ts";
import { localTime, parseInstant } from "../ports/time.ts";
import { convoysOfBeads } from "../town/convoys/convoys.ts";
import { type CostGroup, type CostRow, type KnownUsage, sumCosts, totalCosts } from "../town/costs/costs.ts";
import { pricesCheckedOn } from "../town/costs/price_table.ts";
import type { Town } from "../town/town.ts";
import { conversations } from "./conversations.ts";
import { readTurns } from "./turns.ts";
import { knownUsage } from "./usage_known.ts";

/** What is asked of the costs. */
export interface CostRequest {
  by: CostGroup | "turn";
  /** A day, a time, or a duration that ends now. */
  since?: string | undefined;
  /** Id of the only bead that counts. */
  bead?: string | undefined;
}

/** A row of the answer. */
export interface TitledCost extends CostRow {
  /** Title of the bead or convoy. */
  title?: string;
  /** Of a turn: when it began (ms since the epoch), in which session. */
  at?: number;
  session?: string;
}

/** What was asked for, as `gt costs --json` gives it. */
export interface CostAnswer {
  by: CostRequest["by"];
  /** The first day that counts; absent for all. */
  since?: string;
  total: CostRow;
  rows: readonly TitledCost[];
  /** Agents of whose sessions nothing can be read, with the number of these; absent where there are none. */
  not_counted?: readonly { agent: string; sessions: number }[];
  /** When the list prices that gt knows were looked up. */
  prices_checked_on: string;
}

/** Answers what was used. @throws {CommandError} `bad_time`, or when there is no such bead. */
export async function askCosts(
  deps: { ports: Ports; town: Town },
  request: CostRequest,
): Promise<CostAnswer> {
  const { ports, town } = deps;
  const { view } = town.ledger;
  const { prices } = await town.config();
  const since = request.since === undefined ? undefined : dayOf(request.since, ports.clock.now());
  const only = request.bead === undefined ? undefined : resolveBead(view, request.bead).key;
  const usage = knownUsage(deps).filter(({ bead }) => only === undefined || bead === only);
  const question = { prices, ...present({ since }) };
  const { by } = request;
  const rows = by === "turn"
    ? turnRows(deps, { usage, question })
    : sumCosts(usage, { ...question, by, ...(by === "convoy" ? { convoys: convoysOfBeads(view) } : {}) });
  return {
    by,
    ...present({ since, not_counted: uncounted(usage, since) }),
    total: totalCosts(usage, question),
    rows: rows.map((row) => ({ ...row, ...present({ title: view.beadById(row.key)?.title }) })),
    prices_checked_on: pricesCheckedOn,
  };
}

/** The agents that have sessions without any figures. */
function uncounted(
  usage: readonly KnownUsage[],
  since = "",
): { agent: string; sessions: number }[] | undefined {
  const counts = new Map<string, number>();
  for (const { agent, rows, since: at } of usage) {
    if (rows.length > 0 || agent === undefined || localTime(at).slice(0, 10) < since) continue;
    counts.set(agent, (counts.get(agent) ?? 0) + 1);
  }
  if (counts.size === 0) return undefined;
  return [...counts].map(([agent, sessions]) => ({ agent, sessions })).sort((a, b) =>
    a.agent < b.agent ? -1 : 1
  );
}

/** The turns of every session whose transcript is still there, in the order of time. */
function turnRows(
  { ports, town }: { ports: Ports; town: Town },
  { usage, question }: { usage: readonly KnownUsage[]; question: Parameters<typeof totalCosts>[1] },
): TitledCost[] {
  const of = new Map(usage.map((known) => [known.session, known]));
  const rows = conversations(town.ledger).flatMap(({ id, transcript, startedAt, records }) => {
    const known = of.get(id);
    if (!known || transcript === undefined) return [];
    return readTurns(ports.files, { path: transcript, id, since: startedAt, records }).map(
      (turn): TitledCost => {
        const row = { ...turn, turns: 1, day: localTime(turn.at).slice(0, 10) };
        const sum = totalCosts([{ ...known, rows: [row] }], question);
        return { ...sum, key: known.beadId ?? known.actor, at: turn.at, session: id };
      },
    );
  });
  return rows.filter(({ messages }) => messages > 0).sort((a, b) => a.at! - b.at!);
}

function dayOf(text: string, now: number): string {
  const ago = parseDuration(text);
  const at = ago === undefined ? parseInstant(text) : now - ago;
  if (at !== undefined) return localTime(at).slice(0, 10);
  throw new CommandError("usage", `Cannot read "${text}" as a time`, {
    code: "bad_time",
    hints: ["12h or 7d ago; 2026-03-01"],
  });
}
