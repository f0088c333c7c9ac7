import type { Env } from "../ports/env.ts";

/** Who acts: the name given, BD_ACTOR, GT_ACTOR, the one this session belongs to, or `overseer`. */
export function actorOf(env: Env, given: string | undefined): string {
  const named = given ?? env.get("BD_ACTOR") ?? env.get("GT_ACTOR");
  if (named !== undefined) return named;
  const worker = env.get("GT_WORKER");
  if (worker !== undefined) return worker.startsWith("worker-") ? worker : `worker-${worker}`;
  const role = env.get("GT_ROLE");
  const rig = env.get("GT_RIG");
  if (role === "coordinator" || role === "steward") return role;
  if ((role === "witness" || role === "refinery") && rig !== undefined) return `${role}/${rig}`;
  return "overseer";
}
