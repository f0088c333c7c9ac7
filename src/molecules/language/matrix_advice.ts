import { plainValue, type YamlNode } from "../source/node.ts";
import { yamlValue } from "../source/yaml_value.ts";
import { shortened } from "./problem.ts";

/** What to write in the place of the `exclude` or `include` of another language's matrix; undefined for any other name. */
export function matrixAdvice(name: string, rows: YamlNode): string | undefined {
  if (name !== "exclude" && name !== "include" || rows.kind !== "list") return undefined;
  const maps = rows.items.map((item) => plainValue(item)).filter((row): row is Record<string, unknown> =>
    typeof row === "object" && row !== null && !Array.isArray(row)
  );
  const [first] = maps;
  if (!first) return undefined;
  const none = `matrix: there is no "${name}" here; `;
  if (name === "include") {
    const [key = "NAME"] = Object.keys(first);
    return `${none}for rows of its own a step has for_each: '[{"${key}": …}, …]' in the place of matrix, and reads item.${key}`;
  }
  const condition = maps.map((row) =>
    `!(${
      Object.entries(row).map(([key, value]) => `matrix.${key} == ${JSON.stringify(value)}`).join(" && ")
    })`
  ).join(" && ");
  return `${none}what is left out is said in when: ${shortened(yamlValue(condition), 160)}`;
}
