/** How a call ended that may have been killed. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** A call of bd by one of many, and how it is to die, if it is. */
export interface CrowdCall {
  words: readonly string[];
  actor: string;
  /** Kills itself at this fault point. */
  fault?: string;
  /** Is killed after so many ms, wherever it is then. */
  killAfterMs?: number;
}

/** Many processes that claim, label, note and comment at once. */
export interface Crowd {
  processes: number;
  /** Whether a process goes on, before each of its calls. */
  goesOn(process: number, turn: number): boolean;
  call(call: CrowdCall): Promise<Ended>;
  /** A number from 0 to 1. */
  random(): number;
}

/** What a call was to do, and what came of it. */
interface Deed {
  kind: "claim" | "label" | "note" | "comment";
  bead: string;
  word: string;
  actor: string;
  /** `killed` is neither reported done nor refused. */
  outcome: "done" | "refused" | "killed" | "failed";
}

/** What a crowd did. */
export interface CrowdDeeds {
  deeds: Deed[];
  /** What those said that failed without being killed. */
  errors: string[];
}

/** Where one in ten kills itself. */
const FAULTS = ["ledger.before-append", "ledger.after-append", "ledger.after-flush", "ledger.after-commit"];

/** Longest time after which one in ten is killed from outside, in ms: about as long as a call takes in a crowd. */
const KILLED_WITHIN_MS = 60;

/** Beads that all of them change: `cs-s0`, `cs-s1`, …; the ledger must have them. */
export const SHARED = 20;

/** Lets a crowd work until none of its processes goes on. */
export async function runCrowd(crowd: Crowd): Promise<CrowdDeeds> {
  const deeds: Deed[] = [];
  const errors: string[] = [];
  const wanted: Promise<string>[] = [];
  const wantedBead = (at: number) =>
    wanted[at] ??= crowd.call({ words: ["create", "Wanted", "--id", `cs-w${at}`], actor: "maker" })
      .then(() => `cs-w${at}`);

  async function perform(process: number, turn: number): Promise<void> {
    const actor = `actor-${process}`;
    const kind = (["claim", "label", "note", "comment"] as const)[turn % 4]!;
    const word = `${actor}-${turn}`;
    const bead = kind === "claim"
      ? await wantedBead(Math.floor(turn / 4))
      : `cs-s${(process + turn) % SHARED}`;
    const words = {
      claim: ["update", bead, "--claim", "--json"],
      label: ["update", bead, "--add-label", word],
      note: ["update", bead, "--append-notes", word],
      comment: ["comment", bead, word],
    }[kind];
    const chance = crowd.random();
    const death = chance < 0.1
      ? { fault: FAULTS[Math.floor(crowd.random() * FAULTS.length)]! }
      : chance < 0.2
      ? { killAfterMs: crowd.random() * KILLED_WITHIN_MS }
      : {};
    const { code, stderr } = await crowd.call({ words, actor, ...death });
    const mayDie = "fault" in death || "killAfterMs" in death;
    const outcome = code === 0
      ? "done"
      : kind === "claim" && stderr.includes('"already_claimed"')
      ? "refused"
      : mayDie && code > 128
      ? "killed"
      : "failed";
    if (outcome === "failed") errors.push(`${words.join(" ")}: ${stderr}`);
    deeds.push({ kind, bead, word, actor, outcome });
  }

  await Promise.all(Array.from({ length: crowd.processes }, async (_, process) => {
    for (let turn = 0; crowd.goesOn(process, turn); turn++) await perform(process, turn);
  }));
  return { deeds, errors };
}

/** What a line of `bd export` says of a bead, as far as a crowd changes it. */
interface CrowdBead {
  id: string;
  assignee?: string;
  labels?: string[];
  notes?: string;
  comments?: { text: string }[];
}

/** What of the deeds of a crowd is not as it was reported: all empty when everything is. */
export interface CrowdVerdict {
  /** Reported done, and not there. */
  missing: string[];
  /** Claimed by two who were both told that they won. */
  wonTwice: string[];
  /** Claimed by some of whom nobody was killed, and nobody has it. */
  wonByNobody: string[];
}

/** Compares what a crowd was told with the text of `bd export`. */
export function judgeCrowd({ deeds }: CrowdDeeds, exported: string): CrowdVerdict {
  const beads = new Map(
    exported.trim().split("\n").map((line) => JSON.parse(line) as CrowdBead).map((bead) => [bead.id, bead]),
  );
  const missing = deeds.filter((deed) => deed.outcome === "done" && !isThere(deed, beads.get(deed.bead)));
  const claims = Map.groupBy(deeds.filter(({ kind }) => kind === "claim"), ({ bead }) => bead);
  const outcomes = (bead: string) => claims.get(bead)!.map((deed) => deed.outcome);
  return {
    missing: missing.map(({ kind, word, bead }) => `${kind} ${word} of ${bead}`),
    wonTwice: [...claims.keys()].filter((bead) => outcomes(bead).filter((one) => one === "done").length > 1),
    wonByNobody: [...claims.keys()].filter((bead) =>
      outcomes(bead).some((one) => one === "done" || one === "refused") && !beads.get(bead)?.assignee
    ),
  };
}

function isThere({ kind, word, actor }: Deed, bead: CrowdBead | undefined): boolean {
  if (kind === "claim") return bead?.assignee === actor;
  if (kind === "label") return bead?.labels?.includes(word) ?? false;
  if (kind === "note") return bead?.notes?.split("\n").includes(word) ?? false;
  return bead?.comments?.some((comment) => comment.text === word) ?? false;
}

/** Runs a command to its end, or for some ms. */
export async function killable(
  command: Deno.Command,
  killAfterMs: number | undefined,
): Promise<Deno.CommandOutput> {
  const child = command.spawn();
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
  }, killAfterMs);
  try {
    return await child.output();
  } finally {
    clearTimeout(timer);
  }
}
