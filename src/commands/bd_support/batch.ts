import type { Call, Context } from "../../cli/command.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Json } from "../../lib/json.ts";
import { printable } from "../../lib/printable.ts";
import type { Style } from "../../lib/style.ts";
import { type BadLine, type BatchLine, batchRefused } from "./batch_lines.ts";
import { batchVerbs } from "./batch_verbs.ts";
import { tryOut } from "./try_out.ts";

/** What a line of a batch gave: the JSON of its command. */
export interface BatchDone {
  line: number;
  command: string;
  result: Json;
}

/** Runs the lines of a batch in one change. @throws {CommandError} `batch_refused` naming every line that failed. */
export function runBatch(
  context: Context,
  { ledger, lines, dry }: { ledger: Ledger; lines: readonly BatchLine[]; dry: boolean },
): BatchDone[] {
  const ports = { ...context.ports, terminal: { ...context.ports.terminal, readInput: refuseInput } };
  return tryOut(ledger, {
    actor: context.actor,
    dry,
    change: (transaction) => {
      const made = new Map<number, string>();
      const bad: BadLine[] = [];
      const done: BatchDone[] = [];
      for (const each of lines) {
        try {
          const call = withReferences(each, made);
          const { result, id } = batchVerbs[each.verb]!({ ...context, ports, ...call }, transaction);
          if (id !== undefined) made.set(each.line, id);
          done.push({ line: each.line, command: each.verb, result });
        } catch (error) {
          if (!(error instanceof CommandError)) throw error;
          bad.push({ line: each.line, error });
        }
      }
      if (bad.length > 0) throw batchRefused(bad);
      return done;
    },
  });
}

function refuseInput(): never {
  throw new CommandError("usage", "Cannot read standard input in a line of a batch", {
    code: "not_in_batch",
  });
}

/** The call of a line with `@N` replaced by the bead that line N made, where the command takes a bead. */
function withReferences({ command, call }: BatchLine, made: ReadonlyMap<number, string>): Call {
  const one = (word: string) =>
    word.replace(/(^|:)@(\d+)$/, (_, before: string, line: string) => {
      const id = made.get(Number(line));
      if (id !== undefined) return before + id;
      throw new CommandError("usage", `Cannot use @${line}: line ${line} made no bead before this`, {
        code: "bad_reference",
      });
    });
  const each = <Value>(value: Value): Value =>
    (typeof value === "string" ? one(value) : Array.isArray(value) ? value.map(one) : value) as Value;
  const args = { ...call.args };
  for (const { name, completes } of command.positionals ?? []) {
    if (completes === "bead" && args[name] !== undefined) args[name] = each(args[name]);
  }
  const flags = { ...call.flags };
  for (const [name, { completes }] of Object.entries(command.flags ?? {})) {
    if (completes === "bead" && flags[name] !== undefined) flags[name] = each(flags[name]);
  }
  return { args, flags };
}

/** How many commands are shown one by one. */
const SHOWN = 20;

/** What a batch did, for a person. */
export function batchSummary(
  style: Style,
  { done, dry }: { done: readonly BatchDone[]; dry: boolean },
): string[] {
  const counts = new Map<string, number>();
  for (const { command } of done) counts.set(command, (counts.get(command) ?? 0) + 1);
  const what = [...counts].map(([command, count]) => `${count} ${command}`).join(", ");
  const said = done.length === 0 ? "nothing to do" : what;
  const head = dry ? `Would do: ${said}` : `${style.green("✓")} Done: ${said}`;
  if (done.length > SHOWN) return [head];
  return [
    head,
    ...done.map(({ line, command, result }) => {
      const shown = idsIn(result).map((id) => style.cyan(printable(id))).join(", ");
      return `  ${style.dim(`${line}`.padStart(3))} ${command} ${shown}`;
    }),
  ];
}

function idsIn(result: Json): string[] {
  const rows = Array.isArray(result) ? result : [result];
  return rows.flatMap((row) => {
    if (typeof row !== "object" || row === null || Array.isArray(row)) return [];
    const { id, issue_id, duplicate, superseded } = row as Record<string, Json>;
    const found = issue_id ?? id ?? duplicate ?? superseded;
    return typeof found === "string" ? [found] : [];
  });
}
