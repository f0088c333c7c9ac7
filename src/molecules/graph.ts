import type { Definition, StepDefinition } from "./definition.ts";
import { stepGraph } from "./step_graph.ts";

/** How a graph is written. */
export const GRAPH_FORMATS = ["text", "mermaid", "dot"] as const;

/** One of {@linkcode GRAPH_FORMATS}. */
export type GraphFormat = (typeof GRAPH_FORMATS)[number];

/** The steps of a molecule and what they wait for. */
export function graphText(definition: Definition, format: GraphFormat): string {
  switch (format) {
    case "text":
      return textGraph(definition);
    case "mermaid":
      return mermaidGraph(definition);
    case "dot":
      return dotGraph(definition);
  }
}

interface Group {
  title: string;
  steps: readonly StepDefinition[];
}

function groupsOf({ steps, onFailure, finally: last }: Definition): Group[] {
  return [
    { title: "steps", steps },
    { title: "on_failure", steps: onFailure },
    { title: "finally", steps: last },
  ].filter((group) => group.steps.length > 0);
}

/** What the edge from a need to a step says; most say nothing. */
function edgeLabel({ needs, always, onFailureOf }: StepDefinition, need: string): string {
  if (need === onFailureOf) return "failed";
  const mode = needs.mode === "all"
    ? ""
    : needs.mode === "any"
    ? "any"
    : `${needs.count} of ${needs.of.length}`;
  return [mode, always ? "always" : ""].filter(Boolean).join(", ");
}

function nodeLabel(step: StepDefinition): string {
  const { id, action, matrix, forEach } = step;
  const times = matrix ? ` ×${matrix.length}` : forEach ? " ×n" : "";
  return `${id}${times}${action.kind === "checklist" ? "" : ` (${action.kind})`}`;
}

function textGraph(definition: Definition): string {
  const blocks = groupsOf(definition).map(({ title, steps }) => {
    const { order, waves } = stepGraph(steps);
    const lines: string[] = title === "steps" ? [] : [`${title}:`];
    let wave = -1;
    for (const position of order) {
      const step = steps[position]!;
      const byLabel = Map.groupBy(step.needs.of, (need) => edgeLabel(step, need));
      const needs = [...byLabel].map(([label, ids]) =>
        `${label === "" ? "" : `${label}: `}${ids.join(", ")}`
      );
      const number = waves[position]! === wave ? "" : String(waves[position]! + 1);
      wave = waves[position]!;
      lines.push(
        `${number.padStart(3)}  ${nodeLabel(step)}${needs.length === 0 ? "" : `  ← ${needs.join("; ")}`}`,
      );
    }
    return lines.join("\n");
  });
  return blocks.join("\n\n");
}

/** Shapes tell kinds apart: gates are diamonds, nested runs have double edges. */
const MERMAID_SHAPES: Readonly<Record<StepDefinition["action"]["kind"], readonly [string, string]>> = {
  run: ["[", "]"],
  prompt: ["(", ")"],
  gate: ["{{", "}}"],
  molecule: ["[[", "]]"],
  convoy: ["[[", "]]"],
  checklist: ["(", ")"],
};

function mermaidGraph(definition: Definition): string {
  const lines = ["flowchart TD"];
  for (const { title, steps } of groupsOf(definition)) {
    const indent = title === "steps" ? "  " : "    ";
    if (title !== "steps") lines.push(`  subgraph ${title}`);
    for (const step of steps) {
      const [open, close] = MERMAID_SHAPES[step.action.kind];
      lines.push(`${indent}${mermaidId(step.id)}${open}"${mermaidText(nodeLabel(step))}"${close}`);
    }
    for (const step of steps) {
      for (const need of step.needs.of) {
        const label = edgeLabel(step, need);
        const arrow = label === "" ? "-->" : `-- "${mermaidText(label)}" -->`;
        lines.push(`${indent}${mermaidId(need)} ${arrow} ${mermaidId(step.id)}`);
      }
    }
    if (title !== "steps") lines.push("  end");
  }
  return lines.join("\n");
}

/** Words such as `end` mean something to mermaid. */
function mermaidId(id: string): string {
  return `s_${id}`;
}

function mermaidText(text: string): string {
  return text.replaceAll('"', "#quot;");
}

const DOT_SHAPES: Readonly<Record<StepDefinition["action"]["kind"], string>> = {
  run: "box",
  prompt: "ellipse",
  gate: "diamond",
  molecule: "box3d",
  convoy: "box3d",
  checklist: "ellipse",
};

function dotGraph(definition: Definition): string {
  const quoted = (text: string) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  const lines = [`digraph ${quoted(definition.name)} {`, "  rankdir=TB;"];
  for (const { title, steps } of groupsOf(definition)) {
    const indent = title === "steps" ? "  " : "    ";
    if (title !== "steps") lines.push(`  subgraph cluster_${title} {`, `    label=${quoted(title)};`);
    for (const step of steps) {
      lines.push(
        `${indent}${quoted(step.id)} [label=${quoted(nodeLabel(step))}, shape=${
          DOT_SHAPES[step.action.kind]
        }];`,
      );
    }
    for (const step of steps) {
      for (const need of step.needs.of) {
        const label = edgeLabel(step, need);
        const how = label === "" ? "" : ` [label=${quoted(label)}]`;
        lines.push(`${indent}${quoted(need)} -> ${quoted(step.id)}${how};`);
      }
    }
    if (title !== "steps") lines.push("  }");
  }
  return [...lines, "}"].join("\n");
}
