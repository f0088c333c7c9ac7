import { isAbsolute, relative } from "node:path";
import type { Context } from "../../cli/command.ts";
import { printableText } from "../../lib/printable.ts";
import type { OpenRun } from "../../molecules/engine/journal/run_log.ts";
import type { StepAt } from "../../molecules/engine/journal/step_at.ts";
import { annotation } from "../../ui/run_ci.ts";
import type { PrintedSteps } from "./printed_steps.ts";
import { repositoryAround } from "./runs.ts";

/** Prints what an attempt that is over has printed, in a group of its own, and an annotation when it has failed. */
export function tellCi(
  context: Context,
  printed: PrintedSteps,
  { open, step }: { open: OpenRun; step: StepAt },
): void {
  const { out } = context;
  const { definition, record: { status, reason, count } } = step;
  if (count !== undefined) return;
  const lines = definition.action.kind === "run" ? printed(open, { step, most: Infinity }) : [];
  if (lines.length > 0) out.line([`::group::${step.id}`, ...lines, "::endgroup::"].join("\n"));
  if (status !== "failed") return;
  // The runner reads a command only where it begins a line.
  out.line(
    annotation(definition.allowFailure ? "warning" : "error", {
      title: `${open.begun.definition.name} › ${step.id}`,
      text: printableText(reason?.text ?? "failed"),
      ...placeOf(context, { open, step }),
    }),
  );
}

/** Where the step stands, as the runner wants it: a path from the root of the repository. */
function placeOf(
  { ports }: Context,
  { open, step: { definition: { place } } }: { open: OpenRun; step: StepAt },
): { file?: string; line?: number } {
  const source = place?.file ?? open.begun.definition.source;
  if (!place || !isAbsolute(source)) return {};
  const file = relative(repositoryAround(ports), source);
  return file.startsWith("..") || isAbsolute(file) ? {} : { file, line: place.line };
}
