import type { LintCase } from "./lint_cases.ts";

const head = "molecule: m\nvars: { x: a }\nsteps:\n";

/** Steps that come from elsewhere: from an aspect, or from what a molecule extends. */
export const partCases: readonly LintCase[] = [
  {
    name: "what is wrong in a step of an aspect, where it stands",
    text: head + "  - { id: one, title: 'First {{ x }}', when: vars.x == 'a', run: x }\n" +
      "aspects:\n  - match: one\n    before:\n" +
      "      - { id: p, run: 'echo {{vars.y}} {{step.id}}{{ vars.z }} {{ step.title + vars.q }}' }\n" +
      "      - { id: q, run: 'echo {{ step.idd }} {{ step }} {{ stepp.id }}', when: 'step.id == vars.r' }\n",
    problems: [
      '8:31 unknown-variable there is no variable "y"; did you mean "x"?',
      '8:54 unknown-variable there is no variable "z"; did you mean "x"?',
      '8:80 unknown-variable there is no variable "q"; did you mean "x"?',
      '9:32 unknown-name the step that an aspect is around has no "idd" here; did you mean "id"?',
      '9:47 unknown-name name what is read of "step": step.id or step.title',
      '9:58 unknown-name there is no "stepp" here; did you mean "steps"?',
      '9:90 unknown-variable there is no variable "r"; did you mean "x"?',
    ],
  },
  {
    name: "nothing in steps of an aspect that read each other",
    text: head + "  - { id: one, title: 'First {{ x }}', run: x }\n" +
      "aspects:\n  - match: one\n    before:\n" +
      "      - { id: p, run: 'true', outputs: { o: '{{ stdout }}' } }\n" +
      "      - { id: q, run: \"echo {{ steps.p.outputs.o }} {{ steps['p'].status }}\" }\n",
    problems: [],
  },
  {
    name: "what an agent wrote in the title that a step of an aspect reads",
    text: head + "  - { id: a, prompt: Look, outputs: [v] }\n" +
      "  - { id: one, needs: [a], title: 'Of {{ steps.a.outputs.v }}', run: 'echo {{ x }}' }\n" +
      "aspects:\n  - match: one\n    before: [{ id: p, run: 'echo {{ step.title }} {{ quote(step.title) }}' }]\n",
    problems: [
      '8:37 shell-injection "steps.a.outputs.v" comes from an agent, and the shell would run what it says: write {{ quote(("Of " + text(steps.a.outputs.v))) }}, or give it in env',
    ],
  },
];
