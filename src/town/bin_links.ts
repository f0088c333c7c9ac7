import { join } from "node:path";
import { quoteWords } from "../lib/quote_words.ts";
import type { Town } from "./town.ts";
import { fail, ok, type TownPart } from "./town_part.ts";

/** The names this program is called by inside of sessions. */
const names = ["gt", "bd"] as const;

/** `.gt/bin/gt` and `bd`: links to the running program, so that every session calls the one that made the town. */
export const binLinks: TownPart = {
  name: "links to this program",
  installed: true,
  look(town) {
    const off = names.filter((name) => !isCurrent(town, name));
    return off.length === 0
      ? ok(join(town.paths.bin, "{gt,bd}"))
      : fail(`not this program: ${off.map((name) => join(town.paths.bin, name)).join(", ")}`);
  },
  make(town) {
    for (const name of names) if (!isCurrent(town, name)) makeLink(town, name);
  },
};

function isCurrent(town: Town, name: string): boolean {
  const { files, processes } = town.ports;
  const path = join(town.paths.bin, name);
  const [program, ...rest] = processes.self;
  if (rest.length > 0) return files.kind(path) === "file" && files.readText(path) === wrapper(town, name);
  return files.kind(path) === "link" && files.realPath(path) === files.realPath(program!);
}

function makeLink(town: Town, name: string): void {
  const { files, processes } = town.ports;
  const path = join(town.paths.bin, name);
  const [program, ...rest] = processes.self;
  if (rest.length === 0) return files.link(program!, path);
  // A link to the program itself may stand there, which is not to be written through.
  files.remove(path);
  files.writeText(path, wrapper(town, name), { mode: 0o755 });
}

/** A program that runs in a runtime cannot see which name a link had: a script says it. */
function wrapper(town: Town, name: string): string {
  const words = [...town.ports.processes.self, ...(name === "gt" ? [] : ["--as", name])];
  return `#!/bin/sh\nexec ${quoteWords(words)} "$@"\n`;
}
