import { defineCommand } from "../../../cli/command.ts";

/** `gt rig add`. */
export const command = defineCommand({
  name: "gt rig add",
  summary: "Put a repository under management",
  description:
    "The remote may be a URL, an ssh address, a bare repository or a folder you work in: finished work is pushed " +
    "there, and nothing else in it is touched. A folder with a checkout follows each merge as long as it has no " +
    "changes of its own. Beads that the repository has (refs/beads/*, or .beads/issues.jsonl on its branch) come " +
    "along with their ids. Running the same command again completes what an interrupted one has begun.",
  positionals: [
    { name: "name", summary: "What the rig is called: a-z, 0-9 and -", required: true },
    { name: "remote", summary: "URL or path of the repository", required: true, completes: "file" },
  ],
  flags: {
    prefix: { type: "string", summary: "What ids of its beads begin with; made from the name by default" },
    branch: { type: "string", summary: "The branch that work lands on; the remote's main one by default" },
    check: {
      type: "list",
      whole: true,
      summary: "A command that must be green before a merge, `NAME: COMMAND` to name it",
      placeholder: "COMMAND",
    },
    setup: {
      type: "list",
      whole: true,
      summary: "A command that prepares each new worktree",
      placeholder: "COMMAND",
    },
    agent: { type: "string", summary: "The agent of its workers; the town's by default", completes: "agent" },
    merge: {
      type: "string",
      summary: "How work lands; merge by default",
      values: ["merge", "squash", "rebase"],
    },
    beads: { type: "boolean", summary: "Take in the beads that the repository has", default: true },
  },
  examples: [
    { line: "gt rig add csm ~/code/csm --prefix cs --check 'npm test'", summary: "A folder on this machine" },
    {
      line: "gt rig add web git@example.org:me/web.git --branch main --setup 'npm ci'",
      summary: "A remote repository",
    },
  ],
  async run({ args, flags, ports, out }) {
    const { openTown } = await import("../../../town/town.ts");
    const { addRig } = await import("../../../town/rigs/rigs.ts");
    const { readRemote } = await import("../../../town/rigs/rig_remote.ts");
    const { rigAddedLines } = await import("../../../town/rigs/rig_report.ts");
    const town = openTown(ports);
    const text = (name: string) => flags[name] as string | undefined;
    const added = await addRig(town, {
      name: args.name as string,
      url: readRemote(town, args.remote as string),
      prefix: text("prefix"),
      branch: text("branch"),
      checks: flags.check as readonly string[] | undefined,
      setup: flags.setup as readonly string[] | undefined,
      agent: text("agent"),
      merge: text("merge"),
      withoutBeads: flags.beads === false,
    });
    const { summary, source } = added.beads ?? {};
    out.result({
      name: added.name,
      ...added.rig,
      existed: added.existed,
      ...(summary ? { beads: { source, ...summary } } : {}),
    });
    for (const line of rigAddedLines(town, added)) out.line(line);
  },
});
