import { join } from "node:path";
import type { Bench, Figure } from "./bench.ts";

const STEPS = 2_000;

/** How long a check of a large molecule takes, the start of the program included. */
export function run(bench: Bench): Figure[] {
  const chain = join(bench.folder, "chain.yaml");
  const rich = join(bench.folder, "rich.yaml");
  const prose = join(bench.folder, "prose.yaml");
  Deno.writeTextFileSync(chain, chainOf());
  Deno.writeTextFileSync(rich, richOf());
  // A text without quotes over two lines is beyond the simple reader: all of the file goes through the library.
  Deno.writeTextFileSync(
    prose,
    chainOf().replace("molecule: big", "molecule: big\ndescription: A large\n  one."),
  );
  const medians = bench.medians({
    nothing: () => bench.time([bench.gt, "--version"]),
    chain: () => bench.time([bench.gt, "mol", "lint", chain]),
    rich: () => bench.time([bench.gt, "mol", "lint", rich]),
    prose: () => bench.time([bench.gt, "mol", "lint", prose]),
    plan: () => bench.time([bench.gt, "mol", "plan", chain]),
  }, 7);
  return [
    { what: "gt --version", value: medians.nothing!, unit: "ms" },
    { what: `lint of a chain of ${STEPS} steps`, value: medians.chain!, unit: "ms", most: 300 },
    {
      what: `lint of ${STEPS} steps with conditions, retries, outputs`,
      value: medians.rich!,
      unit: "ms",
      most: 300,
    },
    { what: `lint of ${STEPS} steps read by the library`, value: medians.prose!, unit: "ms" },
    { what: `plan of a chain of ${STEPS} steps`, value: medians.plan!, unit: "ms" },
  ];
}

function chainOf(): string {
  const steps = Array.from(
    { length: STEPS },
    (_, at) =>
      `  - id: s${at}\n    needs: [${
        at === 0 ? "" : `s${at - 1}`
      }]\n    run: make test-${at} X={{ vars.x }}\n`,
  );
  return `molecule: big\nvars: { x: a }\nsteps:\n${steps.join("")}`;
}

function richOf(): string {
  const steps = Array.from({ length: STEPS }, (_, at) => {
    const before = `s${at - 1}`;
    const when = at === 0 ? "" : ` && double(steps.${before}.outputs.a) > 80.0`;
    return [
      `  - id: s${at}`,
      `    title: Step {{ vars.x }} number ${at}`,
      `    needs: [${at === 0 ? "" : before}]`,
      `    when: vars.x == "a"${when}`,
      `    run: make test-${at} X={{ vars.x }}`,
      "    retry: { attempts: 3, delay: 10s }",
      "    timeout: 10m",
      "    outputs:",
      "      a: '{{ stdout.trim() }}'",
      "",
    ].join("\n");
  });
  return `molecule: big\nvars: { x: a }\nsteps:\n${steps.join("")}`;
}
