import type { Ledger } from "./ledger.ts";
import { readSegment } from "./log_files.ts";
import { cutIntoPieces, parsePieceName, pieceName } from "./sync_pieces.ts";
import { gitFailed, type SyncRepository } from "./sync_repository.ts";

/** The ref that holds the log of a replica; only that replica writes it. */
export function replicaRef(replica: string): string {
  return `refs/beads/${replica}`;
}

/** What went into the ref of this replica. */
export interface Committed {
  /** Highest sequence number in it. */
  sequence: number;
  /** Whether there was anything new. */
  fresh: boolean;
}

/** Brings the ref of this replica up to its log: one commit of what is new, made without checkout or index. */
export async function commitOwnLog(
  repository: SyncRepository,
  { ledger, now }: { ledger: Ledger; now: number },
): Promise<Committed> {
  const { folder, replica, view } = ledger;
  const ref = replicaRef(replica);
  const logs = view.rows<{ segment: number; size: number; first: number }>(
    "SELECT segment, size, first FROM logs WHERE replica = ? ORDER BY segment",
    replica,
  );
  const sequence = view.rows<{ n: number | null }>(
    "SELECT MAX(sequence) AS n FROM ops WHERE replica = ?",
    replica,
  )[0]?.n ?? 0;
  const tree = await readTree(repository, ref);
  const files: { name: string; bytes: Uint8Array }[] = [];
  for (const { segment, size } of logs) {
    const known = tree?.sizes.get(segment) ?? [];
    if (known.reduce((sum, one) => sum + one, 0) === size) continue;
    const bytes = readSegment(folder, { segment: { replica, number: segment }, from: 0 }).subarray(0, size);
    cutIntoPieces(bytes).forEach((piece, at) => {
      if (piece.length !== known[at]) files.push({ name: pieceName({ segment, piece: at }), bytes: piece });
    });
  }
  if (files.length === 0) return { sequence, fresh: false };
  await importCommit(repository, {
    ref,
    files,
    now,
    message: `beads: ${sequence} operations`,
    onto: tree !== undefined,
  });
  return { sequence, fresh: true };
}

/** Sizes of the pieces a ref holds, by segment; undefined when there is no such ref. */
async function readTree(
  repository: SyncRepository,
  ref: string,
): Promise<{ sizes: Map<number, number[]> } | undefined> {
  const listed = await repository.git(["ls-tree", "-l", ref]);
  if (listed.code !== 0) return undefined;
  const sizes = new Map<number, number[]>();
  for (const line of listed.stdout.split("\n")) {
    const found = /^\d+ blob [0-9a-f]+ +(\d+)\t(.*)$/.exec(line);
    const piece = found && parsePieceName(found[2]!);
    if (!piece) continue;
    const list = sizes.get(piece.segment) ?? [];
    list[piece.piece] = Number(found[1]);
    sizes.set(piece.segment, list);
  }
  return { sizes };
}

async function importCommit(
  repository: SyncRepository,
  { ref, files, now, message, onto }: {
    ref: string;
    files: readonly { name: string; bytes: Uint8Array }[];
    now: number;
    message: string;
    onto: boolean;
  },
): Promise<void> {
  const decoder = new TextDecoder();
  const lines = [
    `commit ${ref}`,
    `committer bd <bd@localhost> ${Math.floor(now / 1000)} +0000`,
    `data ${message.length}`,
    message,
    ...(onto ? [`from ${ref}^0`] : []),
  ];
  for (const { name, bytes } of files) {
    lines.push(`M 100644 inline ${name}`, `data ${bytes.length}`, decoder.decode(bytes));
  }
  const finished = await repository.git(["fast-import", "--quiet", "--done"], {
    stdin: `${lines.join("\n")}\ndone\n`,
  });
  if (finished.code !== 0) throw gitFailed("fast-import", finished);
}
