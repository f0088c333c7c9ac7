import { defineCommand } from "../../../cli/command.ts";

/** `gt mol run`. */
export const command = defineCommand({
  name: "gt mol run",
  summary: "Run a workflow here and now, to its end",
  description:
    "Needs no town: a repository is enough, whose runs are kept in its .beads, which git does not see. " +
    "A run that was ended goes on where it was with the same command. A step is begun at most once for each attempt; " +
    "what it does outside is to be keyed by GT_STEP_KEY. Commands begin in the root of the repository.",
  positionals: [{ name: "molecule", summary: "Its file or name", required: true, completes: "molecule" }],
  flags: {
    var: {
      type: "list",
      whole: true,
      summary: "Value of one of its variables; may be given several times",
      placeholder: "NAME=VALUE",
    },
    jobs: {
      type: "number",
      short: "j",
      summary: "Commands at a time, also of nested runs; as many as there are processors",
      placeholder: "N",
    },
    ci: {
      type: "boolean",
      summary: "Print annotations of GitHub and all output in groups; write the job's summary",
    },
    junit: {
      type: "string",
      summary: "Write a JUnit report; - with --quiet for standard output",
      placeholder: "FILE",
      completes: "file",
    },
    "take-over": { type: "boolean", summary: "Go on with a run that another driver seems to have" },
    bead: {
      type: "string",
      summary: "The bead it is for, which its texts read as bead.id and bead.title",
      placeholder: "ID",
      completes: "bead",
    },
    "no-cache": {
      type: "boolean",
      summary: "Run every command, also one whose result is kept of an earlier run",
    },
    new: { type: "boolean", summary: "Begin another run although one with these values is under way" },
  },
  examples: [
    {
      line: "gt mol run molecules/release.yaml --var version=1.2.0",
      summary: "Run a file of this repository",
    },
    { line: "gt mol run check --ci --junit report.xml", summary: "In a job of GitHub Actions" },
  ],
  exits: { 1: "the run failed, was cancelled, or cannot begin", 130: "interrupted; it can go on" },
  async run(context) {
    const { runMolecule } = await import("../../gt_support/run_molecule.ts");
    return await runMolecule(context);
  },
});
