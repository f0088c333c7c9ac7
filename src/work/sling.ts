/**
 * From sling to done: assigns beads, gives attempts their place, worktree and session, and takes work back.
 *
 * The machine decides; what is here asks git, tmux and the ledger, and reports what happened as events.
 *
 * @module
 */
import { resolveBead } from "../beads/ids.ts";
import { INTERNAL_TYPES } from "../beads/issue_types.ts";
import { CommandError } from "../lib/errors.ts";
import { present } from "../lib/present.ts";
import type { Bead, Transaction } from "../ledger/ledger.ts";
import { faultPoint } from "../ports/fault.ts";
import type { Ports } from "../ports/ports.ts";
import type { TownConfig } from "../town/config/config.ts";
import type { Town } from "../town/town.ts";
import type { Attempt, AttemptLimits } from "./attempt.ts";
import { firstAttempt } from "./attempt_machine.ts";
import {
  advanceIn,
  assignmentOfWorker,
  attemptOf,
  expectAdvance,
  liveAttemptOf,
  writeAttempt,
} from "./attempt_store.ts";
import { attemptLimits } from "./limits.ts";
import {
  type MoleculeOrder,
  pourFor,
  type ReadMolecules,
  readMolecules,
  type SlungMolecule,
  takesDefault,
} from "./sling_molecule.ts";
import { parseTarget, rigOfBead, type Target, targetsOf } from "./target.ts";

/** What the functions of this folder work with. */
export interface WorkDeps {
  ports: Ports;
  town: Town;
}

/** An order to assign beads. */
export interface SlingOrder extends MoleculeOrder {
  /** Ids as a person gives them. */
  beads: readonly string[];
  target: string;
  by: string;
  /** Name of an agent; the rig's by default. */
  agent?: string;
  /** Leaves out what is not open any more by the time of the write: somebody else was quicker. */
  onlyOpen?: boolean;
}

/** One bead that was slung. */
export interface Slung {
  bead: Bead;
  /** Absent when the target is a person, who needs no worker. */
  attempt?: Attempt;
  /** The steps it is worked by. */
  molecule?: SlungMolecule;
  /** What it still waits for, in words. */
  waitsFor?: string;
}

/**
 * Hangs beads on the hook of a rig, a worker or a person: all of them in one write, or none.
 *
 * @throws {CommandError} when a bead is unknown, closed, internal or taken, or the target, agent or
 * molecule does not exist.
 */
export async function slingBeads(deps: WorkDeps, order: SlingOrder): Promise<Slung[]> {
  const { ledger } = deps.town;
  const config = await deps.town.config();
  const target = parseTarget(targetsOf(deps, config), order.target);
  const keys = order.beads.map((text) => resolveBead(ledger.view, text).key);
  const agents = new Map<string, string>();
  const defaults = new Set<string>();
  if (target.kind !== "person") {
    for (const key of keys) {
      const bead = ledger.view.beadByKey(key)!;
      const rig = rigFor(deps, { config, target, bead });
      if (!agents.has(rig)) agents.set(rig, await agentFor(deps, { config, rig, flag: order.agent }));
      if (takesDefault(ledger.view, bead)) defaults.add(rig);
    }
  }
  const rigs = Object.fromEntries([...defaults].map((rig) => [rig, config.rigs[rig]!]));
  const read = await readMolecules(deps, { order, rigs });
  const slung = ledger.write(order.by, (transaction) =>
    keys.flatMap((key): Slung[] => {
      const bead = transaction.beadByKey(key)!;
      if (order.onlyOpen && bead.status !== "open") return [];
      assertSlingable(bead);
      if (target.kind === "person") return [hookOn(transaction, { bead, name: target.name, order, read })];
      const rig = rigFor(deps, { config, target, bead });
      const agent = agents.get(rig)!;
      return [slingOne(transaction, { bead, order, target, rig, agent, config, read })];
    }));
  faultPoint("sling.after-write");
  return slung;
}

function slingOne(
  transaction: Transaction,
  options: {
    bead: Bead;
    order: SlingOrder;
    target: Target;
    rig: string;
    agent: string;
    config: TownConfig;
    read: ReadMolecules;
  },
): Slung {
  const { bead, order, target, rig, agent, config, read } = options;
  const waitsFor = bead.blocked ? "its dependencies" : undefined;
  const live = liveAttemptOf(bead);
  const molecule = pourFor(transaction, { bead, order, read, rig: config.rigs[rig]! });
  if (live) return retry(transaction, { bead, live, order, limits: attemptLimits(config), molecule });
  const after = attemptOf(bead);
  const attempt = firstAttempt({
    bead: bead.id,
    rig,
    agent,
    target: config.rigs[rig]!.branch,
    at: transaction.now,
    by: order.by,
    ...(after ? { after } : {}),
    ...(target.kind === "worker" ? { worker: target.worker } : {}),
    ...(molecule ? { molecule: molecule.name } : {}),
    ...(order.fresh ? { fresh: true } : {}),
  });
  const written = writeAttempt(transaction, {
    bead,
    attempt,
    effects: [{ kind: "setBead", fields: { status: "hooked", assignee: rig } }],
  });
  return { bead: written, attempt, ...present({ waitsFor, molecule }) };
}

/** A bead that waits for a decision gets one by being slung again. */
function retry(
  transaction: Transaction,
  options: {
    bead: Bead;
    live: Attempt;
    order: SlingOrder;
    limits: AttemptLimits;
    molecule: SlungMolecule | undefined;
  },
): Slung {
  const { bead, live, order, limits, molecule } = options;
  const event = {
    kind: "retried" as const,
    at: transaction.now,
    by: order.by,
    ...(order.fresh ? { fresh: true } : {}),
  };
  const result = advanceIn(transaction, { key: bead.key, n: live.n, event, limits });
  const { bead: written, attempt } = expectAdvance(result, { action: "sling", bead: bead.id, n: live.n });
  if (molecule === undefined || molecule.name === attempt.molecule) {
    return { bead: written, attempt, ...present({ molecule }) };
  }
  const worked = { ...attempt, molecule: molecule.name };
  return {
    bead: writeAttempt(transaction, { bead: written, attempt: worked, effects: [] }),
    attempt: worked,
    molecule,
  };
}

function hookOn(
  transaction: Transaction,
  options: { bead: Bead; name: string; order: SlingOrder; read: ReadMolecules },
): Slung {
  const { bead, name, order, read } = options;
  const molecule = pourFor(transaction, { bead, order, read });
  const written = transaction.set(bead.key, { status: "hooked", assignee: name });
  return { bead: written, ...present({ molecule }) };
}

/** @throws {CommandError} for anything but an open bead that nobody has, or one that waits for a decision. */
function assertSlingable(bead: Bead): void {
  const refuse = (state: string, code: string, ...hints: string[]) => {
    throw new CommandError("refused", `Cannot sling "${bead.id}": ${state}`, { code, hints });
  };
  if (INTERNAL_TYPES.includes(bead.issue_type)) {
    const launch = bead.issue_type === "convoy" ? [`Sling its beads: gt convoy show ${bead.id}`] : [];
    refuse(`it is a ${bead.issue_type}, not work`, "not_work", ...launch);
  }
  const live = liveAttemptOf(bead);
  if (live?.state === "escalated") return;
  if (live) {
    const place = live.worker === undefined ? `rig ${live.rig}` : `worker-${live.worker}`;
    refuse(
      `it is on the hook of ${place} (attempt ${live.n}, ${live.state})`,
      "already_slung",
      `Look at it: bd show ${bead.id}`,
      `Take it back first: gt unsling ${bead.id}`,
    );
  }
  if (bead.status === "closed") refuse("it is closed", "bead_closed", `Open it again: bd reopen ${bead.id}`);
  if (bead.status === "open") return;
  const holder = bead.assignee ? ` by ${bead.assignee}` : "";
  refuse(
    `it is ${bead.status}${holder}`,
    "already_claimed",
    `Give it back: bd update ${bead.id} --status open --assignee ""`,
  );
}

function rigFor(deps: WorkDeps, options: { config: TownConfig; target: Target; bead: Bead }): string {
  const { config, target, bead } = options;
  if (target.kind === "rig") return target.rig;
  if (target.kind === "person") throw new Error("a person has no rig");
  const busy = assignmentOfWorker(deps.town.ledger.view, target.worker);
  if (busy && busy.bead.key !== bead.key) {
    throw new CommandError(
      "refused",
      `Cannot sling to "worker-${target.worker}": it is busy with "${busy.bead.id}"`,
      {
        code: "worker_busy",
        hints: [`Sling to the rig, which finds a free worker: gt sling ${bead.id} ${busy.attempt.rig}`],
      },
    );
  }
  const rig = rigOfBead(config, bead.id);
  if (rig) return rig;
  throw new CommandError("refused", `Cannot sling "${bead.id}": no rig has its prefix`, {
    code: "rig_not_found",
    hints: [`Name the rig: gt sling ${bead.id} RIG`, `Rigs: ${Object.keys(config.rigs).join(", ")}`],
  });
}

async function agentFor(
  deps: WorkDeps,
  options: { config: TownConfig; rig: string; flag: string | undefined },
): Promise<string> {
  const { resolveAgent } = await import("../agents/presets.ts");
  const { config, rig, flag } = options;
  return resolveAgent(deps.ports, { config, rig, flag }).name;
}
