import type { Ledger, Transaction } from "../../ledger/ledger.ts";

/** Thrown to end a transaction without writing it. */
class TriedOut extends Error {
  constructor(readonly result: unknown) {
    super("dry run");
  }
}

/** Makes a change, or with `dry` only tries it: everything is checked, and nothing is written. */
export function tryOut<T>(
  ledger: Ledger,
  options: { actor: string; dry: boolean; change: (transaction: Transaction) => T },
): T {
  try {
    return ledger.write(options.actor, (transaction) => {
      const result = options.change(transaction);
      if (options.dry) throw new TriedOut(result);
      return result;
    });
  } catch (error) {
    if (error instanceof TriedOut) return error.result as T;
    throw error;
  }
}
