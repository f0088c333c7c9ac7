import type { Program } from "../cli/program.ts";
import { bdTable } from "./bd_table.ts";

/** `bd`: its commands and their topics. */
export const bdProgram: Program = {
  name: "bd",
  summary: "The ledger of beads that gt works from",
  table: bdTable,
  topics: [
    {
      title: "Beads",
      words: ["create", "q", "show", "list", "update", "close", "reopen", "defer", "undefer", "delete"],
    },
    {
      title: "Finding work",
      words: ["ready", "work", "mol", "blocked", "search", "stale", "count", "stats"],
    },
    { title: "Relations and remarks", words: ["dep", "label", "comment", "comments", "history"] },
    {
      title: "The ledger",
      words: ["init", "sync", "conflicts", "resolve", "import", "export", "config", "doctor", "prime"],
    },
    { title: "Your shell", words: ["completion", "version"] },
  ],
  groups: {
    config: "Settings of this ledger",
    dep: "What a bead depends on",
    label: "Labels of beads",
    mol: "The steps a bead is worked by",
  },
  synonyms: { formula: "mol", molecule: "mol", dependency: "dep", deps: "dep", labels: "label" },
  ignored: [
    "--allow-stale",
    "--lock-timeout=",
    "--no-auto-flush",
    "--no-auto-import",
    "--no-daemon",
    "--no-db",
    "--sandbox",
    "--verbose",
  ],
  jsonVariable: "BD_JSON",
};
