import { checkLedger, renewIndex } from "../ledger/check.ts";
import { fail, ok, type TownPart } from "./town_part.ts";

/** The logs of the ledger can be read, and its index says what they say. */
export const ledgerIndex: TownPart = {
  name: "index of the ledger",
  look({ ledger }) {
    const { damage, wrongBeads, wrongBlocked } = checkLedger(ledger);
    if (damage.length > 0) {
      return fail(`${damage.length} places in the logs cannot be read`, "bd doctor --fix");
    }
    const wrong = new Set([...wrongBeads, ...wrongBlocked]).size;
    return wrong === 0
      ? ok("agrees with the logs")
      : fail(`${wrong} bead${wrong === 1 ? " differs" : "s differ"} from the logs`);
  },
  make: ({ ledger }) => renewIndex(ledger),
};
