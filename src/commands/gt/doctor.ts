import { defineCommand } from "../../cli/command.ts";

/** `gt doctor`. */
export const command = defineCommand({
  name: "gt doctor",
  summary: "Look at everything the town needs, and make what is missing",
  description:
    "Without --fix nothing is changed. With it, each part that is not well is made by the function that made it in " +
    "the first place; running it again finds nothing to do. Exit code 1 when something does not work.",
  flags: { fix: { type: "boolean", summary: "Make what is missing or not current" } },
  examples: [
    { line: "gt doctor", summary: "Look" },
    { line: "gt doctor --fix", summary: "Look, and make what is missing" },
  ],
  async run({ flags, ports, out }) {
    const { openTown } = await import("../../town/town.ts");
    const { examine } = await import("../../town/doctor.ts");
    const { allParts } = await import("../doctor_parts.ts");
    const town = openTown(ports);
    const diagnoses = await examine(town, { parts: await allParts(town), fix: flags.fix === true });
    out.result(diagnoses);
    const marks = { ok: out.style.green("✓"), warn: out.style.yellow("!"), fail: out.style.red("✗") };
    for (const { name, condition, detail, hints, fixed } of diagnoses) {
      out.line(
        `${marks[condition]} ${name}: ${out.style.dim(detail)}${fixed ? out.style.green("  made") : ""}`,
      );
      for (const hint of condition === "ok" ? [] : hints ?? []) out.line(out.style.dim(`    ${hint}`));
    }
    const unwell = diagnoses.filter((one) => one.condition !== "ok");
    const fixable = unwell.filter((one) => one.fixable).length;
    if (unwell.length === 0) out.line(out.style.bold("All is well"));
    else if (fixable > 0 && flags.fix !== true) {
      out.line(`${fixable} of ${unwell.length} can be made: gt doctor --fix`);
    }
    return unwell.some((one) => one.condition === "fail") ? 1 : 0;
  },
});
