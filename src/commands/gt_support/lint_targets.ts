import { join, resolve } from "node:path";
import { CommandError } from "../../lib/errors.ts";
import type { MoleculeText } from "../../molecules/language/compose.ts";
import type { Problem } from "../../molecules/language/problem.ts";
import { findMolecule, isPath, type Library, moleculeNames, readMolecule } from "../../molecules/library.ts";
import type { Ports } from "../../ports/ports.ts";
import { libraryHere, shownPath } from "./library.ts";

/** The problems of the molecules that were named, or of all own ones; paths as somebody here would write them. */
export async function lintTargets(
  ports: Ports,
  names: readonly string[],
): Promise<{ problems: Problem[]; checked: number }> {
  const library = libraryHere(ports);
  const targets = names.length === 0
    ? ownMolecules(library)
    : names.flatMap((name) => targetsOf(ports, { library, name }));
  const problems: Problem[] = [];
  for (const target of targets) {
    const read = await readMolecule(library, target);
    problems.push(...read.problems.map((problem) => ({ ...problem, file: shownPath(ports, problem.file) })));
  }
  return { problems: distinct(problems), checked: targets.length };
}

/** Those of a folder of their own; the built-in ones otherwise. */
function ownMolecules(library: Library): MoleculeText[] {
  const all = moleculeNames(library).map((name) => findMolecule(library, { name }));
  const own = all.filter(({ source }) => source !== "built-in");
  return own.length > 0 ? own : all.map((each) => ({ ...each, source: `built-in ${each.name}` }));
}

function targetsOf(ports: Ports, { library, name }: { library: Library; name: string }): MoleculeText[] {
  if (name === "-") return [{ text: ports.terminal.readInput() ?? "", source: "-" }];
  const path = resolve(ports.env.cwd(), name);
  if (ports.files.kind(path) !== "folder" || (!isPath(name) && moleculeNames(library).includes(name))) {
    return [findMolecule(library, { name, from: ports.env.cwd() })];
  }
  const files = ports.files.list(path).filter((file) =>
    file.endsWith(".yaml") && !file.endsWith(".test.yaml")
  );
  if (files.length === 0) {
    throw new CommandError("refused", `Cannot lint "${name}": no file NAME.yaml is in it`, {
      code: "molecule_not_found",
    });
  }
  return files.map((file) => findMolecule(library, { name: join(path, file), from: ports.env.cwd() }));
}

/** What is wrong in a file that several take in is said once. */
function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
