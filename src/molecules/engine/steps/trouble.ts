import { isOfMachine } from "../../../ledger/ledger_error.ts";
import { CommandError } from "../../../lib/errors.ts";
import type { Reason } from "../../machine/run.ts";
import { wrongExpression } from "./outputs.ts";

/** What the system refuses a command for, and what helps. */
const REFUSALS: Readonly<Record<string, string>> = {
  E2BIG: "its text, or what its environment holds, is longer than the system takes; give it by `stdin`",
  EMFILE: "too many files are open; run fewer commands at a time (--jobs), or raise `ulimit -n`",
  EAGAIN: "too many processes run; run fewer commands at a time (--jobs), or raise `ulimit -u`",
  ENFILE: "too many files are open on this machine",
};

/** Why a step could not be begun. */
export function reasonOf(error: unknown): Reason {
  if (error instanceof CommandError) return { kind: "start", text: refusalText(error) };
  try {
    return wrongExpression(error).reason;
  } catch {
    const { code = "", message } = error as Error & { code?: string };
    return { kind: "start", text: `it cannot be started: ${REFUSALS[code] ?? message}` };
  }
}

/** How many reasons are said where there is one line for all. */
const MOST_SAID = 3;

function refusalText({ message, reasons }: CommandError): string {
  if (reasons.length === 0) return message;
  const more = reasons.length - MOST_SAID;
  return `${message}: ${reasons.slice(0, MOST_SAID).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

/**
 * Does what nobody waits for. What goes wrong there never goes further than its run: it is told to `fail` as the reason
 * of a step. Without that, or where the machine refused, which says nothing of the step, it ends the driver, and the
 * run can go on later.
 */
export async function guarded(
  { trouble }: { trouble: AbortController },
  { work, fail }: { work(): unknown; fail?(reason: Reason): void },
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!fail || isOfMachine(error)) trouble.abort(error);
    else fail(reasonOf(error));
  }
}
