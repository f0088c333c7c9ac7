import type { CompletionSource } from "../cli/command.ts";
import type { Candidate } from "../cli/complete.ts";
import type { Ports } from "../ports/ports.ts";
import type { TownPaths } from "../town/paths.ts";

/** What a lookup works with. */
interface Asked {
  ports: Ports;
  prefix: string;
}

/** More candidates than this help nobody. */
const LIMIT = 200;

/** Names for the shell to complete with; finds nothing, rather than failing, where there is nothing to read. */
export async function lookUpNames(
  ports: Ports,
  asked: { source: CompletionSource; prefix: string },
): Promise<Candidate[]> {
  const { source, prefix } = asked;
  try {
    const found = await lookUps[source]({ ports, prefix });
    return found.filter(({ value }) => source === "bead" || value.startsWith(prefix)).slice(0, LIMIT);
  } catch {
    return [];
  }
}

const lookUps: Record<CompletionSource, (asked: Asked) => Promise<Candidate[]>> = {
  agent: agentNames,
  bead: beadIds,
  convoy: (asked) => idsOfType(asked, "convoy"),
  file: () => Promise.resolve([]),
  gate: (asked) => idsOfType(asked, "gate"),
  message: (asked) => idsOfType(asked, "message"),
  molecule: moleculeNames,
  rig: rigNames,
  run: async (asked) => [...await moleculeNames(asked), ...await runIds(asked)],
  session: async (asked) => [...await programNames(asked), ...await workerNames(asked)],
  "bead-or-target": async (asked) => [...await openBeadIds(asked), ...await targetNames(asked)],
  target: targetNames,
  worker: workerNames,
};

async function beadIds({ ports, prefix }: Asked): Promise<Candidate[]> {
  return await readLedger(ports, ({ view }) =>
    view.idsByPrefix(prefix, LIMIT).flatMap((id) => {
      const bead = view.beadById(id);
      return bead ? [{ value: id, summary: bead.title }] : [];
    }));
}

/** Beads that nobody has yet. */
async function openBeadIds({ ports, prefix }: Asked): Promise<Candidate[]> {
  const { INTERNAL_TYPES } = await import("../beads/issue_types.ts");
  return await readLedger(ports, ({ view }) =>
    view.beads("status = 'open' ORDER BY priority, created")
      .filter((bead) => bead.id.startsWith(prefix) && !INTERNAL_TYPES.includes(bead.issue_type))
      .slice(0, LIMIT)
      .map(({ id, title }) => ({ value: id, summary: title })));
}

async function targetNames(asked: Asked): Promise<Candidate[]> {
  return [
    ...await rigNames(asked),
    ...await workerNames(asked),
    ...await crewNames(asked),
    { value: "coordinator" },
  ];
}

async function idsOfType({ ports }: Asked, type: string): Promise<Candidate[]> {
  return await readLedger(ports, ({ view }) =>
    view.rows<{ id: string; title: string }>(
      "SELECT id, title FROM beads WHERE issue_type = ? AND status <> 'closed' ORDER BY updated DESC LIMIT ?",
      type,
      LIMIT,
    ).map(({ id, title }) => ({ value: id, summary: title })));
}

async function readLedger<T>(
  ports: Ports,
  read: (ledger: import("../ledger/ledger.ts").Ledger) => T,
): Promise<T> {
  const { findLedger, openLedger } = await import("../ledger/open.ts");
  const ledger = openLedger(ports, { folder: findLedger(ports) });
  try {
    return read(ledger);
  } finally {
    ledger.close();
  }
}

async function pathsOfTown(ports: Ports): Promise<TownPaths> {
  const { findTown } = await import("../town/town.ts");
  const { townPaths } = await import("../town/paths.ts");
  return townPaths(findTown(ports));
}

async function rigNames({ ports }: Asked): Promise<Candidate[]> {
  const paths = await pathsOfTown(ports);
  return ports.files.list(paths.rigs).map((value) => ({ value, summary: "rig" }));
}

async function workerNames({ ports }: Asked): Promise<Candidate[]> {
  const paths = await pathsOfTown(ports);
  return ports.files.list(paths.rigs).flatMap((rig) =>
    ports.files.list(paths.rig(rig).workers).map((n) => ({
      value: `worker-${n}`,
      summary: `worker in ${rig}`,
    }))
  );
}

async function crewNames({ ports }: Asked): Promise<Candidate[]> {
  const paths = await pathsOfTown(ports);
  return ports.files.list(paths.rigs).flatMap((rig) =>
    ports.files.list(`${paths.rig(rig).root}/crew`).map((name) => ({
      value: `crew/${name}`,
      summary: `in ${rig}`,
    }))
  );
}

async function programNames(asked: Asked): Promise<Candidate[]> {
  const rigs = await rigNames(asked);
  return [
    { value: "coordinator" },
    { value: "steward" },
    ...rigs.flatMap(({ value }) => [{ value: `witness/${value}` }, { value: `refinery/${value}` }]),
  ];
}

async function agentNames({ ports }: Asked): Promise<Candidate[]> {
  const paths = await pathsOfTown(ports);
  const [{ readConfig }, { listAgents }] = await Promise.all([
    import("../town/config/read_config.ts"),
    import("../agents/presets.ts"),
  ]);
  return listAgents(ports, await readConfig(ports, paths.config)).map(({ name }) => ({ value: name }));
}

/** The latest runs. */
async function runIds({ ports, prefix }: Asked): Promise<Candidate[]> {
  return await readLedger(
    ports,
    ({ view }) =>
      view.beads(`issue_type = 'molecule' AND status <> 'tombstone' ORDER BY created DESC LIMIT ${LIMIT}`)
        .filter(({ id }) => id.startsWith(prefix))
        .map(({ id, title }) => ({ value: id, summary: title })),
  );
}

async function moleculeNames({ ports }: Asked): Promise<Candidate[]> {
  const [{ moleculeNames: namesIn }, { libraryHere }] = await Promise.all([
    import("../molecules/library.ts"),
    import("./gt_support/library.ts"),
  ]);
  return namesIn(libraryHere(ports)).map((value) => ({ value }));
}
