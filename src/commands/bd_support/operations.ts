import type { Style } from "../../lib/style.ts";
import type { BeadKey, Operation, View } from "../../ledger/ledger.ts";
import type { Json, JsonObject } from "../../lib/json.ts";
import { printable } from "../../lib/printable.ts";
import { localTime } from "../../ports/time.ts";

/** An operation on one line: when, who, what. */
export function operationLine(
  style: Style,
  { view, operation }: { view: View; operation: Operation },
): string {
  const who = style.magenta(`@${printable(operation.a)}`);
  return `${style.dim(localTime(operation.t[0]))}  ${who}  ${whatHappened(view, operation)}`;
}

function whatHappened(view: View, { k, f }: Operation): string {
  switch (k) {
    case "create":
      return ["created", ...registers(f.set)].join("  ");
    case "set":
      return registers(f.set).join("  ");
    case "add":
    case "rm":
      return changeOfSet(view, k === "add" ? "+" : "-", f);
    case "comment":
      return `commented: ${short(f.text ?? null)}`;
    case "note":
      return `noted: ${short(f.text ?? null)}`;
    case "delete":
      return `deleted: ${short(f.reason ?? null)}`;
    case "rename":
      return `renamed to ${short(f.id ?? null)}`;
    default:
      return `${printable(k)} ${short(f)}`;
  }
}

function changeOfSet(view: View, sign: string, fields: JsonObject): string {
  if (typeof fields.label === "string") return `${sign}label ${printable(fields.label)}`;
  const edge = fields.dep as { target?: string; type?: string } | undefined;
  if (edge === undefined) return `${sign} ${short(fields)}`;
  const target = view.beadByKey(edge.target as BeadKey)?.id ?? edge.target ?? "";
  return `${sign}${printable(edge.type ?? "blocks")} ${printable(target)}`;
}

function registers(set: Json | undefined): string[] {
  if (typeof set !== "object" || set === null || Array.isArray(set)) return [];
  return Object.entries(set as JsonObject).filter(([name]) => name !== "updated_at")
    .map(([name, value]) => `${printable(name)}=${short(value)}`);
}

/** A value in few characters. */
export function short(value: Json): string {
  const text = printable(typeof value === "string" ? value : JSON.stringify(value));
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
