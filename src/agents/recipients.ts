import { CommandError } from "../lib/errors.ts";
import type { View } from "../ledger/ledger.ts";
import { type Address, parseAddress } from "../town/mail/addresses.ts";
import type { TownConfig } from "../town/config/config.ts";
import { rigConfig } from "../town/town.ts";
import { sessionNames } from "../town/session_names.ts";
import { workerName, workerSession } from "../work/attempt.ts";
import { type Assignment, attemptOf, liveAssignments } from "../work/attempt_store.ts";

/** A single reader: the name on the message, and the bead on the reader's hook where it is a worker. */
export interface Recipient {
  name: string;
  work?: Assignment;
  /** The tmux session in which the reader is, if it is an agent. */
  session?: string;
}

/**
 * The readers that an address means now. Groups are taken apart; a bead's id means its worker.
 *
 * @throws {CommandError} for an address that is none, a worker that is not at work, an unknown rig, an empty group.
 */
export function recipientsOf(
  view: View,
  options: { address: string; config: Pick<TownConfig, "rigs"> },
): Recipient[] {
  const { address: text, config } = options;
  const working = liveAssignments(view).filter(({ attempt }) =>
    attempt.worker !== undefined && attempt.state !== "hooked"
  );
  const bead = view.beadById(text);
  if (bead) return [ofBead(working, bead.id)];
  const address = parseAddress(text);
  switch (address.kind) {
    case "overseer":
    case "steward":
      return [{ name: address.name }];
    case "coordinator":
      return [{ name: address.name, session: sessionNames.coordinator }];
    case "crew":
      return [{ name: address.name, session: `gt-crew-${address.member}` }];
    case "witness":
    case "refinery":
      rigConfig(config as TownConfig, address.rig);
      return [{ name: address.name }];
    case "worker":
      return [ofWorker(working, address)];
    case "workers":
      return ofGroup(working, { address, config });
  }
}

function ofWorker(working: readonly Assignment[], address: Address & { kind: "worker" }): Recipient {
  const found = working.find(({ attempt }) => attempt.worker === address.worker);
  if (found) return recipient(found);
  const known = working.map(({ attempt }) => workerName(attempt.worker!)).sort();
  throw new CommandError("refused", `Cannot send to "${address.name}": no such worker is at work`, {
    code: "worker_not_found",
    hints: [
      known.length > 0
        ? `At work: ${known.join(", ")}`
        : "Nobody is at work. Sling a bead: gt sling BEAD RIG",
    ],
  });
}

function ofBead(working: readonly Assignment[], bead: string): Recipient {
  const found = working.find((assignment) => assignment.bead.id === bead);
  if (found) return recipient(found);
  throw new CommandError("refused", `Cannot send to the worker of "${bead}": nobody works on it`, {
    code: "worker_not_found",
    hints: [`Leave a remark on the bead instead: bd comment ${bead} "text"`],
  });
}

function ofGroup(
  working: readonly Assignment[],
  options: { address: Address & { kind: "workers" }; config: Pick<TownConfig, "rigs"> },
): Recipient[] {
  const { address: { name, rig }, config } = options;
  if (rig !== undefined) rigConfig(config as TownConfig, rig);
  const found = working.filter(({ attempt }) => rig === undefined || attempt.rig === rig);
  if (found.length > 0) return found.map(recipient);
  throw new CommandError("refused", `Cannot send to "${name}": no worker is at work there`, {
    code: "group_empty",
    hints: ["See who works: gt worker list"],
  });
}

function recipient(work: Assignment): Recipient {
  const number = attemptOf(work.bead)!.worker!;
  return { name: workerName(number), work, session: workerSession(number) };
}
