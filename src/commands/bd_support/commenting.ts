import { resolveBead } from "../../beads/ids.ts";
import type { Context } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";
import { fileText } from "./fields.ts";
import { withLedger } from "./ledger.ts";
import { doneLine } from "./marks.ts";

/** Adds the comment that a call of `bd comment` holds. @throws {CommandError} when it is empty. */
export async function addComment(context: Context): Promise<void> {
  const { args, flags, out } = context;
  const text = commentTextOf(context).trim();
  if (text === "") {
    throw new CommandError("usage", "Missing TEXT for `bd comment`", {
      code: "missing_argument",
      hints: [`bd comment ${String(args.bead)} 'what to say'`, "or -f FILE; - is standard input"],
    });
  }
  await withLedger(context, (ledger) => {
    const bead = ledger.write((flags.author as string | undefined) ?? context.actor, (transaction) => {
      const { key } = resolveBead(transaction, args.bead as string);
      return transaction.comment(key, text);
    });
    const comment = bead.comments.at(-1)!;
    out.line(doneLine(out.style, { verb: "Commented on", bead }));
    out.result({
      id: comment.id,
      issue_id: bead.id,
      author: comment.author,
      text: comment.text,
      created_at: comment.created_at,
    });
  });
}

function commentTextOf({ args, flags, ports }: Context): string {
  const file = flags.file as string | undefined;
  if (file === "-") return ports.terminal.readInput();
  if (file !== undefined) return fileText(ports, file);
  return (args.text as readonly string[]).join(" ");
}
