import { defineCommand } from "../../cli/command.ts";

/** `gt ask`. */
export const command = defineCommand({
  name: "gt ask",
  summary: "Ask a person something your work depends on; it waits, and the answer comes as mail",
  description: "For workers. The Overseer and the coordinator get HELP mail; `gt answer` answers it.",
  positionals: [{ name: "question", summary: "What you need to know", required: true, variadic: true }],
  examples: [
    { line: 'gt ask "Keep the old endpoint, or remove it?"', summary: "Ask, then stop" },
    { line: 'gt ask "Which licence header?" --json', summary: "The same, for a script" },
  ],
  async run({ args, ports, actor, out }) {
    const [{ openTown }, { callerOf }, { ask }] = await Promise.all([
      import("../../town/town.ts"),
      import("../../agents/caller.ts"),
      import("../../agents/questions.ts"),
    ]);
    const town = openTown(ports);
    const question = (args.question as readonly string[]).join(" ");
    const { bead, attempt } = ask({ ports, town }, { caller: callerOf(ports.env, actor), question });
    out.result({ bead: bead.id, attempt: attempt.n, state: attempt.state, question });
    out.line(`Asked about ${bead.id}. Stop here and wait: the answer comes as mail. Do not run gt done.`);
  },
});
