import { resolveBead } from "../../beads/ids.ts";
import type { Context } from "../../cli/command.ts";
import type { Ledger, View } from "../../ledger/ledger.ts";
import { pastView, upTo } from "../../ledger/past.ts";
import { CommandError } from "../../lib/errors.ts";
import { isoTime, localTime } from "../../ports/time.ts";
import { momentOf } from "./moment.ts";

/**
 * The ledger as it was at a moment, for the beads that a call names.
 *
 * @throws {CommandError} `not_yet` when one of them did not exist then, with when it was made.
 */
export async function viewOfThen(
  context: Context,
  { ledger, text }: { ledger: Ledger; text: string },
): Promise<View> {
  const at = await momentOf(context, { ledger, text });
  const then = pastView(ledger.view, upTo(at));
  const find = (name: string) => ledger.view.beadById(name) ?? resolveBead(ledger.view, name);
  for (const name of context.args.bead as readonly string[]) {
    const now = find(name);
    if (then.beadByKey(now.key)) continue;
    throw new CommandError(
      "refused",
      `Cannot show bead "${now.id}" as of ${localTime(at)}: it was made later`,
      {
        code: "not_yet",
        hints: [`it was made at ${isoTime(ledger.view.history(now.key)[0]!.t[0])}`, `bd history ${now.id}`],
      },
    );
  }
  context.out.line(context.out.style.dim(`as of ${localTime(at)}`));
  return {
    ...then,
    beadById: (name) => then.beadByKey(find(name).key),
  };
}
