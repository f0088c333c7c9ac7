import { CommandError } from "../lib/errors.ts";
import type { Ports } from "../ports/ports.ts";
import type { Town } from "./town.ts";

type Deps = { ports: Pick<Ports, "files">; town: Pick<Town, "paths"> };

/** A member of the crew: a person's own worktree in a rig. Names are unique in the town. */
export interface CrewMember {
  name: string;
  rig: string;
  path: string;
}

/** Every member, by name; reads folders only. */
export function crewMembers({ ports: { files }, town }: Deps): CrewMember[] {
  return files.list(town.paths.rigs).flatMap((rig) => {
    const { root, crew } = town.paths.rig(rig);
    return files.list(`${root}/crew`).map((name) => ({ name, rig, path: crew(name) }));
  }).sort((a, b) => a.name < b.name ? -1 : 1);
}

/** A member by name, with or without `crew/`. @throws {CommandError} `crew_not_found` naming those there are. */
export function crewMember(deps: Deps, written: string): CrewMember {
  const name = written.replace(/^crew\//, "");
  const members = crewMembers(deps);
  const found = members.find((member) => member.name === name);
  if (found) return found;
  throw new CommandError("refused", `Cannot find crew "${name}": there is no such worktree`, {
    code: "crew_not_found",
    hints: [
      ...(members.length === 0 ? [] : [`There are: ${members.map((one) => one.name).join(", ")}`]),
      `gt crew add ${name} --rig RIG`,
    ],
  });
}
