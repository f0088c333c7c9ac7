import type * as Valibot from "valibot";

/** The library that schemas are written with; handed in, because it takes milliseconds to load. */
export type V = typeof Valibot;

/** The shapes that several commands share. */
export type Shapes = ReturnType<typeof sharedShapes>;

/** Shapes that several commands share. Beads carry any further field they were given, so theirs are open. */
export function sharedShapes(v: V) {
  const time = v.pipe(v.string(), v.isoTimestamp(), v.description("RFC 3339"));
  const id = v.pipe(v.string(), v.minLength(1), v.description("The id of a bead"));
  const count = v.pipe(v.number(), v.integer(), v.minValue(0));
  const edge = v.looseObject({
    issue_id: id,
    depends_on_id: id,
    type: v.string(),
    created_at: time,
    created_by: v.optional(v.string()),
    metadata: v.optional(v.unknown()),
  });
  const comment = v.looseObject({
    id: v.union([v.string(), v.number()]),
    issue_id: id,
    author: v.string(),
    text: v.string(),
    created_at: time,
  });
  const base = issueFields(v, { time, id, count });
  const issue = v.looseObject({
    ...base,
    dependencies: v.optional(v.array(edge)),
    comments: v.optional(v.array(comment)),
  });
  const counts = { dependency_count: count, dependent_count: count, comment_count: count };
  const row = v.looseObject({ ...issue.entries, ...counts, parent: v.optional(id) });
  const end = v.looseObject({ ...v.partial(v.object(base)).entries, id, dependency_type: v.string() });
  const shown = v.looseObject({
    ...base,
    ...counts,
    comments: v.optional(v.array(comment)),
    dependencies: v.optional(v.array(end)),
    dependents: v.optional(v.array(end)),
    parent: v.optional(id),
  });
  return { time, id, count, edge, comment, issue, row, end, shown };
}

function issueFields(v: V, { time, id, count }: { time: TextSchema; id: TextSchema; count: NumberSchema }) {
  const text = v.optional(v.string());
  return {
    id,
    title: v.string(),
    description: text,
    design: text,
    acceptance_criteria: text,
    notes: text,
    status: v.pipe(
      v.string(),
      v.description("open, in_progress, blocked, deferred, closed, hooked, pinned, …"),
    ),
    priority: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(4), v.description("0 is critical")),
    issue_type: v.pipe(v.string(), v.description("task, bug, feature, epic, chore, decision, …")),
    assignee: text,
    estimated_minutes: v.optional(v.number()),
    created_at: time,
    created_by: text,
    updated_at: time,
    closed_at: v.optional(time),
    close_reason: text,
    due_at: v.optional(time),
    defer_until: v.optional(time),
    external_ref: text,
    metadata: v.optional(v.unknown()),
    compaction_level: v.optional(count),
    labels: v.optional(v.array(v.string())),
  };
}

type TextSchema = Valibot.GenericSchema<string>;
type NumberSchema = Valibot.GenericSchema<number>;
