import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const fixture = join(here, "..", "tests", "fixtures", "issues-3003.jsonl.gz");

/** The lines of the real issue file that the tests use too: 3 003 records, whose ids begin with `bd-`. */
export function realIssues(): string {
  return new TextDecoder().decode(gunzipSync(Deno.readFileSync(fixture)));
}

/** The same issues many times over, under the prefixes `p00`, `p01`, …; at least `beads` of them. */
export function largeIssues(beads: number): string {
  const records = realIssues().trim().split("\n").map((line) => JSON.parse(line));
  const lines: string[] = [];
  for (let copy = 0; lines.length < beads; copy++) {
    const prefix = `p${String(copy).padStart(2, "0")}-`;
    const renamed = (id: string) => id.replace(/^bd-/, prefix);
    for (const record of records) {
      const dependencies = record.dependencies?.map((edge: Record<string, string>) => ({
        ...edge,
        issue_id: renamed(edge.issue_id!),
        depends_on_id: renamed(edge.depends_on_id!),
      }));
      const all = { ...record, id: renamed(record.id), ...(dependencies ? { dependencies } : {}) };
      lines.push(JSON.stringify(all));
    }
  }
  return lines.join("\n") + "\n";
}
