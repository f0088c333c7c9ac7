import type { Program } from "../cli/program.ts";
import { bdTable } from "./bd_table.ts";

/** `bd`: its commands and their topics. */
export const bdProgram: Program = {
  name: "bd",
  summary: "The ledger of beads that gt works from",
  table: bdTable,
  topics: [
    { title: "Beads", words: ["create", "q", "show", "list", "update", "close", "reopen", "delete"] },
    {
      title: "Finding and taking work",
      words: ["ready", "work", "blocked", "search", "count", "stale", "stats"],
    },
    { title: "Putting work off", words: ["defer", "undefer"] },
    { title: "Relations and remarks", words: ["dep", "label", "comment", "comments", "history", "mol"] },
    {
      title: "The ledger",
      words: ["init", "sync", "export", "import", "conflicts", "resolve", "config", "doctor"],
    },
    { title: "Your agent and your shell", words: ["prime", "completion", "version"] },
  ],
  groups: {
    config: "Settings of this ledger",
    dep: "What a bead depends on",
    label: "Labels of beads",
    mol: "Workflows made of beads",
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
