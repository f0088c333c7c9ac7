import { defineCommand } from "../../cli/command.ts";

/** `bd completion`. */
export const command = defineCommand({
  name: "bd completion",
  summary: "Print a script that makes your shell complete bd's words",
  description:
    "It completes commands, flags, their values, and the names of beads, rigs, workers and convoys.",
  positionals: [{ name: "shell", summary: "Your shell", required: true, values: ["bash", "zsh", "fish"] }],
  examples: [
    { line: 'eval "$(bd completion bash)"', summary: "In this bash; put the line in ~/.bashrc to keep it" },
    { line: "bd completion fish > ~/.config/fish/completions/bd.fish", summary: "For fish, for good" },
  ],
  async run({ args, out }) {
    const { completionScript } = await import("../../cli/completion_scripts.ts");
    const script = completionScript("bd", args.shell as "bash" | "zsh" | "fish");
    out.answer(script);
    out.result({ shell: args.shell, script });
  },
});
