import { resolveBead } from "../../beads/ids.ts";
import type { Context } from "../../cli/command.ts";
import type { Transaction } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/json.ts";
import { fileText } from "./fields.ts";
import { withLedger } from "./ledger.ts";
import { doneLine } from "./marks.ts";

/** Adds the comment that a call of `bd comment` holds. @throws {CommandError} when it is empty. */
export async function addComment(context: Context): Promise<void> {
  const { flags, out } = context;
  const text = commentTextOf(context);
  await withLedger(context, (ledger) => {
    const actor = (flags.author as string | undefined) ?? context.actor;
    const comment = ledger.write(actor, (transaction) => commentWith(transaction, { context, text }));
    const bead = ledger.view.beadById(comment.issue_id as string)!;
    out.line(doneLine(out.style, { verb: "Commented on", bead }));
    out.result(comment);
  });
}

/** Adds the comment that a call holds, as part of a change; returns it as JSON gives it. @throws {CommandError} when it is empty. */
export function commentIn(transaction: Transaction, context: Context): JsonObject {
  return commentWith(transaction, { context, text: commentTextOf(context) });
}

function commentWith(
  transaction: Transaction,
  { context, text }: { context: Context; text: string },
): JsonObject {
  const { key } = resolveBead(transaction, context.args.bead as string);
  const author = context.flags.author as string | undefined;
  const bead = transaction.comment(
    key,
    text,
    author === undefined || author === transaction.actor ? undefined : { author },
  );
  const comment = bead.comments.at(-1)!;
  return {
    id: comment.id,
    issue_id: bead.id,
    author: comment.author,
    text: comment.text,
    created_at: comment.created_at,
  };
}

function commentTextOf(context: Context): string {
  const text = rawText(context).trim();
  if (text !== "") return text;
  throw new CommandError("usage", "Missing TEXT for `bd comment`", {
    code: "missing_argument",
    hints: [`bd comment ${String(context.args.bead)} 'what to say'`, "or -f FILE; - is standard input"],
  });
}

function rawText({ args, flags, ports }: Context): string {
  const file = flags.file as string | undefined;
  if (file === "-") return ports.terminal.readInput();
  if (file !== undefined) return fileText(ports, file);
  return (args.text as readonly string[]).join(" ");
}
