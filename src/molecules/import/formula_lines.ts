import { type TomlPlaces, tomlPlaces } from "./toml_places.ts";

/** Where the parts of a formula stand. */
export interface FormulaLines extends TomlPlaces {
  /** The line of `steps.2.gate.type`, or of the part it stands in; with `near`, the first line from there that holds it. */
  lineOf(path: string, near?: string): number;
}

/** Finds out where the values of a formula were written. */
export function formulaLines(text: string): FormulaLines {
  const places = tomlPlaces(text);
  const source = text.split("\n");
  const lineOf = (path: string): number => {
    for (let part = path; part !== ""; part = part.slice(0, Math.max(0, part.lastIndexOf(".")))) {
      const line = places.lines.get(part) ?? places.lines.get(`${part}.0`);
      if (line !== undefined) return line;
    }
    return 1;
  };
  return {
    ...places,
    lineOf: (path, near) => {
      const line = lineOf(path);
      const wanted = near?.split("\n")[0];
      if (wanted === undefined || wanted === "") return line;
      const found = source.findIndex((each, at) => at >= line - 1 && each.includes(wanted));
      return found < 0 ? line : found + 1;
    },
  };
}
