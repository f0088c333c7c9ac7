import type { Commit } from "../git/commit.ts";

/** What a merge is of. */
export interface MergeSubject {
  /** Id of the bead. */
  bead: string;
  /** Number of the attempt. */
  n: number;
  title: string;
}

/** The message of a merge commit: `Merge cs-login: Add the login form`, and the trailers. */
export function mergeMessage(subject: MergeSubject): string {
  return message(`Merge ${subject.bead}: ${oneLine(subject.title)}`, subject);
}

/** The message of a squashed commit: the bead's title, and the trailers. */
export function squashMessage(subject: MergeSubject): string {
  return message(oneLine(subject.title), subject);
}

/** Whether a commit carries the trailers of this try: that it landed, whatever its parents are. */
export function isLandingOf(
  commit: Pick<Commit, "body">,
  subject: Pick<MergeSubject, "bead" | "n">,
): boolean {
  const last = commit.body.trimEnd().split("\n\n").at(-1) ?? "";
  const lines = last.split("\n").map((line) => line.trim());
  return lines.includes(`Bead: ${subject.bead}`) && lines.includes(`Attempt: ${subject.n}`);
}

function message(subjectLine: string, { bead, n }: MergeSubject): string {
  return `${subjectLine}\n\nBead: ${bead}\nAttempt: ${n}\n`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
