import { join } from "node:path";
import { initLedger } from "../../../src/ledger/init.ts";
import type { Json } from "../../../src/lib/json.ts";
import type { Ports } from "../../../src/ports/ports.ts";
import { createTestTerminal } from "../../../src/ports/terminal.ts";
import { type Town, townAt } from "../../../src/town/town.ts";
import type { Attempt } from "../../../src/work/attempt.ts";
import { firstAttempt } from "../../../src/work/attempt_machine.ts";
import type { Caller } from "../../../src/agents/caller.ts";
import { inFolder } from "../town/town_fixture.ts";

/** A town with a ledger and one rig `app`, without sessions or repositories. */
export interface AgentTown {
  ports: Ports;
  town: Town;
  /** Makes a bead whose attempt is as given: working for worker 1 unless it says otherwise. */
  work(id: string, change?: Partial<Attempt>, fields?: Record<string, Json>): Attempt;
  /** Ports that read this on standard input. */
  saying(input: Record<string, unknown>): Ports;
}

/** The caller that the session of worker 1 would be. */
export function workerCaller(bead: string, n = 1): Caller {
  return { role: "worker", actor: "worker-1", session: "gt-worker-1", rig: "app", bead, n };
}

/** Makes the town for `use`, and removes it. */
export async function inTown(use: (town: AgentTown) => Promise<void> | void): Promise<void> {
  await inFolder(async (root, ports) => {
    Deno.writeTextFileSync(
      join(root, "town.yaml"),
      "town: test\nagent: script\nrigs:\n  app: { url: ./app.git, prefix: app }\n",
    );
    initLedger(ports, { folder: join(root, ".beads"), prefix: "hq" }).close();
    const town = townAt(ports, root);
    try {
      await use({
        ports,
        town,
        work: (id, change = {}, fields = {}) => makeWork(town, { id, change, fields }),
        saying: (input) => ({ ...ports, terminal: createTestTerminal(JSON.stringify(input)) }),
      });
    } finally {
      town.close();
    }
  });
}

function makeWork(
  town: Town,
  options: { id: string; change: Partial<Attempt>; fields: Record<string, Json> },
): Attempt {
  const { id, change, fields } = options;
  const attempt: Attempt = {
    ...firstAttempt({
      bead: id,
      rig: "app",
      agent: "script",
      target: "main",
      at: 1_700_000_000_000,
      by: "overseer",
    }),
    worker: 1,
    state: "working",
    ...change,
  };
  const isOver = ["merged", "no-code"].includes(attempt.state);
  town.ledger.write("test", (transaction) =>
    transaction.create(id, {
      title: "Add the login page",
      status: isOver ? "closed" : attempt.state === "released" ? "open" : "in_progress",
      assignee: "worker-1",
      ...fields,
      metadata: { attempt: attempt as unknown as Json },
    }));
  return attempt;
}
