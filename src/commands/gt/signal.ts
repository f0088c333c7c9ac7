import { defineCommand } from "../../cli/command.ts";

/** `gt signal`. */
export const command = defineCommand({
  name: "gt signal",
  summary: "Take a sign from an agent's own hook: it stops, ends, begins a turn, or needs a person",
  description:
    "Reads what Claude Code tells its hooks on standard input, and never fails. For `stop` it may answer that the agent has to go on: open work on its hook, or mail it has not seen.",
  hidden: true,
  positionals: [{
    name: "sign",
    summary: "What the agent does",
    required: true,
    values: ["stop", "end", "notification", "prompt"],
  }],
  examples: [
    { line: "gt signal stop < /dev/null", summary: "Ask whether this session may stop" },
    { line: "gt signal end < /dev/null", summary: "Say that the agent of this session ends" },
  ],
  async run({ args, out, ports, actor }) {
    const [{ runHook }, { answerPrompt, answerStop, noteEnd, noteNotification }] = await Promise.all([
      import("../../agents/hook_call.ts"),
      import("../../agents/turn_end.ts"),
    ]);
    const sign = args.sign as "stop" | "end" | "notification" | "prompt";
    runHook(ports, {
      name: `signal ${sign}`,
      actor,
      work(deps) {
        if (sign === "stop") {
          return answerStop(deps, (answer) => {
            out.answer(JSON.stringify(answer));
            out.result(answer);
          });
        }
        if (sign === "prompt") return answerPrompt(deps, (text) => out.answer(text));
        return sign === "end" ? noteEnd(deps) : noteNotification(deps);
      },
    });
    return 0;
  },
});
