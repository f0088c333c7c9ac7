import { defineCommand } from "../../../cli/command.ts";

/** `gt mol mask-output`. */
export const command = defineCommand({
  name: "gt mol mask-output",
  summary: "Pass input on with the values of secrets masked",
  description:
    "The engine sends what a step with secrets prints through it. GT_MASK names them, with commas between.",
  examples: [
    { line: "printf hello | gt mol mask-output", summary: "Passed on as it is" },
    { line: "printf hello | GT_MASK=WORD WORD=hello gt mol mask-output", summary: "Prints ***" },
  ],
  hidden: true,
  async run({ ports }) {
    const { maskInput } = await import("../../../molecules/engine/commands/mask.ts");
    await maskInput(ports);
  },
});
