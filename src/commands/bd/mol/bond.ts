import { type Context, defineCommand } from "../../../cli/command.ts";
import { CommandError } from "../../../lib/errors.ts";

/** `bd mol bond`. */
export const command = defineCommand({
  name: "bd mol bond",
  summary: "Join two molecules or beads into one, with an order",
  description:
    "The result is an epic of both; where the first was joined before, the second is added to it. A name of a molecule is " +
    "poured first. sequential: the second waits for the first; conditional: it is only done if the first fails; " +
    "parallel: neither waits.",
  positionals: [
    { name: "first", summary: "A bead, or a molecule", required: true, completes: "bead" },
    { name: "second", summary: "A bead, or a molecule", required: true, completes: "bead" },
  ],
  flags: {
    type: {
      type: "string",
      short: "t",
      summary: "Their order",
      values: ["sequential", "parallel", "conditional"],
      default: "sequential",
    },
    as: { type: "string", summary: "Title of the result", placeholder: "TITLE", aliases: ["title"] },
    var: {
      type: "list",
      whole: true,
      summary: "Value of a variable of a molecule that is poured; may be given several times",
      placeholder: "NAME=VALUE",
    },
    "dry-run": { type: "boolean", short: "n", summary: "Only say what would be made" },
  },
  examples: [
    { line: "bd mol bond cs-login cs-logout --as 'Sign in and out'", summary: "One after the other" },
    { line: "bd mol bond design tdd --dry-run", summary: "Two molecules that are poured for it" },
  ],
  exits: { 1: "one is a part of something else already, or the order would be a ring; nothing is changed" },
  async run(context) {
    const { flags, out, ports, actor } = context;
    const [{ withLedger }, { tryOut }, { bondBeads, bondedIds }, { printable }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../bd_support/try_out.ts"),
      import("../../../molecules/poured/bond.ts"),
      import("../../../lib/printable.ts"),
    ]);
    const dry = flags["dry-run"] === true;
    const type = flags.type as "sequential" | "parallel" | "conditional";
    await withLedger(context, async (ledger) => {
      const ends = await endsOf(context, ledger.view);
      const title = flags.as as string | undefined;
      const { root, made } = tryOut(ledger, {
        actor,
        dry,
        change: (transaction) => {
          const [first, second] = [ends[0](transaction), ends[1](transaction)];
          const root = bondBeads(transaction, {
            first: first.bead,
            second: second.bead,
            type,
            random: ports.random,
            ...(title === undefined ? {} : { title }),
          });
          return { root, made: [first.poured, second.poured].filter((each) => each !== undefined) };
        },
      });
      const { style } = out;
      const verb = dry ? "Would join them into" : `${style.green("✓")} Joined into`;
      out.line(`${verb} ${style.bold(style.cyan(root.id))} ${printable(root.title)}`);
      out.line(dry ? style.dim("nothing is written (--dry-run)") : `bd dep tree ${root.id} --direction up`);
      out.result({
        ...(dry ? { dry_run: true } : {}),
        result_id: root.id,
        result_type: "compound",
        bond_type: type,
        ...(made.length > 0 ? { spawned: made.length, id_mapping: bondedIds(made) } : {}),
      });
    });
  },
});

type Ledger = import("../../../ledger/ledger.ts").Ledger;
type Transaction = import("../../../ledger/ledger.ts").Transaction;
type Bead = import("../../../ledger/ledger.ts").Bead;
type PouredEpic = import("../../../molecules/poured/poured.ts").PouredEpic;
type End = (transaction: Transaction) => { bead: Bead; poured?: PouredEpic };

/** How each of the two is found, or made, once the change is under way. */
async function endsOf(context: Context, view: Ledger["view"]): Promise<[End, End]> {
  const { args, flags, ports } = context;
  const [{ meansMolecule, pourableNamed }, { libraryHere }, { givenVars }, { resolveBead }, { pourEpic }] =
    await Promise.all([
      import("../../bd_support/pouring.ts"),
      import("../../gt_support/library.ts"),
      import("../../gt_support/given_vars.ts"),
      import("../../../beads/ids.ts"),
      import("../../../molecules/poured/poured.ts"),
    ]);
  const library = libraryHere(ports);
  const given = givenVars(flags.var as readonly string[] | undefined);
  const unused = new Set(Object.keys(given));
  const endOf = async (word: string): Promise<End> => {
    if (view.beadById(word) || !meansMolecule(library, word)) {
      return (transaction) => ({ bead: resolveBead(transaction, word) });
    }
    const { definitionNamed } = await import("../../../molecules/library.ts");
    const { vars } = await definitionNamed(library, { name: word, from: ports.env.cwd() });
    const own = Object.fromEntries(vars.flatMap(({ name }) => name in given ? [[name, given[name]!]] : []));
    for (const name of Object.keys(own)) unused.delete(name);
    const pourable = await pourableNamed({ ports, library }, { name: word, given: own });
    return (transaction) => {
      const poured = pourEpic(transaction, { ...pourable, random: ports.random });
      return { bead: poured.root, poured };
    };
  };
  const ends: [End, End] = [await endOf(args.first as string), await endOf(args.second as string)];
  const [name] = unused;
  if (name === undefined) return ends;
  throw new CommandError(
    "refused",
    `Cannot use --var ${name}: no molecule that is poured has such a variable`,
    {
      code: "variable_unknown",
      hints: ["gt mol show NAME"],
    },
  );
}
