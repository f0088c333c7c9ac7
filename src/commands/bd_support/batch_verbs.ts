import { removeDependency } from "../../beads/dependencies.ts";
import { issueShape } from "../../beads/export_shape.ts";
import { resolveBead } from "../../beads/ids.ts";
import { renameBeads, renamingsOf } from "../../beads/rename.ts";
import type { Context } from "../../cli/command.ts";
import type { Bead, Transaction } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Json, JsonObject } from "../../lib/json.ts";
import { changeBead, changeOf } from "./change.ts";
import { closeNamed } from "./closing.ts";
import { commentIn } from "./commenting.ts";
import { createIn } from "./create_from_flags.ts";
import { deferNamed, deferralOf, UNDEFERRED } from "./deferring.ts";
import { deleteNamed, deletionShape } from "./deletion.ts";
import { refuseAtWork } from "./guard.ts";
import { addEdges, changeLabel, labelCall } from "./relating.ts";
import { reopenOne } from "./step_closing.ts";
import { replacedShape, replaceNamed } from "./replacing.ts";

/** What one command of a batch gave: its JSON, and the id of the bead it made. */
export interface VerbResult {
  result: Json;
  id?: string;
}

/** A command of bd as part of a change; the context holds its words and flags. */
export type BatchVerb = (context: Context, transaction: Transaction) => VerbResult;

/** The commands of a batch by their words. Each gives what the command itself gives with `--json`. */
export const batchVerbs: Readonly<Record<string, BatchVerb>> = {
  "create": (context, transaction) => {
    const title = (context.args.title ?? context.flags.title) as string | undefined;
    return created(transaction, { context, title });
  },
  "q": (context, transaction) =>
    created(transaction, { context, title: (context.args.title as readonly string[]).join(" ") }),
  "update": (context, transaction) => {
    const change = changeOf(context, transaction);
    const beads = keysOf(context, transaction).map((key) => changeBead(transaction, { key, change }));
    return shapes(transaction, beads);
  },
  "close": (context, transaction) => {
    const { flags, ports } = context;
    const reason = flags.reason as string;
    const force = flags.force === true;
    return shapes(
      transaction,
      closeNamed(transaction, { names: names(context), reason, force, env: ports.env }),
    );
  },
  "reopen": (context, transaction) => {
    const reason = context.flags.reason as string | undefined;
    const more = reason === undefined ? {} : { reason };
    const beads = keysOf(context, transaction).map((key) => reopenOne(transaction, { key, ...more }));
    return shapes(transaction, beads);
  },
  "defer": (context, transaction) => {
    const fields = deferralOf(context.flags.until as string | undefined, context.ports.clock.now());
    return deferred(context, { transaction, fields });
  },
  "undefer": (context, transaction) => deferred(context, { transaction, fields: UNDEFERRED }),
  "delete": deleted,
  "comment": (context, transaction) => ({ result: commentIn(transaction, context) }),
  "comments add": (context, transaction) => ({ result: commentIn(transaction, context) }),
  "label add": (context, transaction) => ({ result: changeLabel(transaction, labelCall(context, "add")) }),
  "label remove": (context, transaction) => ({
    result: changeLabel(transaction, labelCall(context, "remove")),
  }),
  "dep add": ({ args, flags }, transaction) => {
    const added = addEdges(transaction, {
      bead: args.bead as string,
      on: args.on as readonly string[],
      type: flags.type as string,
    });
    return { result: added.length === 1 ? added[0]! : added };
  },
  "dep remove": dependencyRemoved,
  "duplicate": (context, transaction) => replaced(context, { transaction, type: "duplicates", flag: "of" }),
  "supersede": (context, transaction) => replaced(context, { transaction, type: "supersedes", flag: "with" }),
  "rename": renamed,
};

function names({ args }: Context): readonly string[] {
  return args.bead as readonly string[];
}

function keysOf(context: Context, transaction: Transaction): Bead["key"][] {
  return names(context).map((name) => resolveBead(transaction, name).key);
}

function shapes(transaction: Transaction, beads: readonly Bead[]): VerbResult {
  return { result: beads.map((bead) => issueShape(transaction, bead)) };
}

function created(
  transaction: Transaction,
  { context, title }: { context: Context; title: string | undefined },
): VerbResult {
  if (title === undefined || title.trim() === "") {
    throw new CommandError("usage", "Missing TITLE for `bd create`", { code: "missing_argument" });
  }
  const bead = createIn(transaction, { context, title });
  return { result: issueShape(transaction, bead), id: bead.id };
}

function deferred(
  context: Context,
  { transaction, fields }: { transaction: Transaction; fields: JsonObject },
): VerbResult {
  const { env } = context.ports;
  return shapes(transaction, deferNamed(transaction, { names: names(context), fields, env }));
}

function deleted(context: Context, transaction: Transaction): VerbResult {
  const { flags } = context;
  if (flags.force !== true) {
    throw new CommandError("usage", "Cannot delete in a batch without --force", { code: "not_in_batch" });
  }
  const deletion = deleteNamed(transaction, {
    names: names(context),
    cascade: flags.cascade === true,
    reason: flags.reason as string,
    env: context.ports.env,
  });
  return { result: deletionShape(deletion) };
}

function dependencyRemoved({ args, flags }: Context, transaction: Transaction): VerbResult {
  const type = flags.type as string | undefined;
  const on = args.on as string;
  const { key } = resolveBead(transaction, args.bead as string);
  const bead = removeDependency(transaction, { key, target: on, ...(type === undefined ? {} : { type }) });
  const target = transaction.beadById(on)?.id ?? on;
  return { result: { status: "removed", issue_id: bead.id, depends_on_id: target } };
}

function replaced(
  context: Context,
  { transaction, ...asked }: {
    transaction: Transaction;
    type: "duplicates" | "supersedes";
    flag: string;
  },
): VerbResult {
  return { result: replacedShape(replaceNamed(transaction, { context, ...asked }), asked.type) };
}

function renamed({ args }: Context, transaction: Transaction): VerbResult {
  const bead = resolveBead(transaction, args.old as string);
  const renamings = renamingsOf(transaction, { bead, id: args.new as string });
  for (const { key } of renamings) refuseAtWork("rename", transaction.beadByKey(key)!);
  renameBeads(transaction, renamings);
  const shown: JsonObject[] = renamings.map(({ from, to }) => ({ from, to }));
  return { result: { renamed: shown, count: shown.length } };
}
