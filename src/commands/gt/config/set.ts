import { defineCommand } from "../../../cli/command.ts";

/** `gt config set`. */
export const command = defineCommand({
  name: "gt config set",
  summary: "Change one value of town.yaml",
  description:
    "The value is read as YAML: 6, true, [npm ci]. Comments and the order of keys stay. A result that is not valid " +
    "is refused, and the file stays as it was. Running programs follow the change by themselves.",
  positionals: [
    { name: "key", summary: "Dotted name of the value", required: true },
    { name: "value", summary: "The value, as YAML", required: true },
  ],
  examples: [
    { line: "gt config set limits.workers 6", summary: "Let six workers run at once" },
    { line: "gt config set limits.stall_after 30m", summary: "Be more patient with silent workers" },
  ],
  async run({ args, ports, out }) {
    const { findTown } = await import("../../../town/town.ts");
    const { townPaths } = await import("../../../town/paths.ts");
    const { configPath, readValue } = await import("../../../town/config/config_values.ts");
    const { editConfig } = await import("../../../town/config/config_edit.ts");
    const paths = townPaths(findTown(ports));
    const [key, written] = [args.key as string, args.value as string];
    const path = configPath(key);
    const value = readValue(path, written);
    const { readRigMolecule } = await import("../../../work/rig_molecule.ts");
    const changed = await editConfig(ports, {
      paths,
      change: (edit) => edit.set(path, value),
      async check({ rigs }) {
        const [section, rig, field = "molecule"] = path;
        if (section !== "rigs" || field !== "molecule") return;
        // A text of the town itself, which a name in the configuration must lead to.
        for (const [name, config] of Object.entries(rigs)) {
          if (rig !== undefined && rig !== name) continue;
          await readRigMolecule({ ports, folder: paths.molecules }, { rig: name, config });
        }
      },
    });
    out.result({ key, value, changed });
    out.line(changed ? `✓ ${key} is now ${written}` : `${key} is ${written} already`);
  },
});
