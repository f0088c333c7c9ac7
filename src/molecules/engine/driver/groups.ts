import type { Json } from "../../../lib/json.ts";
import type { BeadKey, Ledger } from "../../../ledger/ledger.ts";
import type { Ports } from "../../../ports/ports.ts";
import { runFolder } from "../commands/command_files.ts";
import { attemptName, openLanes } from "../commands/lanes.ts";
import { holderOf } from "./lease.ts";
import { type OpenRun, readRun } from "../journal/run_log.ts";
import { summaryOf } from "../journal/run_store.ts";
import { hasEnded, type StepRecord } from "../../machine/run.ts";
import { runName } from "../journal/step_at.ts";
import { recordAt } from "../../machine/step_list.ts";
import { stepNumber } from "../../machine/step_number.ts";

/** What places are taken with. */
export interface GroupDeps {
  ports: Pick<Ports, "clock" | "files" | "processes">;
  ledger: Ledger;
}

/** Under which kind of ephemeral value the places of a group are kept, by the name of the group. */
const GROUP = "mol-group";

/** Who has a place: an attempt of a step, or a whole run. */
export interface PlaceHolder {
  run: BeadKey;
  step?: string;
  attempt?: number;
}

/**
 * Takes a place in a group of steps, or of runs, on this machine; false when all of them are taken.
 *
 * Nobody gives a place back: whoever has ended, or is gone, does not have one any more. A run has the place of the run
 * that it is a part of.
 */
export function takePlace(deps: GroupDeps, asking: Asking): boolean {
  for (;;) {
    const { key, found, taken, isTaken } = lookAt(deps, asking);
    if (isTaken) return true;
    if (taken.length >= asking.limit) return false;
    const next = asJson([...taken, asking.holder])!;
    if (deps.ledger.ephemeral.swap(GROUP, key, asJson(found), next)) return true;
  }
}

/** Who has the places of a group that is full for somebody; undefined where they have one, or there is one for them. */
export function whoHasPlaces(deps: GroupDeps, asking: Asking): PlaceHolder[] | undefined {
  const { taken, isTaken } = lookAt(deps, asking);
  return isTaken || taken.length < asking.limit ? undefined : taken;
}

/** Who asks for a place in a group. */
export interface Asking {
  group: string;
  limit: number;
  holder: PlaceHolder;
  /** The holder's run as it is now, which may not be written yet. */
  open: OpenRun;
}

/** The places of a group, and whether who asks has one, or a run that theirs is a part of. */
function lookAt(
  deps: GroupDeps,
  { group, limit, holder, open }: Asking,
): { key: string; found: PlaceHolder[] | undefined; taken: PlaceHolder[]; isTaken: boolean } {
  const { view, ephemeral } = deps.ledger;
  const key = `${holder.step === undefined ? "runs" : "steps"} ${group}`;
  const own = JSON.stringify(holder);
  const read = (run: BeadKey) => run === open.key ? open : readRun(view, run);
  const found = ephemeral.get<Json>(GROUP, key) as unknown as PlaceHolder[] | undefined;
  const before = found ?? [];
  if (before.some((one) => JSON.stringify(one) === own)) return { key, found, taken: before, isTaken: true };
  const taken = before.length >= limit
    ? before.filter((one) => hasPlace(deps, { holder: one, at: read(one.run), open }))
    : before;
  return { key, found, taken, isTaken: holder.step === undefined && isPartOf(view, { open, runs: taken }) };
}

/** Whether somebody who has a place still needs it: one whose driver was killed does while something is at work. */
function hasPlace(
  deps: GroupDeps,
  { holder, at, open }: { holder: PlaceHolder; at: OpenRun | undefined; open: OpenRun },
): boolean {
  if (!at || hasEnded(at.run)) return false;
  const isDriven = at.key === open.key || isBackground(deps, at) || holderOf(deps, at.key) !== undefined;
  if (holder.step === undefined) return isDriven;
  const index = stepNumber(at.rules, { steps: at.run.steps, step: holder.step });
  const record = index === undefined ? undefined : recordAt(at.run.steps, index);
  if (record === undefined || record.attempt !== holder.attempt) return false;
  if (record.status !== "running" && record.status !== "waiting") return false;
  return isDriven || isAtWork(deps, { at, record, holder });
}

/** Whether the steward drives it, or will again. */
function isBackground(deps: GroupDeps, open: OpenRun): boolean {
  const { view } = deps.ledger;
  const bead = view.beadByKey(open.key);
  const summary = bead && summaryOf(bead);
  if (summary?.parent === undefined) return summary?.background === true;
  const parent = readRun(view, summary.parent as BeadKey);
  return parent !== undefined && isBackground(deps, parent);
}

/** Whether its bead is open, or its command still runs although its driver does not. */
function isAtWork(
  { ports: { files, processes }, ledger }: GroupDeps,
  { at, record, holder }: { at: OpenRun; record: StepRecord; holder: PlaceHolder },
): boolean {
  if (record.bead !== undefined) {
    const status = ledger.view.beadById(record.bead)?.status;
    return status !== undefined && status !== "closed";
  }
  const lanes = openLanes(files, { folder: runFolder(ledger.folder, runName(at.key)) });
  const command = lanes.find(attemptName({ id: holder.step!, attempt: holder.attempt! }));
  return command?.pid !== undefined && command.code === undefined &&
    processes.observe(command.pid, command.mark) === "alive";
}

function isPartOf(
  view: Ledger["view"],
  { open, runs }: { open: OpenRun; runs: readonly PlaceHolder[] },
): boolean {
  for (let at: OpenRun | undefined = open; at?.begun.parent;) {
    const parent: BeadKey = at.begun.parent.run;
    if (runs.some(({ run }) => run === parent)) return true;
    at = readRun(view, parent);
  }
  return false;
}

function asJson(holders: readonly PlaceHolder[] | undefined): Json | undefined {
  return holders as unknown as Json | undefined;
}
