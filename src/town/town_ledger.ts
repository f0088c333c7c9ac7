import { initLedger } from "../ledger/init.ts";
import { fail, ok, type TownPart, warn } from "./town_part.ts";

/** The ledger: opens, and says what it would want the user to know. */
export const townLedger: TownPart = {
  name: "ledger",
  installed: true,
  async look(town) {
    if (town.ports.files.list(town.paths.beads).length === 0) return fail(`${town.paths.beads} is missing`);
    const { ledger } = town;
    const [row] = ledger.view.rows<{ count: number }>("SELECT COUNT(*) AS count FROM beads");
    const prefix = ledger.view.setting("prefix");
    const { prefix: wanted } = await town.config();
    if (prefix !== wanted) return fail(`its prefix is ${prefix ?? "not set"}, town.yaml says ${wanted}`);
    const warnings = ledger.warnings();
    if (warnings.length > 0) return warn(warnings[0]!, ...warnings.slice(1), "bd doctor");
    return ok(`${row?.count ?? 0} beads, replica ${ledger.replica}`);
  },
  async make(town) {
    const { prefix } = await town.config();
    const ledger = initLedger(town.ports, { folder: town.paths.beads, prefix });
    try {
      if (ledger.view.setting("prefix") !== prefix) {
        ledger.write("gt", (change) => change.setSetting("prefix", prefix));
      }
    } finally {
      ledger.close();
    }
  },
};
