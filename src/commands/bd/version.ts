import { defineCommand } from "../../cli/command.ts";

/** `bd version`. */
export const command = defineCommand({
  name: "bd version",
  summary: "Show the version, the commit it was built from, and the runtime",
  examples: [
    { line: "bd --version", summary: "In one line" },
    { line: "bd version --json", summary: "For a script" },
  ],
  async run({ out }) {
    const { versionReport } = await import("../../cli/version.ts");
    const report = versionReport();
    out.answer(`bd ${report.version} (${report.commit}, ${report.runtime})`);
    out.result(report);
  },
});
