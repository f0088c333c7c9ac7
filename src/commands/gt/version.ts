import { defineCommand } from "../../cli/command.ts";

/** `gt version`. */
export const command = defineCommand({
  name: "gt version",
  summary: "Show the version, the commit it was built from, and the runtime",
  examples: [
    { line: "gt --version", summary: "In one line" },
    { line: "gt version --json", summary: "For a script" },
  ],
  async run({ out }) {
    const { versionReport } = await import("../../cli/version.ts");
    const report = versionReport();
    out.answer(`gt ${report.version} (${report.commit}, ${report.runtime})`);
    out.result(report);
  },
});
