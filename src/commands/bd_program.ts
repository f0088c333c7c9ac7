import { bdTable } from "./bd_table.ts";
import type { Program } from "../cli/command.ts";

/** `bd`: its commands and their topics. */
export const bdProgram: Program = {
  name: "bd",
  summary: "The ledger of beads that gt works from",
  table: bdTable,
  topics: [
    {
      title: "Beads",
      words: [
        "create",
        "q",
        "show",
        "list",
        "update",
        "close",
        "reopen",
        "defer",
        "undefer",
        "rename",
        "delete",
      ],
    },
    {
      title: "Finding work",
      words: ["ready", "work", "blocked", "search", "stale", "count", "stats"],
    },
    { title: "Workflows", words: ["mol", "formula", "cook", "gate"] },
    {
      title: "Relations and remarks",
      words: ["dep", "epic", "label", "comment", "comments", "duplicate", "duplicates", "supersede"],
    },
    { title: "Looking back", words: ["history", "diff", "conflicts", "resolve"] },
    { title: "Many at once", words: ["batch", "import", "export", "rename-prefix", "compact"] },
    { title: "The ledger", words: ["init", "sync", "config", "doctor", "info", "where"] },
    { title: "Around it", words: ["prime", "onboard", "hooks", "schema", "completion", "version"] },
  ],
  groups: {
    config: "Settings of this ledger",
    dep: "What a bead depends on",
    epic: "How far epics have come",
    formula: "The molecules there are",
    gate: "Where work waits for a person, a time or GitHub",
    hooks: "Hooks of git that share beads; only when asked for",
    label: "Labels of beads",
    mol: "The steps a bead is worked by",
  },
  synonyms: { gates: "gate", molecule: "mol", dependency: "dep", deps: "dep", labels: "label" },
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
