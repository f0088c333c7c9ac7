import type { Context } from "../../cli/command.ts";
import { createGit } from "../../git/git.ts";
import { timeOfOperation } from "../../ledger/past.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import { parseWhen } from "./when.ts";

/**
 * A moment of the past in ms since the epoch: a time, how long ago, an operation as `bd history --json` names it, or a revision of git.
 *
 * @throws {CommandError} `bad_moment`.
 */
export async function momentOf(context: Context, options: { ledger: Ledger; text: string }): Promise<number> {
  const { ledger, text } = options;
  const { ports } = context;
  const operation = timeOfOperation(ledger.view, text.trim());
  if (operation !== undefined) return operation;
  try {
    return parseWhen(text, { now: ports.clock.now(), back: true });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
  }
  const commit = await timeOfRevision(context, { folder: ports.env.cwd(), revision: text.trim() });
  if (commit !== undefined) return commit;
  throw new CommandError(
    "usage",
    `Cannot read moment "${text}": it is no time, operation or revision of git`,
    {
      code: "bad_moment",
      hints: ["write 2026-11-23, 2026-11-23T16:00:00Z, yesterday, 2h, HEAD~3, a tag, or an operation"],
    },
  );
}

async function timeOfRevision(
  { ports }: Context,
  { folder, revision }: { folder: string; revision: string },
): Promise<number | undefined> {
  if (revision === "" || revision.startsWith("-")) return undefined;
  const finished = await createGit(ports).run(
    folder,
    ["log", "-1", "--format=%ct", "--end-of-options", revision, "--"],
    { read: true },
  );
  const seconds = Number(finished.stdout.trim());
  return finished.code === 0 && seconds > 0 ? seconds * 1000 + 999 : undefined;
}
