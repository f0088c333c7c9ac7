import { join } from "node:path";
import { sha256 } from "../../../ledger/hash.ts";

/** Where the shell is: looking for it in PATH takes longer than starting it. */
export const SHELL = "/bin/sh";

/** Where the folders of all runs are. */
export function runsFolder(ledgerFolder: string): string {
  return join(ledgerFolder, "runs");
}

/** Where a run keeps what its commands print and say about themselves. */
export function runFolder(ledgerFolder: string, run: string): string {
  return join(runsFolder(ledgerFolder), run);
}

/** The file that names the driver whose commands may begin, by its term. */
export function fencePath(folder: string): string {
  return join(folder, "driver");
}

/**
 * The files of a lane: commands that run one after the other share them, because making files is slow on a disk that
 * is flushed at every step.
 */
export function lanePaths(folder: string, lane: number): { record: string; log: string; output: string } {
  const base = join(folder, `lane-${lane}`);
  return { record: `${base}.record`, log: `${base}.log`, output: `${base}.out` };
}

/** The longest name of an attempt that is a name of a file as it is; file systems take 255 bytes. */
const LONGEST_NAME = 120;

/** A file of an attempt alone. */
export function attemptPath(folder: string, { name, suffix }: { name: string; suffix: string }): string {
  const sum = () => sha256(name).slice(0, 16);
  const short = name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME)}~${sum()}`;
  return join(folder, `${short}.${suffix}`);
}

// It is started while the decision to begin it is being written, and waits for that. Then the order matters: who is
// followed by another driver has either written that it began before that one looks, or sees that it is not to begin.
// It is allowed by its start mark, which tells it from others that get its number later.
const BEGIN = `read -r gt_mark <&3 || exit 75
exec 3<&-
gt_record=$1 gt_name=$2 gt_fence=$3 gt_term=$4 gt_command=$5
echo "start $gt_name $$ $6 $gt_mark" >>"$gt_record" || exit 75
gt_driver=
read -r gt_driver <"$gt_fence"
if [ "$gt_driver" != "$gt_term" ]; then
  echo "skip $gt_name $$" >>"$gt_record"
  exit 75
fi`;

const PLAIN = `${BEGIN}
shift 6
trap 'echo "exit $gt_name $?" >>"$gt_record"' EXIT
set -e
eval "$gt_command"`;

const APART = `${BEGIN}
shift 6
trap : INT TERM HUP
( set -e; eval "$gt_command" )
gt_code=$?
echo "exit $gt_name $gt_code" >>"$gt_record"
exit $gt_code`;

/**
 * What runs the command `$5`, to its end or to the first command in it that fails, so that whoever comes later knows whether it began, which process it is, and how it ended:
 * `$2` is its name in the record `$1`; it begins only while `$4` stands in the file `$3`. `$6` is how long the files
 * are to which its streams are added.
 *
 * Only builtins of the shell are used, so it costs next to nothing; a command that may take the place of its shell, or
 * have a say in how that ends, costs a fork more.
 */
export function commandScript(command: string): string {
  return /\b(eval|exec|source|trap)\b|(?:^|[\s;&|({])\.\s/.test(command) ? APART : PLAIN;
}

/**
 * The same with all that the command prints sent through the filter `$7`, each stream through its own if `$8` is
 * `apart`; the command does not get the variables `$9`.
 *
 * When the command itself has ended, GT_MASKEND is sent after what it has printed. A filter to which that comes says so
 * at descriptor 3, which ends the waiting for it; it goes on for what the command has left running. What ends the group
 * ends neither of them, so that what the command says last is passed on, and its code written down.
 */
export const FILTERED_SCRIPT = `${BEGIN}
gt_filter=$7 gt_apart=$8 gt_hide=$9
shift 9
trap : INT TERM HUP
: >"$gt_record.code" || exit 1
gt_run() {
  trap : INT TERM HUP
  ( unset $gt_hide; set -e; eval "$gt_command" )
  echo "$?" >"$gt_record.code"
  echo "$GT_MASKEND"
  if [ "$gt_apart" = apart ]; then echo "$GT_MASKEND" >&2; fi
}
gt_pass() {
  trap '' INT TERM HUP
  { { exec 5<&0; eval "exec $gt_filter" 3>&1 <&5 >&4 4>&- 5<&- & } | read -r gt_seen; } 4>&1
}
if [ "$gt_apart" = apart ]; then
  { { gt_run 2>&1 >&3 3>&- | gt_pass >&2 3>&-; } 3>&1 | gt_pass; }
else
  gt_run 2>&1 | gt_pass
fi
read -r gt_code <"$gt_record.code" || gt_code=1
echo "exit $gt_name $gt_code" >>"$gt_record"
exit "$gt_code"`;

/** The code with which a command ends that was not to begin. */
export const SKIPPED_CODE = 75;
