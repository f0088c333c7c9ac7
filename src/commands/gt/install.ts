import { defineCommand } from "../../cli/command.ts";

/** `gt install`. */
export const command = defineCommand({
  name: "gt install",
  summary: "Make a folder a town: its configuration, its ledger and its own git repository",
  description:
    "A town is the folder from which gt manages your repositories; it stands beside them, not inside one. Running " +
    "this again on a town completes whatever is missing and changes nothing else. A folder that holds other things, " +
    "or is a git repository, is refused, because the town's files would end up among them; --force allows it.",
  positionals: [{
    name: "path",
    summary: "The folder; it is made when it does not exist",
    required: true,
    completes: "file",
  }],
  flags: {
    name: { type: "string", summary: "The town's name; the folder's by default" },
    prefix: { type: "string", summary: "What ids of the town's own beads begin with; hq by default" },
    remote: {
      type: "string",
      summary: "A git remote that the ledger is synchronised with",
      placeholder: "URL",
    },
    force: { type: "boolean", summary: "Use a folder that holds other things" },
  },
  examples: [
    { line: "gt install ~/town", summary: "A new town" },
    {
      line: 'gt install ~/"my town" --name "My town" --prefix my',
      summary: "With a name and a prefix of its own",
    },
  ],
  async run({ args, flags, ports, out }) {
    const { resolve } = await import("node:path");
    const { installTown } = await import("../../town/install.ts");
    const { installSummary } = await import("../../town/install_summary.ts");
    const text = (name: string) => flags[name] as string | undefined;
    const installed = await installTown(ports, {
      path: resolve(ports.env.cwd(), args.path as string),
      name: text("name"),
      prefix: text("prefix"),
      remote: text("remote"),
      force: flags.force === true,
    });
    const config = await installed.town.config();
    out.result({
      root: installed.town.root,
      town: config.town,
      prefix: config.prefix,
      existed: installed.existed,
      made: installed.made,
    });
    for (const line of installSummary(installed, { config, here: ports.env.cwd() })) out.line(line);
  },
});
