import { CommandError } from "../../lib/errors.ts";
import { closestWord } from "../../lib/closest_word.ts";

/** Who a message may be sent to: one reader, or a group that is taken apart when the message is sent. */
export type Address =
  | { kind: "overseer" | "coordinator" | "steward"; name: string }
  | { kind: "worker"; name: string; worker: number }
  | { kind: "crew"; name: string; member: string }
  | { kind: "witness" | "refinery"; name: string; rig: string }
  | { kind: "workers"; name: string; rig?: string };

/** The words of other vocabularies for the same readers. */
const synonyms: Readonly<Record<string, string>> = {
  deacon: "steward",
  human: "overseer",
  mayor: "coordinator",
  polecat: "worker",
};

const examples = "overseer, coordinator, worker-1, crew/ann, witness/RIG, refinery/RIG, @workers, @rig/RIG";

/**
 * Reads an address as a person writes it; looks nothing up.
 *
 * @throws {CommandError} `bad_address` naming what an address looks like.
 */
export function parseAddress(written: string): Address {
  const address = addressIn(written);
  if (address) return address;
  throw new CommandError("usage", `Cannot send to "${written}": it is no address`, {
    code: "bad_address",
    hints: addressHints(written),
  });
}

/** What an address looks like, and which one may have been meant. */
export function addressHints(written: string): string[] {
  const near = closestWord(written.trim(), ["overseer", "coordinator", "steward", "@workers"]);
  return [...(near ? [`did you mean ${near}?`] : []), `Addresses: ${examples}`];
}

/** {@linkcode parseAddress}, or undefined for what is none. */
export function addressIn(written: string): Address | undefined {
  const text = written.trim().replace(/^[a-z]+/, (word) => synonyms[word] ?? word);
  if (text === "overseer" || text === "coordinator" || text === "steward") return { kind: text, name: text };
  if (text === "@workers") return { kind: "workers", name: text };
  const worker = /^worker[-/]([1-9]\d{0,5})$/.exec(text)?.[1];
  if (worker !== undefined) return { kind: "worker", name: `worker-${worker}`, worker: Number(worker) };
  const [, place, name] = /^(crew|witness|refinery|@rig)\/([a-z][a-z0-9-]*)$/.exec(text) ?? [];
  if (place === "crew") return { kind: place, name: text, member: name! };
  if (place === "witness" || place === "refinery") return { kind: place, name: text, rig: name! };
  return place === "@rig" ? { kind: "workers", name: text, rig: name! } : undefined;
}
