import type { CostAnswer, TitledCost } from "../agents/cost_question.ts";
import { printable } from "../lib/printable.ts";
import type { Style } from "../lib/style.ts";
import { localTime } from "../ports/time.ts";
import type { CostRow } from "../town/costs/costs.ts";
import { dollars } from "../town/costs/prices.ts";
import { type Cell, tableLines } from "./table.ts";

/** The answer of `gt costs` as a table with a total. */
export function costLines(answer: CostAnswer, options: { style: Style; columns: number }): string[] {
  const { style, columns } = options;
  const { rows, total } = answer;
  if (rows.length === 0) {
    return [
      `Nothing has been used${
        answer.since === undefined ? "" : ` since ${answer.since}`
      }, as far as is known.`,
      style.dim("Figures come from the transcripts of Claude Code, Codex, Copilot, Gemini CLI and opencode."),
      ...uncountedLines(answer, style),
    ];
  }
  const head = [answer.by, "input", "output", "cache read", "cache write", "turns", "cost", ""]
    .map((text): Cell => ({ text, mark: style.dim }));
  const lines = tableLines(
    [head, ...rows.map((row) => cells(row, style)), cells({ ...total, key: "total" }, style)],
    { columns, indent: "" },
  );
  const unpriced = total.unpriced ?? [];
  return [
    ...lines,
    "",
    style.dim(`At list prices of ${answer.prices_checked_on}, and those of town.yaml.`),
    ...(unpriced.length > 0
      ? [style.yellow(`No price is known of ${unpriced.join(", ")}: see prices in gt config schema`)]
      : []),
    ...uncountedLines(answer, style),
  ];
}

function uncountedLines({ not_counted = [] }: CostAnswer, style: Style): string[] {
  return not_counted.map(({ agent, sessions }) =>
    style.yellow(
      `Not counted for agent ${agent}: ${
        sessions === 1 ? "1 session" : `${sessions} sessions`
      }, of which nothing can be read`,
    )
  );
}

/** A number of tokens, short: `950`, `12.3k`, `4.56M`. */
export function shortCount(count: number): string {
  if (count < 1_000) return String(count);
  return count < 1_000_000 ? `${(count / 1_000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(2)}M`;
}

function cells(row: TitledCost, style: Style): (string | Cell)[] {
  const isTotal = row.key === "total";
  const key = row.at === undefined ? row.key : `${localTime(row.at)} ${row.key}`;
  const isUnpriced = (row as CostRow).unpriced !== undefined;
  return [
    { text: printable(key), mark: isTotal ? style.bold : plain },
    shortCount(row.input),
    shortCount(row.output),
    shortCount(row.cache_read),
    shortCount(row.cache_write + row.cache_write_1h),
    String(row.turns),
    { text: dollars(row.usd) + (isUnpriced ? "+?" : ""), mark: isTotal ? style.bold : plain },
    printable(row.title ?? ""),
  ];
}

function plain(text: string): string {
  return text;
}
