import { join } from "node:path";
import type { Town } from "./town.ts";
import { fail, filePart, ok, type TownPart } from "./town_part.ts";

const ignored = ["/.beads/", "/.gt/", "/rigs/"];

/** `.gitignore`: the town's own repository carries its configuration and workflows, and nothing that is derived or big. */
export const ignoreFile: TownPart = {
  name: ".gitignore",
  installed: true,
  look(town) {
    const missing = missingLines(town);
    return missing.length === 0 ? ok("complete") : fail(`does not ignore ${missing.join(", ")}`);
  },
  make(town) {
    const missing = missingLines(town);
    if (missing.length === 0) return;
    const { files } = town.ports;
    const path = join(town.root, ".gitignore");
    const before = files.readText(path) ?? "";
    const end = before === "" || before.endsWith("\n") ? "" : "\n";
    files.writeText(path, `${before}${end}${missing.join("\n")}\n`);
  },
};

function missingLines(town: Town): string[] {
  const lines = (town.ports.files.readText(join(town.root, ".gitignore")) ?? "").split("\n");
  return ignored.filter((line) => !lines.includes(line));
}

/** The folders of a town. */
export const folders: TownPart = {
  name: "folders",
  installed: true,
  look(town) {
    const missing = foldersOf(town).filter((path) => town.ports.files.kind(path) !== "folder");
    return missing.length === 0 ? ok("all there") : fail(`missing: ${missing.join(", ")}`);
  },
  make(town) {
    for (const path of foldersOf(town)) town.ports.files.makeFolder(path);
  },
};

function foldersOf({ paths }: Town): string[] {
  return [paths.molecules, paths.convoys, paths.logs, paths.locks, paths.bin, paths.rigs];
}

/** `.gt/town.schema.json`, which an editor reads to complete and check town.yaml. */
export const schemaFile = filePart("schema of town.yaml", {
  path: (town) => join(town.paths.runtime, "town.schema.json"),
  text: async () => {
    const { configSchema } = await import("./config/config_keys.ts");
    return JSON.stringify(configSchema(), undefined, 2) + "\n";
  },
});
