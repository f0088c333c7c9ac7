import { defineCommand } from "../../cli/command.ts";

/** `gt completion`. */
export const command = defineCommand({
  name: "gt completion",
  summary: "Print a script that makes your shell complete gt's words",
  description:
    "It completes commands, flags, their values, and the names of beads, rigs, workers and convoys.",
  positionals: [{ name: "shell", summary: "Your shell", required: true, values: ["bash", "zsh", "fish"] }],
  examples: [
    { line: 'eval "$(gt completion bash)"', summary: "In this bash; put the line in ~/.bashrc to keep it" },
    { line: "gt completion fish > ~/.config/fish/completions/gt.fish", summary: "For fish, for good" },
  ],
  async run({ args, out }) {
    const { completionScript } = await import("../../cli/completion_scripts.ts");
    const script = completionScript("gt", args.shell as "bash" | "zsh" | "fish");
    out.answer(script);
    out.result({ shell: args.shell, script });
  },
});
