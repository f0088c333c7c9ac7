import type { Bead } from "../ledger/ledger.ts";
import { missingOutputs, stepOfBead } from "../molecules/engine/journal/step_link.ts";
import { STOPPED_BY_BUDGET } from "../work/attempt.ts";
import { type Assignment, attemptOf } from "../work/attempt_store.ts";

/** Something that only a person can settle, with the command that does. */
export interface Need {
  kind:
    | "answer"
    | "decide"
    | "item"
    | "gate"
    | "push"
    | "queue"
    | "budget"
    | "limit"
    | "conflict"
    | "program"
    | "run"
    | "mail";
  /** What it is about: a bead, a rig, a program, an agent. */
  subject: string;
  text: string;
  command: string;
  /** Since when, in ms since the epoch. */
  since?: number;
}

/** What one attempt needs of a person, if anything. */
export function needOf({ bead, attempt }: Assignment): Need[] {
  const common = { subject: bead.id, since: attempt.since };
  const asked = (attempt.question ?? attempt.failure?.summary ?? "").split("\n")[0]!;
  switch (attempt.state) {
    case "waiting":
      // The budget itself is what a person settles.
      if (asked.startsWith(STOPPED_BY_BUDGET)) return [];
      return [{ ...common, kind: "answer", text: asked, command: `gt answer ${bead.id} "…"` }];
    case "escalated": {
      const summary = (attempt.failure?.summary ?? asked).split("\n")[0]!;
      return [{ ...common, kind: "decide", text: summary, command: `gt sling ${bead.id} ${attempt.rig}` }];
    }
    case "queued":
      return attempt.question === undefined ? [] : [{
        ...common,
        kind: "push",
        text: `the remote refuses ${attempt.target}: ${asked}`,
        command: `gt mq retry ${bead.id}`,
      }];
    default:
      return [];
  }
}

/** What the bead of a run's step needs that was taken off its hook: nobody but a person hangs it there again. */
export function takenBackNeed(bead: Bead): Need[] {
  return stepOfBead(bead) ? unslungNeed(bead, "a workflow waits for it") : [];
}

/** What a bead needs that was taken off its hook while somebody waits for it, as `whose` says. */
export function unslungNeed(bead: Bead, whose: string): Need[] {
  const attempt = attemptOf(bead);
  if (bead.status !== "open" || attempt?.state !== "released") return [];
  const text = `${whose}, and it was taken off its hook`;
  const command = `gt sling ${bead.id} ${attempt.rig}`;
  return [{ kind: "decide", subject: bead.id, text, command, since: attempt.since }];
}

/** The command that closes the bead of a run's step, with the outputs that it still has to give. */
export function closingCommand(bead: Bead): string {
  return `bd close ${bead.id}${missingOutputs(bead).map((name) => ` --output ${name}=VALUE`).join("")}`;
}
