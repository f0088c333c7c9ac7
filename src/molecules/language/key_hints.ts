import { closestWord } from "../../lib/closest_word.ts";
import { yamlValue } from "../source/yaml_value.ts";
import { suggestion } from "./problem.ts";

/** What keys of other workflow languages are called here. */
const CALLED: Readonly<Record<string, string>> = {
  ...{ command: "run", cmd: "run", script: "run", shell: "run", exec: "run", bash: "run" },
  ...{ depends_on: "needs", dependsOn: "needs", depends: "needs", after: "needs", requires: "needs" },
  ...{
    if: "when",
    condition: "when",
    only_if: "when",
    foreach: "for_each",
    forEach: "for_each",
    loop: "for_each",
  },
  ...{
    items: "for_each",
    with_items: "for_each",
    strategy: "matrix",
    retries: "retry",
    max_attempts: "attempts",
  },
  ...{ "working-directory": "cwd", workdir: "cwd", dir: "cwd", environment: "env", variables: "vars" },
  ...{
    inputs: "vars",
    parameters: "vars",
    params: "vars",
    args: "with",
    arguments: "with",
    uses: "molecule",
  },
  ...{ jobs: "steps", tasks: "steps", stages: "steps", "continue-on-error": "allow_failure" },
  ...{
    ignore_errors: "allow_failure",
    "timeout-minutes": "timeout",
    label: "title",
    include_from: "include",
  },
  ...{
    workflow: "molecule",
    formula: "molecule",
    always_run: "always",
    cleanup: "finally",
    approval: "gate",
  },
};

/** Keys that only some steps have, with what does the same elsewhere. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  on_failure:
    "; only the steps of steps have it: write one of its own beside this one, with needs: [ID], always: true, " +
    'when: steps.ID.status == "failed"',
  aspects: "; only the steps of steps are matched by aspects",
};

/** A key that there is not: what to write in its place, and the key that is meant, if that is known. */
export interface MisspeltKey {
  hint: string;
  meant?: string;
}

/** What is meant by a key that there is not; `id` is that of the step that it stands in, `above` a key without a value. */
export function misspeltKey(
  key: string,
  { known, id, above }: { known: readonly string[]; id?: string | undefined; above?: string | undefined },
): MisspeltKey {
  const joined = /^([\w-]+):(.+)$/.exec(key);
  if (joined && known.includes(joined[1]!)) {
    return { hint: `; a blank is missing behind the colon: write ${joined[1]}: ${yamlValue(joined[2]!)}` };
  }
  if (above !== undefined) {
    return { hint: `; what belongs to "${above}" begins further to the right than it` };
  }
  const isStep = known.includes("needs") && known.includes("when");
  if (isStep && Object.hasOwn(ELSEWHERE, key)) return { hint: withId(ELSEWHERE[key]!, id) };
  const meant = calledHere(key, { known, isStep, id }) ?? closestWord(key, known);
  return meant === undefined
    ? { hint: suggestion(key, known) }
    : { hint: `; did you mean "${meant}"?`, meant };
}

function calledHere(
  key: string,
  { known, isStep, id }: { known: readonly string[]; isStep: boolean; id: string | undefined },
): string | undefined {
  if (known.includes("command") && ["run", "cmd", "script"].includes(key)) return "command";
  if (key === "name" && known.includes("role")) return "agent";
  if (key === "name") {
    return known.find((each) => each === (!isStep ? "molecule" : id === undefined ? "id" : "title"));
  }
  const called = Object.hasOwn(CALLED, key) ? CALLED[key]! : undefined;
  return called !== undefined && known.includes(called) ? called : undefined;
}

function withId(hint: string, id: string | undefined): string {
  if (id === undefined) return hint;
  const read = /^\w+$/.test(id) ? `steps.${id}` : `steps["${id}"]`;
  return hint.replace("steps.ID", read).replace("ID", id);
}
