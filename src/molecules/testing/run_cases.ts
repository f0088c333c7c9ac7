import { CommandError } from "../../lib/errors.ts";
import type { Definition } from "../definition.ts";
import { child, type Field, placeOf } from "../language/field.ts";
import type { Complain } from "./complain.ts";
import { judge } from "./judge.ts";
import { type Played, playRun } from "./play.ts";
import type { WrittenCase } from "./schema.ts";
import { settingOf } from "./setting.ts";

/** Where a case went another way than it says. */
export interface CaseProblem {
  file: string;
  line: number;
  column: number;
  message: string;
}

/** How a case went. */
export interface CaseResult {
  name: string;
  line: number;
  problems: readonly CaseProblem[];
  /** Absent when it could not be played. */
  played?: Played;
}

/** Plays one case of a molecule, and compares. */
export async function runCase(
  definition: Definition,
  { written, file }: { written: Field<WrittenCase>; file: string },
): Promise<CaseResult> {
  const problems: CaseProblem[] = [];
  const complain: Complain = ({ line, column }, message) => problems.push({ file, line, column, message });
  const name = written.value.name;
  const { line } = placeOf(written);
  const inOrder = () => problems.toSorted((one, other) => one.line - other.line || one.column - other.column);
  const setting = await settingOf(definition, { written, complain });
  if (!setting) return { name, line, problems: inOrder() };
  try {
    const played = playRun(setting);
    setting.results.check(played.open);
    judge(played, { expect: child(written, "expect")!, complain });
    return { name, line, problems: inOrder(), played };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    complain(placeOf(written), error.message);
    return { name, line, problems };
  }
}
