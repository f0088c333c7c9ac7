/**
 * The rules of the house as data; `architecture_test.ts` holds the sources against them.
 *
 * @module
 */

/** Which folders of `src` a folder may import from, besides itself. `middle` stands for all of them. */
const middle = ["town", "work", "refinery", "witness", "steward", "agents", "molecules", "ui"];
const below = ["beads", "ledger", "sessions", "git", "ports", "lib"];

/** Folder of `src` to the folders it may import from. */
export const layers: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  ports: ["lib"],
  git: ["ports", "lib"],
  sessions: ["ports", "lib"],
  cli: ["ports", "lib"],
  ledger: ["ports", "lib"],
  beads: ["ledger", "ports", "lib"],
  ...Object.fromEntries(middle.map((folder) => [folder, [...middle, ...below]])),
  demo: [...middle, ...below],
  commands: ["cli", "demo", ...middle, ...below],
};

/** What only some places may touch: the pattern that betrays it, and the places. */
export const bans: readonly { what: string; pattern: RegExp; allowed: readonly string[] }[] = [
  {
    what: "node:fs",
    pattern: /["'](?:node:)?fs(?:\/promises)?["']/,
    allowed: ["src/ports/", "src/git/", "src/sessions/", "src/ledger/"],
  },
  {
    what: "node:child_process",
    pattern: /["'](?:node:)?child_process["']/,
    allowed: ["src/ports/", "src/git/", "src/sessions/"],
  },
  {
    what: "Date",
    pattern: /\bDate\.now\b|\bnew Date\(\s*\)/,
    allowed: ["src/ports/", "src/git/", "src/sessions/", "src/ledger/"],
  },
  { what: "Math.random", pattern: /\bMath\.random\b/, allowed: ["src/ports/"] },
  {
    what: "process.env",
    pattern: /\bprocess\.env\b/,
    allowed: ["src/ports/", "src/git/", "src/sessions/", "src/ledger/", "main.ts"],
  },
  { what: "console", pattern: /\bconsole\.\w/, allowed: ["main.ts"] },
  { what: "Deno or Bun globals", pattern: /\b(?:Deno|Bun)\.\w/, allowed: [] },
  {
    what: "a built-in module that takes milliseconds to load (import it where it is used)",
    pattern:
      /^\s*import\s[^;]*?["']node:(?:crypto|child_process|http|https|http2|net|tls|dns|tty|readline|stream|worker_threads|zlib)(?:\/\w+)?["']/m,
    allowed: ["src/git/", "src/sessions/", "src/refinery/", "src/witness/", "src/steward/", "src/ui/"],
  },
  {
    what: "a heavy package (import it where it is used)",
    pattern: /^\s*import\s(?!type)[^;]*?["'](?:yaml|valibot|@valibot\/to-json-schema|@std\/yaml)["']/m,
    allowed: ["src/molecules/", "src/town/", "src/ledger/", "src/git/", "src/agents/"],
  },
];

/** Files and folders without any input or output: they wait for nothing, and what they import is as pure as they are. */
export const pure: readonly string[] = [
  "src/lib/",
  "src/ledger/bead_state.ts",
  "src/ledger/fold.ts",
  "src/ledger/hybrid_clock.ts",
  "src/ledger/operation.ts",
  "src/ledger/shown_bead.ts",
  "src/molecules/machine/",
  "src/molecules/step_outputs.ts",
  "src/refinery/queue_machine.ts",
  "src/steward/backoff.ts",
  "src/witness/worker_state.ts",
  "src/work/attempt.ts",
  "src/work/attempt_machine.ts",
];

/** Words that say nothing, as parts of an exported or declared name or of a file's. */
export const emptyWords =
  /(?:Manager|Helper|Helpers|Util|Utils|Info)(?![a-z])|^handle[A-Z]|^do[A-Z]|^(?:Data)$|[a-z]Data$/;

/** Sizes in lines. */
export const sizes = {
  file: { cap: 500, most: 300, median: 100 },
  function: { cap: 80, most: 40 },
  /** The share that must stay within `most`. */
  share: 0.9,
};
