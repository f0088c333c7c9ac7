import { isAbsolute, relative } from "node:path";
import type { Context } from "../../cli/command.ts";
import { present } from "../../lib/present.ts";
import { printableText } from "../../lib/printable.ts";
import type { OpenRun } from "../../molecules/engine/journal/run_log.ts";
import type { SourcePlace } from "../../molecules/definition.ts";
import { annotation, groupedLine } from "../../ui/run_ci.ts";
import type { EndedStep } from "../../ui/run_report.ts";
import { stepName } from "../../ui/step_name.ts";
import type { PrintedSteps } from "./printed_steps.ts";
import { repositoryAround } from "./runs.ts";

/** Tells the runner of a job what it shows by itself. */
export interface CiTeller {
  /** An attempt is over: prints what it has printed in a group of its own, and an annotation when it has failed. */
  ended(ended: EndedStep): void;
  /** The run is over: no job is red without an error that says why. */
  over(open: OpenRun): void;
}

/** Makes one that reads what steps have printed. */
export function createCiTeller(context: Context, printed: PrintedSteps): CiTeller {
  const { out } = context;
  let hasError = false;
  // The runner reads a command only where it begins a line.
  const annotate = (kind: "error" | "warning", { open, title, text, place }: {
    open: OpenRun;
    title: string;
    text: string;
    place?: SourcePlace | undefined;
  }) => {
    if (kind === "error") hasError = true;
    const { definition, root } = open.begun;
    const file = fileOf(context, { source: place?.file ?? definition.source, root });
    const at = file === undefined ? {} : { file, ...present({ line: place?.line }) };
    out.line(annotation(kind, { title, text: printableText(text), ...at }));
  };
  return {
    ended({ open, step, name, allowFailure }) {
      const { definition, record: { status, reason, count } } = step;
      if (count !== undefined) return;
      const lines = definition.action.kind === "run" ? printed(open, { step, most: Infinity }) : [];
      if (lines.length > 0) {
        out.line([`::group::${groupedLine(name)}`, ...lines.map(groupedLine), "::endgroup::"].join("\n"));
      }
      if (status !== "failed") return;
      annotate(allowFailure ? "warning" : "error", {
        open,
        title: `${open.begun.definition.name} › ${stepName(step.id, step.record)}`,
        text: reason?.text ?? "failed",
        place: definition.place,
      });
    },
    over(open) {
      const { run, begun: { definition } } = open;
      if (run.status === "succeeded" || hasError) return;
      annotate("error", { open, title: definition.name, text: run.reason?.text ?? run.status });
    },
  };
}

/**
 * A file as the runner wants it: a path from the root of the repository, here or where that was at `root`; undefined for
 * one outside of it.
 */
export function fileOf(
  { ports }: Context,
  { source, root }: { source: string; root?: string | undefined },
): string | undefined {
  if (!isAbsolute(source)) return undefined;
  return [repositoryAround(ports), root].filter((folder) => folder !== undefined)
    .map((folder) => relative(folder, source))
    .find((file) => !file.startsWith("..") && !isAbsolute(file));
}
