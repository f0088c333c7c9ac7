import type { Json } from "../../../lib/json.ts";
import type { Ephemeral, Ledger } from "../../../ledger/ledger.ts";
import { isOfMachine } from "../../../ledger/ledger_error.ts";
import type { Ports } from "../../../ports/ports.ts";
import { identityOf, observeIdentity, type ProcessIdentity } from "../../../ports/process_identity.ts";
import { changeRun } from "../journal/run_store.ts";
import type { OpenRun } from "../journal/run_log.ts";
import { fencePath, runFolder } from "../commands/command_files.ts";
import { runName } from "../journal/step_at.ts";

/** Under which kind of ephemeral value the drivers of runs are kept, by key of the run. */
const LEASE = "mol-driver";

/** After how long without a sign of life a driver that still exists counts as hung, in ms. */
export const LEASE_MS = 60_000;
/** How often a driver shows that it lives, in ms. */
const BEAT_MS = 10_000;

/** Who drives a run on this machine. */
export interface Holder extends ProcessIdentity {
  by: string;
  /** The last sign of life, in ms since the epoch. */
  at: number;
}

/** The right to drive a run, until somebody else takes it. */
export interface Lease {
  readonly term: number;
  /** Shows that the driver lives, when it is time; false when the lease is somebody else's now. */
  beat(): boolean;
  /** Keeps commands of earlier drivers from beginning; does nothing once the lease is somebody else's. */
  fence(): void;
  /** Never throws for what the machine refuses. */
  release(): void;
}

/** What came of asking for a lease. */
export type Taken =
  | {
    kind: "taken";
    lease: Lease;
    open: OpenRun;
    /** Whether another machine drove it before, or this one before it was started anew: what ran there cannot be found. */
    moved: boolean;
  }
  /** Somebody who lives has it. */
  | { kind: "held"; holder: Holder }
  /** A driver on another machine has it and has not said that it left. */
  | { kind: "elsewhere"; by: string; replica: string };

/** What a lease is made with. */
export interface LeaseDeps {
  ports: Pick<Ports, "clock" | "processes">;
  ledger: Ledger;
}

/** What a lease is taken with. */
export interface TakeDeps extends LeaseDeps {
  ports: LeaseDeps["ports"] & Pick<Ports, "files">;
}

/** Who drives a run on this machine at the moment. */
export function holderOf({ ports, ledger }: LeaseDeps, key: string): Holder | undefined {
  const holder = readHolder(ledger.ephemeral, key);
  return holder && isAlive(ports, holder) ? holder : undefined;
}

/** Whether the last driver of a run died before it could tell how the run ended. */
export function diedUntold(deps: LeaseDeps, key: string): boolean {
  return deadHolder(deps, key) !== undefined;
}

/** Forgets the last driver of a run if it died. */
export function forgetDead(deps: LeaseDeps, key: string): void {
  const holder = deadHolder(deps, key);
  if (holder) forget(deps, { key, holder });
}

function deadHolder({ ports, ledger }: LeaseDeps, key: string): Holder | undefined {
  const holder = readHolder(ledger.ephemeral, key);
  return holder && !isAlive(ports, holder) ? holder : undefined;
}

/** Nobody drives a run any more, unless somebody has taken it from this one meanwhile. */
function forget(
  { ledger }: Pick<LeaseDeps, "ledger">,
  { key, holder }: { key: string; holder: Holder },
): void {
  ledger.ephemeral.swap(LEASE, key, asJson(holder), undefined);
}

function readHolder(ephemeral: Ephemeral, key: string): Holder | undefined {
  return ephemeral.get<Json>(LEASE, key) as unknown as Holder | undefined;
}

function isAlive({ clock, processes }: LeaseDeps["ports"], holder: Holder): boolean {
  return observeIdentity(processes, holder) === "alive" && clock.now() - holder.at < LEASE_MS;
}

/**
 * Takes a run to drive it; from then on what an earlier driver writes is refused, should it still be there.
 *
 * `force` takes it from a driver that seems to live, here or on another machine.
 */
export function takeLease(
  deps: TakeDeps,
  options: { open: OpenRun; by: string; force?: boolean },
): Taken {
  const { ports: { clock, files, processes }, ledger } = deps;
  const { open, by, force = false } = options;
  const { key } = open;
  const { ephemeral } = ledger;
  const found = readHolder(ephemeral, key);
  if (found && isAlive(deps.ports, found) && found.pid !== processes.pid && !force) {
    return { kind: "held", holder: found };
  }
  let own: Holder = { ...identityOf(processes, processes.pid), by, at: clock.now() };
  if (!ephemeral.swap(LEASE, key, asJson(found), asJson(own)!)) return takeLease(deps, options);
  const isOwn = () => JSON.stringify(readHolder(ephemeral, key)) === JSON.stringify(own);
  const taken = changeRun(ledger, {
    open,
    actor: by,
    change({ open, push }) {
      // Another took it meanwhile, whose term must not be followed by one of this driver.
      if (!isOwn()) return { isOvertaken: true };
      const { driver, replica, term } = open().run;
      const isElsewhere = driver !== undefined && replica !== ledger.replica;
      if (isElsewhere && !force) return { elsewhere: { by: driver.by, replica: replica! } };
      push({ kind: "driven", term: term + 1, by, replica: ledger.replica });
      const isOtherBoot = found !== undefined && found.boot !== own.boot;
      return { term: term + 1, moved: isOtherBoot || replica !== undefined && replica !== ledger.replica };
    },
  });
  const { result } = taken as typeof taken & { kind: "done" };
  if (result.isOvertaken) return takeLease(deps, { ...options, force: false });
  if (result.elsewhere) {
    forget(deps, { key, holder: own });
    return { kind: "elsewhere", ...result.elsewhere };
  }
  const term = result.term!;
  const fence = fencePath(runFolder(ledger.folder, runName(key)));
  const lease: Lease = {
    term,
    fence() {
      // Whoever stood still between its lease and this may have been overtaken: its term would stop all commands.
      if (isOwn() && files.readText(fence) !== `${term}\n`) files.writeText(fence, `${term}\n`);
    },
    beat() {
      const at = clock.now();
      if (at - own.at < BEAT_MS) return true;
      const next = { ...own, at };
      if (!ephemeral.swap(LEASE, key, asJson(own), asJson(next)!)) return false;
      own = next;
      return true;
    },
    release() {
      try {
        forget(deps, { key, holder: own });
      } catch (error) {
        // Whoever wants the run sees that this process has gone, or hears no more of it.
        if (!isOfMachine(error)) throw error;
      }
    },
  };
  lease.fence();
  return { kind: "taken", lease, open: taken.open, moved: result.moved === true };
}

function asJson(holder: Holder | undefined): Json | undefined {
  return holder as unknown as Json | undefined;
}
