/**
 * The commands, one file each: read the call, call the layer below, print.
 *
 * @module
 */
import { gtTable } from "./gt_table.ts";
import type { Program } from "../cli/command.ts";

/** `gt`: its commands, their topics, and the words other tools use for the same things. */
export const gtProgram: Program = {
  name: "gt",
  summary: "Run coding agents on your repositories until their work is merged",
  table: gtTable,
  topics: [
    {
      title: "Work",
      words: ["sling", "unsling", "hook", "prime", "done", "ask", "answer", "handoff", "nudge"],
    },
    { title: "Convoys and molecules", words: ["convoy", "mol", "gate", "mq", "radar"] },
    {
      title: "Town",
      words: [
        ...[
          "install",
          "rig",
          "start",
          "shutdown",
          "wake",
          "status",
          "doctor",
          "config",
          "agent",
          "uninstall",
        ],
      ],
    },
    {
      title: "Sessions",
      words: ["attach", "seance", "coordinator", "worker", "crew", "witness", "refinery", "steward"],
    },
    { title: "Mail and history", words: ["mail", "log", "events", "feed", "costs"] },
    { title: "Trying it out, and your shell", words: ["demo", "completion", "shell-init", "version"] },
  ],
  groups: {
    agent: "The kinds of agent that can be started",
    config: "Read and write town.yaml",
    convoy: "Batches of beads that are tracked together",
    coordinator: "The agent session you talk to",
    crew: "Your own long-lived worktrees",
    gate: "Where workflows wait for a decision of yours",
    mail: "Messages between agents, programs and you",
    mol: "Workflows: the steps by which beads are worked",
    mq: "The merge queue of a rig",
    refinery: "The program that merges a rig's finished work",
    rig: "The repositories under management",
    steward: "The program that keeps everything alive and dispatches work",
    witness: "The program that watches a rig's workers",
    worker: "The agent sessions that carry out beads",
  },
  synonyms: {
    deacon: "steward",
    formula: "mol",
    formulas: "mol",
    issue: "bead",
    mayor: "coordinator",
    molecule: "mol",
    polecat: "worker",
  },
  ignored: [],
};
