/** Syncs the ledger in the folder given, and prints the summary; run by tests in a process of its own. */
import process from "node:process";
import { openLedger } from "../../src/ledger/open.ts";
import { syncLedger } from "../../src/ledger/sync.ts";
import { testPorts } from "../unit/ledger/fixture.ts";

const ports = testPorts();
const ledger = openLedger(ports, { folder: process.argv[2]! });
console.log(JSON.stringify(await syncLedger(ledger, ports)));
ledger.close();
