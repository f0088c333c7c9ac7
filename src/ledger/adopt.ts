import { initLedger } from "./init.ts";
import { projectionText } from "./projection.ts";
import { fetchRefs, REMOTE_REFS } from "./sync.ts";
import { applyRefs } from "./sync_apply.ts";
import { openSyncRepository, type SyncPorts } from "./sync_repository.ts";

/**
 * The beads that another repository carries in its refs, as the text of an `issues.jsonl` for `importJsonl`.
 *
 * `repository` is a checkout or a bare folder; its `origin` is asked first, when it has one. `scratch` is a folder to
 * work in that does not exist yet; it is gone afterwards. Undefined when there are none.
 *
 * @throws {CommandError} when git fails.
 */
export async function readRepositoryBeads(
  ports: SyncPorts,
  { repository, scratch }: { repository: string; scratch: string },
): Promise<string | undefined> {
  const opened = await openSyncRepository(ports, { folder: repository });
  if (!opened) return undefined;
  const remotes = (await opened.read(["remote"])).split("\n");
  if (remotes.includes("origin")) await fetchRefs(opened, "origin");
  const patterns = ["refs/beads/", "refs/heads/beads/", `${REMOTE_REFS}/`];
  const found = await opened.read(["for-each-ref", "--count=1", ...patterns]);
  if (found.trim() === "") return undefined;
  const ledger = initLedger(ports, { folder: scratch });
  try {
    await applyRefs(opened, { ledger, patterns });
    return projectionText(ledger.view);
  } finally {
    ledger.close();
    ports.files.remove(scratch);
  }
}
