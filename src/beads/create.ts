import { CommandError } from "../lib/errors.ts";
import type { Json, JsonObject } from "../lib/json.ts";
import type { Bead, NewBead, Transaction } from "../ledger/ledger.ts";
import type { Random } from "../ports/random.ts";
import { defaultPrefix, newId, resolveBead, validId } from "./ids.ts";
import { canonicalType } from "./issue_types.ts";

/** What a person says about a new issue. */
export interface CreateOptions {
  title: string;
  /** Given by a person; made from the prefix when absent. */
  id?: string;
  /** The ledger's own prefix when absent. */
  prefix?: string;
  random: Random;
  /** `task` by default. */
  issueType?: string;
  /** 0 (critical) to 4; 2 by default. */
  priority?: number;
  status?: string;
  description?: string;
  design?: string;
  acceptanceCriteria?: string;
  notes?: string;
  assignee?: string;
  labels?: readonly string[];
  /** Any name {@linkcode resolveBead} takes. The id becomes the parent's next child number unless one is given. */
  parent?: string;
  /** Beads it depends on, by any name {@linkcode resolveBead} takes, or `external:…`. */
  dependencies?: readonly { id: string; type: string; metadata?: Json }[];
  metadata?: JsonObject;
  /** Any other registers: `due_at`, `external_ref`, … */
  fields?: JsonObject;
}

/** Longest title, in characters, that readers of the established format take. */
const TITLE_LENGTH = 500;

/**
 * Makes an issue with its labels, parent and dependencies.
 *
 * @throws {CommandError} when the id is taken or malformed, the title empty, or a dependency unknown.
 */
export function createBead(transaction: Transaction, options: CreateOptions): Bead {
  const parent = options.parent === undefined ? undefined : resolveBead(transaction, options.parent);
  const id = options.id !== undefined
    ? validId(options.id)
    : parent
    ? transaction.childId(parent.key)
    : newId(transaction, {
      prefix: options.prefix ?? defaultPrefix(transaction),
      random: options.random,
    });
  const dependencies: { target: string; type: string; metadata?: Json }[] = [];
  if (parent) dependencies.push({ target: parent.key, type: "parent-child" });
  for (const { id: target, type, metadata } of options.dependencies ?? []) {
    dependencies.push({
      target: isExternal(target) ? target : resolveBead(transaction, target).key,
      type,
      ...(metadata === undefined ? {} : { metadata }),
    });
  }
  return transaction.create(id, {
    ...registersOf(options),
    dependencies,
    labels: cleanLabels(options.labels),
  });
}

function registersOf(options: CreateOptions): NewBead {
  const registers: Record<string, Json> & { title: string } = {
    title: validTitle(options.title),
    status: options.status ?? "open",
    priority: validPriority(options.priority ?? 2),
    issue_type: canonicalType(options.issueType ?? "task"),
  };
  const texts: Record<string, string | undefined> = {
    description: options.description,
    design: options.design,
    acceptance_criteria: options.acceptanceCriteria,
    notes: options.notes,
    assignee: options.assignee,
  };
  for (const [name, value] of Object.entries(texts)) if (value) registers[name] = value;
  return {
    ...registers,
    ...options.fields,
    ...(options.metadata ? { metadata: options.metadata } : {}),
  } as NewBead;
}

/** Whether the target of a dependency lives outside the ledger: `external:<project>:<capability>`. */
export function isExternal(target: string): boolean {
  return target.startsWith("external:");
}

/** Returns a title that is neither empty nor too long. @throws {CommandError} `bad_title`. */
export function validTitle(text: string): string {
  const title = text.trim();
  if (title !== "" && title.length <= TITLE_LENGTH) return title;
  const state = title === ""
    ? "it is empty"
    : `it has ${title.length} characters, of at most ${TITLE_LENGTH}`;
  throw new CommandError("usage", `Cannot use title "${title.slice(0, 40)}": ${state}`, {
    code: "bad_title",
    hints: ['bd create "A short title" -d "Everything else"'],
  });
}

/** Labels without blanks around them, each once. @throws {CommandError} `bad_label` for an empty one. */
export function cleanLabels(labels: readonly string[] = []): string[] {
  const clean = labels.map((label) => label.trim());
  const bad = clean.find((label) => label === "" || label.length > 100);
  if (bad === undefined) return [...new Set(clean)];
  throw new CommandError("usage", `Cannot use label "${bad}": it must have 1 to 100 characters`, {
    code: "bad_label",
    hints: ["bd label list-all"],
  });
}

/** Reads `2`, `P2` or `p2`. @throws {CommandError} `bad_priority` for anything but 0 to 4. */
export function parsePriority(text: string): number {
  const found = /^p?([0-4])$/i.exec(text.trim());
  if (found) return Number(found[1]);
  throw badPriority(text);
}

function validPriority(priority: number): number {
  if (Number.isInteger(priority) && priority >= 0 && priority <= 4) return priority;
  throw badPriority(String(priority));
}

function badPriority(text: string): CommandError {
  return new CommandError("usage", `Cannot use priority "${text}": it must be 0 to 4 or P0 to P4`, {
    code: "bad_priority",
    hints: ["0 is critical, 2 the default, 4 the backlog"],
  });
}
