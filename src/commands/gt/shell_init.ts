import { defineCommand } from "../../cli/command.ts";

/** `gt shell-init`. */
export const command = defineCommand({
  name: "gt shell-init",
  summary: "Print short names and completion for your shell's start-up file",
  description:
    "Defines `coordinator` (attach to the coordinator), `worker` (list workers, or attach to one) and `bd`, " +
    "where no commands of these names are found, and completion for `gt` and `bd`.",
  positionals: [
    { name: "shell", summary: "Your shell; by default the one in SHELL", values: ["bash", "zsh", "fish"] },
  ],
  examples: [
    { line: 'eval "$(gt shell-init bash)"', summary: "In ~/.bashrc" },
    { line: "gt shell-init fish | source", summary: "In ~/.config/fish/config.fish" },
  ],
  async run({ args, out, ports }) {
    const [{ shellInit, shellOf }, { quoteWords }] = await Promise.all([
      import("../../cli/shell_init.ts"),
      import("../../lib/quote_words.ts"),
    ]);
    const shell = shellOf(args.shell as string | undefined, ports.env.get("SHELL"));
    const script = shellInit(shell, quoteWords(ports.processes.self));
    out.answer(script);
    out.result({ shell, script });
  },
});
