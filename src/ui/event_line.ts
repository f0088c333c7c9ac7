import type { Arrived, Bead } from "../ledger/ledger.ts";
import type { Json, JsonObject } from "../lib/json.ts";
import { printable } from "../lib/printable.ts";
import { type Attempt, workerName } from "../work/attempt.ts";

/** Something that happened in the town, as a person would tell it. */
export interface TownEvent {
  /** Place in this machine's order of arrival. */
  arrival: number;
  /** In ms since the epoch. */
  at: number;
  kind:
    | "attempt"
    | "created"
    | "changed"
    | "closed"
    | "comment"
    | "convoy"
    | "dependency"
    | "mail"
    | "removed";
  /** Id of the bead it is about. */
  bead: string;
  actor: string;
  text: string;
  attempt?: number;
  state?: string;
  worker?: number;
}

/** What is known of a bead when an event about it is told. */
export type KnownBead = Pick<Bead, "issue_type" | "title" | "assignee">;

/**
 * Tells operations one after the other; a change of state is told once.
 *
 * `known` is the bead as it stands now; undefined for one that is gone. Returns undefined for what nobody wants to hear.
 */
export function createEventTeller(): (
  arrived: Arrived,
  known: KnownBead | undefined,
) => TownEvent | undefined {
  const lastStates = new Map<string, string>();
  return (arrived, known) => {
    const { operation, id } = arrived;
    // Settings of the ledger travel as changes of a bead that is none.
    if (operation.b.startsWith("@")) return undefined;
    const told = tell(arrived, known, (state) => {
      const isNew = lastStates.get(id) !== state;
      // The oldest is forgotten, so that following for days takes no more memory.
      if (lastStates.size > 5_000) lastStates.delete(lastStates.keys().next().value!);
      lastStates.set(id, state);
      return isNew;
    });
    if (!told) return undefined;
    return { arrival: arrived.arrival, at: operation.t[0], bead: id, actor: operation.a, ...told };
  };
}

type Told = Omit<TownEvent, "arrival" | "at" | "bead" | "actor">;

function tell(
  { id, operation }: Arrived,
  known: KnownBead | undefined,
  isNewState: (state: string) => boolean,
): Told | undefined {
  const { k, f, a } = operation;
  switch (k) {
    case "create":
      return tellCreation(id, { registers: registersOf(f), actor: a });
    case "set":
      return tellChange(id, { registers: registersOf(f), actor: a, known, isNewState });
    case "comment":
      return { kind: "comment", text: `${id}: ${a} says "${firstLine(f.text)}"` };
    case "note":
      return { kind: "changed", text: `${id}: ${a} notes "${firstLine(f.text)}"` };
    case "add":
      return tellAddition(id, f);
    case "delete":
      return known?.issue_type === "message" ? undefined : { kind: "removed", text: `${id} deleted by ${a}` };
    case "rename":
      return { kind: "changed", text: `${id} is what was renamed by ${a}` };
    default:
      return undefined;
  }
}

function tellCreation(id: string, options: { registers: JsonObject; actor: string }): Told {
  const { registers, actor } = options;
  const title = firstLine(registers.title);
  if (registers.issue_type === "message") {
    return { kind: "mail", text: `mail ${actor} → ${registers.assignee ?? "?"}: ${title}` };
  }
  if (registers.issue_type === "convoy") return { kind: "convoy", text: `convoy ${id} created: ${title}` };
  return { kind: "created", text: `${id} created by ${actor}: ${title}` };
}

function tellChange(
  id: string,
  options: {
    registers: JsonObject;
    actor: string;
    known: KnownBead | undefined;
    isNewState: (state: string) => boolean;
  },
): Told | undefined {
  const { registers, actor, known, isNewState } = options;
  if (known?.issue_type === "message") return undefined;
  const attempt = registers["metadata.attempt"] as unknown as Attempt | undefined;
  if (attempt) {
    return isNewState(`${attempt.n} ${attempt.state} ${attempt.restarts}`)
      ? tellAttempt(id, attempt)
      : undefined;
  }
  if (known?.issue_type === "convoy") return tellConvoy(id, { registers, known });
  if (registers.status === "closed") {
    const why = registers.close_reason === undefined ? "" : `: ${firstLine(registers.close_reason)}`;
    return { kind: "closed", text: `${id} closed by ${actor}${why}` };
  }
  const names = Object.keys(registers).filter((name) =>
    !name.endsWith("_at") && !name.startsWith("metadata.")
  );
  if (names.length === 0) return undefined;
  if (typeof registers.status === "string") {
    return { kind: "changed", text: `${id} is ${registers.status} (${actor})` };
  }
  return { kind: "changed", text: `${id}: ${names.join(", ")} changed by ${actor}` };
}

function tellAttempt(id: string, attempt: Attempt): Told {
  const { n, state, worker } = attempt;
  const who = worker === undefined ? "" : ` (${workerName(worker)})`;
  return {
    kind: "attempt",
    text: `${id}: attempt ${n} ${state}${who}${attemptDetail(attempt)}`,
    attempt: n,
    state,
    ...(worker === undefined ? {} : { worker }),
  };
}

function attemptDetail(attempt: Attempt): string {
  switch (attempt.state) {
    case "hooked":
      return attempt.failure ? `: again after ${firstLine(attempt.failure.summary)}` : ` on ${attempt.rig}`;
    case "preparing":
      return attempt.restarts > 0 ? `: session ${attempt.restarts + 1}` : "";
    case "merged":
      return attempt.landed === undefined ? "" : ` into ${attempt.target} as ${attempt.landed.slice(0, 12)}`;
    case "waiting":
    case "escalated":
    case "queued":
      return attempt.question === undefined ? "" : `: ${firstLine(attempt.question)}`;
    default:
      return "";
  }
}

function tellConvoy(id: string, options: { registers: JsonObject; known: KnownBead }): Told | undefined {
  const { registers, known } = options;
  if (registers.status === "open") return { kind: "convoy", text: `convoy ${id} is under way again` };
  if (registers.status !== "closed") return undefined;
  const hasLanded = String(registers.close_reason ?? "").startsWith("Landed");
  return {
    kind: "convoy",
    text: hasLanded
      ? `convoy ${id} landed: ${printable(known.title)}`
      : `convoy ${id} closed: ${firstLine(registers.close_reason)}`,
  };
}

function tellAddition(id: string, fields: JsonObject): Told | undefined {
  const edge = fields.dep as JsonObject | undefined;
  if (edge === undefined) return undefined;
  const target = String(edge.target ?? "").replace(/@[^@]*$/, "");
  if (edge.type === "tracks") return { kind: "convoy", text: `convoy ${id} tracks ${target}` };
  if (edge.type === "blocks") return { kind: "dependency", text: `${id} waits for ${target}` };
  return { kind: "dependency", text: `${id}: ${edge.type} ${target}` };
}

function registersOf(fields: JsonObject): JsonObject {
  const { set } = fields;
  return typeof set === "object" && set !== null && !Array.isArray(set) ? set as JsonObject : {};
}

function firstLine(value: Json | undefined): string {
  const line = String(value ?? "").trim().split("\n")[0]!;
  return printable(line.length > 120 ? `${line.slice(0, 119)}…` : line);
}
