import type { View } from "../ledger/ledger.ts";
import {
  type Decider,
  decidingCommands,
  gateOf,
  mayDecide,
} from "../molecules/engine/gates/gate_standing.ts";
import { needOf } from "../town/attempt_need.ts";
import { addressIn } from "../town/mail/addresses.ts";
import type { Message } from "../town/mail/mail.ts";
import { isAsking, liveAttemptOf } from "../work/attempt_store.ts";

/** The programs of the town: they read no mail, and what is sent to them is put away. */
const PROGRAMS: ReadonlySet<string> = new Set(["steward", "witness", "refinery"]);

/**
 * What the reader of a message does about it, as a line: the command that settles what it asks for, or the one that
 * answers whoever has written it; undefined where nothing is to be done but what its text says.
 */
export function answerLine(
  view: View,
  { message, reader }: { message: Message; reader: Decider },
): string | undefined {
  if (message.to !== reader.by) return undefined;
  const bead = message.about === undefined ? undefined : view.beadByKey(message.about);
  const gate = bead && bead.status !== "closed" ? gateOf(bead) : undefined;
  if (bead && gate) {
    return mayDecide(gate, reader) ? `Decide: ${decidingCommands(bead).join(", or ")}` : undefined;
  }
  const attempt = bead && liveAttemptOf(bead);
  const needs = bead && attempt && isAsking(view, { bead, message: message.id })
    ? needOf({ bead, attempt })
    : [];
  if (needs.length > 0) return needs.map(({ command }) => `Settle it: ${command}`).join("\n");
  const isOfProgram = PROGRAMS.has(addressIn(message.from)?.kind ?? "") || message.from === message.to;
  return isOfProgram ? undefined : `Answer: gt mail reply ${message.id} -m "text"`;
}
