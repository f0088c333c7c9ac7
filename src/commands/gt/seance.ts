import { defineCommand } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";

/** `gt seance`. */
export const command = defineCommand({
  name: "gt seance",
  summary: "List former sessions of a bead, a worker or a role, and ask one why it did what it did",
  description:
    "--talk opens a copy of a session in this terminal: it knows all that the session knew, the session itself stays " +
    "as it was, and nothing of the town depends on the copy. With --prompt it answers one question and ends.",
  positionals: [{ name: "of", summary: "A bead, worker-N, coordinator, worker, crew or crew/NAME" }],
  flags: {
    talk: { type: "string", summary: "Open a copy of this session", placeholder: "ID" },
    prompt: {
      type: "string",
      short: "p",
      summary: "With --talk: ask this and print the answer",
      placeholder: "TEXT",
    },
  },
  examples: [
    { line: "gt seance", summary: "All sessions that are remembered, the newest first" },
    { line: "gt seance worker --json", summary: "Those of workers" },
  ],
  exits: { 1: "there is no such session, or its agent cannot open it" },
  async run({ ports, args, flags, out }) {
    const [{ openTown }, { formerSessions, openSeance }] = await Promise.all([
      import("../../town/town.ts"),
      import("../../agents/seance.ts"),
    ]);
    const deps = { ports, town: openTown(ports) };
    const id = flags.talk as string | undefined;
    const question = flags.prompt as string | undefined;
    if (id !== undefined) {
      const { argv, cwd, env, row } = await openSeance(deps, { id, question });
      if (question === undefined && !ports.terminal.isTerminal) {
        throw new CommandError("refused", `Cannot talk to "${row.id}": this is not a terminal`, {
          code: "no_terminal",
          hints: [`Ask one question: gt seance --talk ${row.id} --prompt "TEXT"`],
        });
      }
      deps.town.close();
      if (question === undefined) {
        return (await ports.processes.run(argv, { cwd, env, inherit: true })).code ?? 1;
      }
      const { code, stdout, stderr } = await ports.processes.run(argv, { cwd, env });
      out.answer(stdout.trimEnd());
      out.result({ id: row.id, answer: stdout.trimEnd() });
      if (code !== 0) out.note(stderr.trim());
      return code === 0 ? 0 : 1;
    }
    if (question !== undefined) {
      throw new CommandError("usage", "Cannot ask: --prompt needs --talk ID", {
        code: "talk_missing",
        hints: ["gt seance lists the ids"],
      });
    }
    const rows = formerSessions(deps, args.of as string | undefined);
    out.result(rows);
    if (rows.length === 0) return out.line("No agent has reported a session yet");
    const [{ tableLines }, { elapsed }, { printable }] = await Promise.all([
      import("../../ui/table.ts"),
      import("../../lib/duration.ts"),
      import("../../lib/printable.ts"),
    ]);
    const now = ports.clock.now();
    const lines = tableLines(
      rows.map((row) => [
        { text: row.id, mark: row.there ? out.style.bold : out.style.dim },
        `${elapsed(now - row.startedAt)} ago`,
        row.actor,
        row.agent ?? "",
        row.bead === undefined ? "" : `${row.bead} #${row.n}  ${printable(row.title ?? "")}`,
      ]),
      { columns: ports.terminal.lineWidth(), indent: "" },
    );
    for (const line of lines) out.line(line);
  },
});
