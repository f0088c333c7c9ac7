import { dirname, join } from "node:path";
import { CommandError } from "../../lib/errors.ts";

const BEGIN = "<!-- bd:begin (bd onboard writes this section) -->";
const END = "<!-- bd:end -->";

/** What agents are told about bd, without the marks. */
export const SECTION = `## Work is kept with bd

This project keeps its issues in a ledger, with the command \`bd\`. Before you start, run \`bd prime\`: it says how to
find, take and finish work, and what is ready now.

- \`bd ready\` lists what can begin; \`bd update ID --claim\` takes it, \`bd close ID --reason "…"\` finishes it
- \`bd create "…" --deps discovered-from:ID\` keeps what you find on the way; plan in beads, not in files of your own
- \`bd sync\` shares it with the other clones; every command takes \`--json\` and \`--help\``;

/** The file for agents beside a `.beads` folder. */
export function onboardFile(folder: string): string {
  return join(dirname(folder), "AGENTS.md");
}

/** A file's text with the section in it, at its place or at the end. @throws {CommandError} `marks_broken`. */
export function withSection(text: string, file: string): string {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const section = [BEGIN, "", ...SECTION.split("\n"), "", END].join(eol);
  const place = placeOf(text, file);
  if (place) return text.slice(0, place.start) + section + text.slice(place.end);
  const before = text.trimEnd();
  return before === "" ? section + eol : `${before}${eol}${eol}${section}${eol}`;
}

/** A file's text without the section. @throws {CommandError} `marks_broken`. */
export function withoutSection(text: string, file: string): string {
  const place = placeOf(text, file);
  if (!place) return text;
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const before = text.slice(0, place.start).trimEnd();
  const after = text.slice(place.end).trim();
  const parts = [before, after].filter((part) => part !== "");
  return parts.length === 0 ? "" : parts.join(eol + eol) + eol;
}

function placeOf(text: string, file: string): { start: number; end: number } | undefined {
  const start = text.search(/<!-- bd:begin\b/);
  const end = text.indexOf(END);
  if (start < 0 && end < 0) return undefined;
  if (start >= 0 && end > start && !/<!-- bd:begin\b/.test(text.slice(start + 1))) {
    return { start, end: end + END.length };
  }
  throw new CommandError("refused", `Cannot change "${file}": its marks of bd are not one pair`, {
    code: "marks_broken",
    hints: [`it needs one ${BEGIN} with one ${END} below it, or neither`],
  });
}
