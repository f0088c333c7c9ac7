import type { JsonObject } from "../lib/json.ts";
import type { Bead, View } from "../ledger/ledger.ts";

/** An issue as `create`, `update`, `close` and `issues.jsonl` give it: established field order, nothing null. */
export function issueShape(_view: View, _bead: Bead): JsonObject {
  throw new Error("not written yet");
}

/** Rows of `list`, `ready`, `search`: the issue with dependency_count, dependent_count, comment_count and parent. */
export function rowShapes(_view: View, _beads: readonly Bead[]): JsonObject[] {
  throw new Error("not written yet");
}

/** What `show` gives: dependencies and dependents as whole issues with dependency_type, comments, parent. */
export function showShape(_view: View, _bead: Bead): JsonObject {
  throw new Error("not written yet");
}

/** Rows of `blocked`: the issue with blocked_by_count and blocked_by. */
export function blockedShape(_view: View, _entry: { bead: Bead; blockers: { bead: Bead }[] }): JsonObject {
  throw new Error("not written yet");
}
