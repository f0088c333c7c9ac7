/**
 * Runs every `*_bench.ts` of this folder, or those named, and prints a table.
 *
 *     deno task bench [NAME...] [--json]
 *
 * Exits with 1 when a figure is above its bound.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Bench, createBench, type Figure } from "./bench.ts";

const here = dirname(fileURLToPath(import.meta.url));
const binaries = Deno.env.get("GT_BIN") ? dirname(Deno.env.get("GT_BIN")!) : join(here, "..", "dist");

async function main(): Promise<void> {
  const json = Deno.args.includes("--json");
  const wanted = Deno.args.filter((word) => !word.startsWith("-"));
  const names = [...Deno.readDirSync(here)].map((entry) => entry.name.replace(/_bench\.ts$/, ""))
    .filter((name) => !name.endsWith(".ts") && (wanted.length === 0 || wanted.includes(name))).sort();
  const results: Record<string, Figure[]> = {};
  for (const name of names) {
    const folder = Deno.makeTempDirSync({ prefix: `gt-bench-${name}-` });
    try {
      const bench = createBench({ gt: join(binaries, "gt"), bd: join(binaries, "bd"), folder });
      const { run }: { run: (bench: Bench) => Figure[] | Promise<Figure[]> } = await import(
        `./${name}_bench.ts`
      );
      results[name] = await run(bench);
      if (!json) console.log(table(name, results[name]!));
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  }
  if (json) console.log(JSON.stringify(results, null, 2));
  Deno.exitCode = Object.values(results).flat().some(isAbove) ? 1 : 0;
}

function isAbove(figure: Figure): boolean {
  return figure.most !== undefined && figure.value > figure.most;
}

function table(name: string, figures: readonly Figure[]): string {
  const widest = Math.max(...figures.map(({ what }) => what.length));
  const rows = figures.map((figure) => {
    const bound = figure.most === undefined
      ? ""
      : `  ${isAbove(figure) ? "ABOVE" : "ok, ≤"} ${shown(figure.most, figure.unit)}`;
    const because = figure.because === undefined ? "" : ` (${figure.because})`;
    return `  ${figure.what.padEnd(widest)}  ${
      shown(figure.value, figure.unit).padStart(10)
    }${bound}${because}`;
  });
  return [name, ...rows, ""].join("\n");
}

function shown(value: number, unit: Figure["unit"]): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ${unit}`.trimEnd();
}

await main();
