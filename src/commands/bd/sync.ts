import { defineCommand } from "../../cli/command.ts";

/** `bd sync`. */
export const command = defineCommand({
  name: "bd sync",
  summary: "Exchange beads with the other clones",
  description:
    "Commits what is new to a ref of this clone's own, takes in what the others have, and pushes. No branch, no file of yours and no index is touched. " +
    "Without a remote it commits only. Any number may call it at once.",
  flags: {
    status: { type: "boolean", summary: "Only tell how things stand; asks no remote" },
    remote: { type: "string", summary: "With this remote", default: "origin", placeholder: "NAME" },
    "no-push": { type: "boolean", summary: "Give nothing to the remote" },
    "no-pull": { type: "boolean", summary: "Take nothing from the remote" },
    "flush-only": {
      type: "boolean",
      summary: "Only bring issues.jsonl up to date",
      aliases: ["import-only"],
    },
  },
  ignored: [
    "--accept-rebase",
    "--check",
    "--from-main",
    "--full",
    "--message=",
    "--no-git-history",
    "--squash",
    "--rename-on-import",
  ],
  examples: [
    { line: "bd sync", summary: "Give and take" },
    { line: "bd sync --status --json", summary: "How things stand, for a script" },
  ],
  exits: { 1: "the remote was not reached, or refused; what is new is committed here" },
  async run(context) {
    const { flags } = context;
    const [{ withLedger }, syncing] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../bd_support/syncing.ts"),
    ]);
    return await withLedger(context, async (ledger) => {
      if (flags.status === true) return syncing.printStatus(context, ledger);
      if (flags["flush-only"] === true) return syncing.printRenewed(context, ledger);
      return await syncing.syncAndPrint(context, ledger);
    });
  },
});
