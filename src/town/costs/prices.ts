import { knownPrices, type Price } from "./price_table.ts";
import type { UsageRow } from "./usage.ts";

/** A million: prices are for so many tokens. */
const PER = 1_000_000;

/**
 * The price of a model on a day; undefined where none is known.
 *
 * Prices of the town come before the known ones; then the longest name that the model's begins with, then the latest
 * that held on that day. What is faster and dearer (`…-fast`) never has the price of the ordinary model.
 */
export function priceOf(
  own: readonly Price[],
  { model, day }: { model: string; day: string },
): Price | undefined {
  // Other providers put a region and their own name before it.
  const name = model.slice(Math.max(0, model.indexOf("claude-")));
  const choose = (prices: readonly Price[]) =>
    prices
      .filter((price) =>
        (model.startsWith(price.model) || name.startsWith(price.model)) &&
        isFast(price.model) === isFast(name)
      )
      .filter(({ from }) => from === undefined || from <= day)
      .sort((a, b) => b.model.length - a.model.length || ((a.from ?? "") < (b.from ?? "") ? 1 : -1))[0];
  return choose(own) ?? choose(knownPrices);
}

/** What a row of usage costs in US dollars at list prices; undefined where the price of its model is not known. */
export function usdOf(own: readonly Price[], row: UsageRow): number | undefined {
  const price = priceOf(own, row);
  if (!price) return undefined;
  const { input, output } = price;
  const sum = row.input * input + row.output * output +
    row.cache_read * (price.cache_read ?? input * 0.1) +
    row.cache_write * (price.cache_write ?? input * 1.25) +
    row.cache_write_1h * (price.cache_write_1h ?? input * 2);
  return sum / PER * (row.long ? price.long ?? 1 : 1);
}

/** An amount in US dollars: `$12.34`, `$0.0012`. */
export function dollars(usd: number): string {
  return `$${usd !== 0 && Math.abs(usd) < 0.1 ? usd.toFixed(4) : usd.toFixed(2)}`;
}

function isFast(model: string): boolean {
  return model.endsWith("-fast");
}
