import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { initLedger } from "../../../src/ledger/init.ts";
import type { Bead, BeadKey, Ledger, Transaction } from "../../../src/ledger/ledger.ts";
import { openLedger } from "../../../src/ledger/open.ts";
import { createPorts, type Ports } from "../../../src/ports/ports.ts";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");

/** Real ports, with an environment of its own. */
export function testPorts(variables: Record<string, string> = {}): Ports {
  const ports = createPorts(["deno"], "bd");
  const { PATH = "" } = ports.env.all();
  const all = {
    PATH,
    HOME: "/nonexistent",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    ...variables,
  };
  return { ...ports, env: { ...ports.env, get: (name) => all[name as "PATH"], all: () => ({ ...all }) } };
}

/** A new ledger in a temporary folder, gone at the end. */
export interface TestLedger extends Disposable {
  ports: Ports;
  /** The folder that holds `.beads`. */
  place: string;
  folder: string;
  ledger: Ledger;
  /** Opens it once more, as another process would. */
  again(): Ledger;
}

/** Makes a ledger with prefix `cs`. */
export function makeLedger(options: { ports?: Ports } = {}): TestLedger {
  const ports = options.ports ?? testPorts();
  const place = Deno.makeTempDirSync({ prefix: "ledger-" });
  const folder = join(place, ".beads");
  const ledger = initLedger(ports, { folder, prefix: "cs" });
  const opened = [ledger];
  return {
    ports,
    place,
    folder,
    ledger,
    again() {
      const other = openLedger(ports, { folder });
      opened.push(other);
      return other;
    },
    [Symbol.dispose]() {
      for (const one of opened) {
        try {
          one.close();
        } catch {
          // A test may have closed it.
        }
      }
      Deno.removeSync(place, { recursive: true });
    },
  };
}

/** Makes a bead with nothing but an id. */
export function add(ledger: Ledger, id: string, fields: Record<string, unknown> = {}): Bead {
  return ledger.write("me", (tx) => tx.create(id, { title: id, status: "open", ...fields } as never));
}

/** Changes one bead by its id. */
export function change<T>(
  ledger: Ledger,
  id: string,
  work: (tx: Transaction, key: BeadKey) => T,
): T {
  return ledger.write("me", (tx) => work(tx, tx.beadById(id)!.key));
}

/** The files of the log of a ledger, oldest first. */
export function logFiles(folder: string): string[] {
  const ops = join(folder, "ops");
  return [...Deno.readDirSync(ops)].flatMap((replica) =>
    [...Deno.readDirSync(join(ops, replica.name))].map((file) => join(ops, replica.name, file.name))
  ).sort();
}
