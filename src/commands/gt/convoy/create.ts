import { defineCommand } from "../../../cli/command.ts";

/** `gt convoy create`. */
export const command = defineCommand({
  name: "gt convoy create",
  summary: "Track beads together; the convoy lands when all of them are closed",
  positionals: [
    { name: "name", summary: "What it is called", required: true },
    { name: "bead", summary: "Ids of beads that exist", required: true, variadic: true, completes: "bead" },
  ],
  flags: {
    owner: { type: "string", summary: "Who is told when it lands; you by default", placeholder: "ADDRESS" },
    watch: {
      type: "list",
      summary: "Others who are told",
      placeholder: "ADDRESS",
      aliases: ["watcher", "notify"],
    },
  },
  examples: [
    { line: 'gt convoy create "Auth feature" cs-login cs-session', summary: "Two beads" },
    {
      line: 'gt convoy create "Auth feature" cs-login --watch coordinator',
      summary: "Tell the coordinator too",
    },
  ],
  exits: { 1: "a bead is unknown (all of them are listed), or the name is taken; nothing is written" },
  async run({ ports, args, flags, out, actor }) {
    const [{ openTown }, { createConvoy }, { convoyState }, { parseAddress }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/convoys/convoy_changes.ts"),
      import("../../../town/convoys/convoys.ts"),
      import("../../../town/mail/addresses.ts"),
    ]);
    const { ledger } = openTown(ports);
    const owner = flags.owner === undefined ? actor : parseAddress(flags.owner as string).name;
    const watchers = (flags.watch as readonly string[] ?? []).map((address) => parseAddress(address).name);
    const beads = args.bead as readonly string[];
    const convoy = ledger.write(
      actor,
      (transaction) => createConvoy(transaction, { name: args.name as string, beads, owner, watchers }),
    );
    const state = convoyState(ledger.view, convoy);
    const { convoyJson } = await import("../../../ui/status_json.ts");
    out.result(convoyJson(state));
    out.line(
      `${out.style.green("✓")} ${out.style.bold(convoy.id)} tracks ${
        state.total === 1 ? "1 bead" : `${state.total} beads`
      }`,
    );
    out.line(`gt convoy launch ${convoy.id}   give them to workers`);
    out.line(`gt convoy status ${convoy.id} --watch`);
  },
});
