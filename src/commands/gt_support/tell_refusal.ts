import type { Context } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";
import { present } from "../../lib/present.ts";
import { printableText } from "../../lib/printable.ts";
import { annotation } from "../../ui/run_ci.ts";
import { leaveNoEarlier, type ReportOptions } from "./run_reports.ts";
import { fileOf } from "./tell_ci.ts";

/**
 * Does what comes before a run can be driven. Where it is refused, the reports that were asked for say so: an annotation
 * for each place that is wrong, and instead of a report of an earlier run one whose only case has failed.
 */
export async function tellingRefusal<T>(
  context: Context,
  reports: ReportOptions,
  prepare: () => T | Promise<T>,
): Promise<T> {
  try {
    return await prepare();
  } catch (error) {
    if (error instanceof CommandError) tellRefusal(context, reports, error);
    throw error;
  }
}

function tellRefusal(context: Context, { ci, junit }: ReportOptions, error: CommandError): void {
  const { args, out, ports } = context;
  const name = String(args.molecule ?? args.run ?? "run");
  if (ci) { for (const text of annotations(context, { name, error })) out.line(text); }
  const { message, hints } = error;
  leaveNoEarlier(ports, { name, message, hints, ...present({ junit }) });
}

function annotations(
  context: Context,
  { name: title, error: { message, problems } }: { name: string; error: CommandError },
): string[] {
  if (problems.length === 0) return [annotation("error", { title, text: printableText(message) })];
  return problems.map(({ file: source, line, column, message }) => {
    const file = fileOf(context, { source });
    const text = printableText(file === undefined ? `${source}:${line}: ${message}` : message);
    const at = file === undefined ? {} : { file, line, ...present({ column }) };
    return annotation("error", { title, text, ...at });
  });
}
