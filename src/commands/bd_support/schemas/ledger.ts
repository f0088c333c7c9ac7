import type { GenericSchema } from "valibot";
import type { Shapes, V } from "./shapes.ts";

/** What the commands about the ledger itself print. */
export function ledgerSchemas(v: V, s: Shapes): Record<string, GenericSchema> {
  const refused = v.array(v.strictObject({ line: s.count, id: v.optional(v.string()), reason: v.string() }));
  const ids = v.array(s.id);
  const setting = v.strictObject({ key: v.string(), value: v.unknown() });
  return {
    "config get": setting,
    "config list": v.record(v.string(), v.unknown()),
    "config set": setting,
    "config unset": setting,
    "doctor": v.strictObject({
      ok: v.boolean(),
      checks: v.array(v.strictObject({
        name: v.string(),
        state: v.picklist(["ok", "fixed", "warning", "error"]),
        message: v.string(),
        hint: v.optional(v.string()),
      })),
    }),
    "import": v.strictObject({
      source: v.string(),
      dry_run: v.optional(v.literal(true)),
      created: ids,
      changed: ids,
      unchanged: s.count,
      refused,
    }),
    "export": v.strictObject({ path: v.string(), exported: s.count }),
    "info": v.strictObject({
      path: v.string(),
      prefix: v.string(),
      replica: v.string(),
      operations: s.count,
      other_replicas: s.count,
      issue_count: s.count,
      open_count: s.count,
      sizes: sizes(v, s),
      version: v.string(),
    }),
    "init": v.strictObject({
      folder: v.string(),
      prefix: v.string(),
      created: v.boolean(),
      received: s.count,
      adopted: s.count,
      refused,
    }),
    "stats": v.strictObject({ summary: v.record(v.string(), v.number()) }),
    "sync": syncSchema(v, s),
    "where": v.strictObject({ path: v.string(), prefix: v.string(), database_path: v.string() }),
    ...pastSchemas(v, s),
  };
}

function sizes(v: V, s: Shapes) {
  return v.strictObject({ logs: s.count, index: s.count, projection: s.count });
}

function pastSchemas(v: V, s: Shapes): Record<string, GenericSchema> {
  const ends = v.array(v.strictObject({ depends_on_id: v.string(), type: v.string() }));
  const texts = v.array(v.string());
  return {
    "compact": v.union([
      v.strictObject({
        dry_run: v.optional(v.literal(true)),
        compacted: v.array(v.strictObject({ id: s.id, original_size: s.count, compacted_size: s.count })),
        count: s.count,
        characters_saved: s.count,
        sizes: sizes(v, s),
      }),
      v.strictObject({ restored: v.array(s.issue), count: s.count }),
    ]),
    "conflicts": v.array(v.strictObject({
      key: v.string(),
      id: s.id,
      register: v.string(),
      kept: v.unknown(),
      lost: v.unknown(),
      lost_operation: v.string(),
      lost_by: v.string(),
      kept_operation: v.string(),
    })),
    "diff": v.array(v.strictObject({
      id: s.id,
      title: v.string(),
      change: v.picklist(["created", "changed", "deleted"]),
      fields: v.record(v.string(), v.strictObject({ from: v.unknown(), to: v.unknown() })),
      labels: v.strictObject({ added: texts, removed: texts }),
      dependencies: v.strictObject({ added: ends, removed: ends }),
      comments: v.array(v.strictObject({
        id: v.string(),
        author: v.string(),
        text: v.string(),
        created_at: s.time,
      })),
    })),
    "history": v.array(v.strictObject({
      o: v.pipe(v.string(), v.description("<replica>.<sequence>")),
      t: v.pipe(v.tuple([s.count, s.count]), v.description("Milliseconds since the epoch, counter")),
      a: v.pipe(v.string(), v.description("Who did it")),
      b: v.pipe(v.string(), v.description("The bead, by its key")),
      k: v.pipe(v.string(), v.description("create, set, add, rm, comment, note, delete, rename, resolve")),
      f: v.record(v.string(), v.unknown()),
    })),
    "resolve": s.issue,
  };
}

function syncSchema(v: V, s: Shapes): GenericSchema {
  const refused = v.array(v.strictObject({ replica: v.string(), reason: v.string() }));
  const done = v.strictObject({
    sequence: s.count,
    received: s.count,
    remote: v.optional(v.string()),
    pushed: v.boolean(),
    failure: v.optional(v.string()),
    refused,
    shared: v.boolean(),
    conflicts: s.count,
  });
  const status = v.strictObject({
    replica: v.string(),
    remote: v.optional(v.string()),
    repository: v.boolean(),
    operations: s.count,
    pending: s.count,
    last_push: v.optional(v.number()),
    last_fetch: v.optional(v.number()),
    failure: v.optional(v.string()),
    replicas: v.array(v.strictObject({ replica: v.string(), operations: s.count, last: v.number() })),
    refused,
    conflicts: s.count,
    projection: v.looseObject({ stale: v.boolean() }),
  });
  const renewed = v.strictObject({ created: v.array(s.id), changed: v.array(s.id) });
  return v.union([done, status, renewed]);
}
