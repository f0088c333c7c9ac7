import { createBead, type CreateOptions } from "../../beads/create.ts";
import type { Context } from "../../cli/command.ts";
import type { Bead, Ledger, Transaction, View } from "../../ledger/ledger.ts";
import type { JsonObject } from "../../lib/json.ts";
import { present } from "../../lib/present.ts";
import { fieldsOf, metadataOf, parseEdge } from "./fields.ts";
import { tryOut } from "./try_out.ts";

/** A new bead, and how JSON shows it. */
export interface Created {
  bead: Bead;
  shape: JsonObject;
}

/** Makes the bead that the flags of `bd create` describe; with `--dry-run` nothing of it is written. */
export function createFromFlags(
  context: Context,
  options: { ledger: Ledger; title: string; shapeOf: (view: View, bead: Bead) => JsonObject },
): Created {
  return tryOut(options.ledger, {
    actor: context.actor,
    dry: context.flags["dry-run"] === true,
    change: (transaction) => {
      const bead = createIn(transaction, { context, title: options.title });
      return { bead, shape: options.shapeOf(transaction, bead) };
    },
  });
}

/** Makes the bead that the flags of `bd create` describe, as part of a change. */
export function createIn(
  transaction: Transaction,
  { context, title }: { context: Pick<Context, "flags" | "ports">; title: string },
): Bead {
  return createBead(transaction, createOptions(context, { view: transaction, title }));
}

/** What the flags of `bd create` say about a new bead. */
function createOptions(
  context: Pick<Context, "flags" | "ports">,
  { view, title }: { view: View; title: string },
): CreateOptions {
  const { flags, ports } = context;
  const { priority, issue_type, description, design, acceptance_criteria, notes, assignee, ...rest } =
    fieldsOf(
      context,
      view,
    );
  const fields = { ...rest, ...(flags.ephemeral === true ? { ephemeral: true } : {}) };
  const text = (value: unknown) => typeof value === "string" ? value : undefined;
  return present({
    title: title.trim(),
    random: ports.random,
    id: flags.id as string | undefined,
    issueType: text(issue_type),
    priority: priority as number | undefined,
    description: text(description),
    design: text(design),
    acceptanceCriteria: text(acceptance_criteria),
    notes: text(notes),
    assignee: text(assignee),
    labels: flags.labels as readonly string[] | undefined,
    parent: flags.parent as string | undefined,
    dependencies: (flags.deps as readonly string[] | undefined)?.map(parseEdge),
    metadata: metadataOf(context),
    fields,
  });
}
