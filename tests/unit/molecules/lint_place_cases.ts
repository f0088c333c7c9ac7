import { withStep } from "./language_fixture.ts";
import type { LintCase } from "./lint_cases.ts";

const unknown = (place: string, name: string) =>
  `${place} unknown-variable there is no variable "${name}"; did you mean "x"?`;
const head = "vars: { x: a }\n";

/** Expressions that go on elsewhere than behind the character before; they begin in line 5. */
export const placeCases: readonly LintCase[] = [
  {
    name: "the place in lines that are joined",
    text: head + withStep(
      "    when: >-\n      vars.x == 'a' &&\n        vars.y == 'b' &&\n\n        vars.z == 'c'\n" +
        "    run: echo {{ vars.x\n      + vars.p }} {{\n      vars.q }}\n",
    ),
    problems: [unknown("7:9", "y"), unknown("9:9", "z"), unknown("11:9", "p"), unknown("12:7", "q")],
  },
  {
    name: "the place in quotes that go on in the next line",
    text: head +
      withStep("    when: \"vars.x == 'a' &&\n        vars.y == 'b' \\\n        && vars.z == 'c'\"\n") +
      "  - id: two\n    run: 'echo {{ vars.x +\n      vars.y }}'\n",
    problems: [unknown("6:9", "y"), unknown("7:12", "z"), unknown("10:7", "y")],
  },
  {
    name: "the place in a condition of several lines, and in braces over two",
    text: head + withStep(
      "    when: |\n      vars.x == 'a' &&\n        vars.y == 'b'\n" +
        "    run: |\n      one\n      {{ vars.x +\n           vars.y }} {{ vars.z }}\n",
    ),
    problems: [unknown("7:9", "y"), unknown("11:12", "y"), unknown("11:25", "z")],
  },
  {
    name: "the place behind escapes",
    text: head + withStep(
      "    when: '''a'' == vars.x + vars.y'\n    title: \"\\\"{{ \\\"a\\\" == vars.z }}\\\"\"\n",
    ),
    problems: [unknown("5:30", "y"), unknown("6:27", "z")],
  },
  {
    name: "the place in lines with a mark of their indentation",
    text: head + withStep("    run: |2\n        echo {{ vars.x + vars.y }}\n      echo {{ vars.z }}\n"),
    problems: [unknown("6:26", "y"), unknown("7:15", "z")],
  },
];
