import type { Json, JsonObject } from "../lib/json.ts";
import type { Bead, View } from "../ledger/ledger.ts";
import { recordOf } from "../ledger/record.ts";
import { dependenciesOf, dependentsOf, type Edge, parentOf } from "./dependencies.ts";

/** An issue as `create`, `update`, `close` and `issues.jsonl` give it: established field order, nothing null. */
export function issueShape(view: View, bead: Bead): JsonObject {
  return recordOf(bead, (target) => idOfTarget(view, target));
}

function idOfTarget(view: View, target: string): string {
  return view.rows<{ id: string }>("SELECT id FROM beads WHERE key = ?", target)[0]?.id ?? target;
}

/** Rows of `list`, `ready`, `search`: the issue with dependency_count, dependent_count, comment_count and parent. */
export function rowShapes(view: View, beads: readonly Bead[]): JsonObject[] {
  return beads.map((bead) => rowShape(view, bead));
}

/** One such row. */
export function rowShape(view: View, bead: Bead): JsonObject {
  const edge = bead.dependencies.find((one) => one.type === "parent-child");
  return {
    ...issueShape(view, bead),
    ...countsOf(view, bead),
    ...(edge ? { parent: idOfTarget(view, edge.target) } : {}),
  };
}

function countsOf(view: View, bead: Bead): JsonObject {
  return {
    dependency_count: bead.dependencies.length,
    dependent_count: view.rows<{ n: number }>(
      "SELECT COUNT(*) AS n FROM deps WHERE resolved = ?",
      bead.key,
    )[0]!.n,
    comment_count: bead.comments.length,
  };
}

/** What `show` gives: dependencies and dependents as whole issues with dependency_type, comments, parent. */
export function showShape(view: View, bead: Bead): JsonObject {
  const parent = parentOf(view, bead);
  const dependencies = dependenciesOf(view, { key: bead.key }).map((edge) => endShape(view, edge));
  const dependents = dependentsOf(view, { key: bead.key }).map((edge) => endShape(view, edge));
  return {
    ...issueShape(view, bead),
    ...(dependencies.length > 0 ? { dependencies } : {}),
    ...(dependents.length > 0 ? { dependents } : {}),
    ...(parent ? { parent: parent.id } : {}),
    ...countsOf(view, bead),
  };
}

/** The issue at the other end of an edge, without its own edges and comments. */
function endShape(view: View, edge: Edge): JsonObject {
  if (!edge.bead) return { id: edge.target, dependency_type: edge.type };
  const { dependencies: _dependencies, comments: _comments, ...issue } = issueShape(view, edge.bead);
  return { ...issue as Record<string, Json>, dependency_type: edge.type };
}

/** Rows of `blocked`: the issue with blocked_by_count and blocked_by. */
export function blockedShape(
  view: View,
  { bead, blockers, outside = [] }: {
    bead: Bead;
    blockers: readonly { bead: Bead }[];
    outside?: readonly string[];
  },
): JsonObject {
  return {
    ...issueShape(view, bead),
    blocked_by_count: blockers.length + outside.length,
    blocked_by: [...blockers.map((blocker) => blocker.bead.id), ...outside],
  };
}
