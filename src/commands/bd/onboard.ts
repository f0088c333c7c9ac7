import { defineCommand } from "../../cli/command.ts";

/** `bd onboard`. */
export const command = defineCommand({
  name: "bd onboard",
  summary: "Print what to tell agents about bd; with --write, put it into AGENTS.md",
  description:
    "The section stands between two marks in the AGENTS.md beside `.beads`. Writing it again changes nothing, or brings it up to date; the rest of the " +
    "file is never touched. Nothing is written unless asked for.",
  flags: {
    write: { type: "boolean", summary: "Put it into the file" },
    remove: { type: "boolean", summary: "Take it out of the file" },
    file: {
      type: "string",
      summary: "Another file than AGENTS.md, such as CLAUDE.md",
      placeholder: "FILE",
      completes: "file",
    },
  },
  examples: [
    { line: "bd onboard", summary: "What would be written" },
    { line: "bd onboard --write", summary: "Write it" },
  ],
  async run(context) {
    const { flags, ports, out } = context;
    const [{ withLedger }, { onboardFile, SECTION, withoutSection, withSection }, path, { printable }] =
      await Promise.all([
        import("../bd_support/ledger.ts"),
        import("../bd_support/onboarding.ts"),
        import("node:path"),
        import("../../lib/printable.ts"),
      ]);
    await withLedger(context, ({ folder }) => {
      const given = flags.file as string | undefined;
      const file = given === undefined ? onboardFile(folder) : path.resolve(ports.env.cwd(), given);
      const before = ports.files.readText(file);
      const remove = flags.remove === true;
      const after = remove ? withoutSection(before ?? "", file) : withSection(before ?? "", file);
      const same = after === (before ?? "");
      const acts = (remove || flags.write === true) && !same;
      if (acts && after === "") ports.files.remove(file);
      else if (acts) ports.files.writeText(file, after);
      const state = same
        ? (remove ? "absent" : "current")
        : acts
        ? (remove ? "removed" : "written")
        : "missing";
      const shown = printable(path.relative(ports.env.cwd(), file) || file);
      const said: Record<string, string> = {
        absent: `${shown} holds no section of bd`,
        current: `${shown} says it already`,
        removed: `${out.style.green("✓")} Took the section out of ${shown}`,
        written: `${out.style.green("✓")} Wrote the section into ${shown}`,
      };
      if (remove || flags.write === true) out.line(said[state]);
      else {
        out.answer(SECTION);
        if (!out.json) out.note(said[state] ?? `to put this into ${shown}: bd onboard --write`);
      }
      out.result({ path: file, state, text: SECTION });
    });
  },
});
