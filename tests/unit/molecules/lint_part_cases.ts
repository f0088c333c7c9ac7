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
    name: "once what is wrong in a step of an aspect around several steps",
    text: head +
      "  - { id: one, run: 'x {{ x }}' }\n  - { id: two, needs: [one], run: x }\n  - { id: three, run: x }\n" +
      "aspects:\n  - match: '*'\n    before:\n" +
      "      - { id: p, needs: [onn], run: 'echo {{ step.id + 1 }} {{ steps.two.outputs.o }}' }\n" +
      "      - { id: q, molecule: other, with: { c: 1 } }\n" +
      "      - { id: r, when: 'false', run: x }\n",
    others: {
      other:
        "molecule: other\nvars: { a: { required: true }, b: { required: true } }\nsteps: [{ id: a, run: 'x {{ a }}{{ b }}' }]\n",
    },
    problems: [
      '10:26 unknown-need needs: there is no step "onn"; did you mean "one"?',
      '10:46 expression-type no such overload: string + int in ""one" + 1"; write "one" + "1"',
      '10:64 not-a-need "two" may not have run yet: it is not among the needs of "one-p"',
      '11:28 with with: "other" needs a value for "a"',
      '11:28 with with: "other" needs a value for "b"',
      '11:43 with with: "other" has no variable "c"; did you mean "a"?',
      '12:15 unreachable "one-r" can never run: its condition is always false',
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
  {
    name: "outputs of steps that may not have ended",
    text: head +
      ["a", "b", "c"].map((id) => `  - { id: ${id}, run: 'echo {{ x }}', outputs: { o: '{{ stdout }}' } }\n`)
        .join("") +
      "  - { id: d, needs: { any: [a, b] }, run: 'echo {{ steps.a.outputs.o }} {{ steps.b.status }}' }\n" +
      "  - { id: e, needs: [d], run: 'echo {{ steps.a.outputs.o }} {{ steps.a.status }}' }\n" +
      "  - { id: f, needs: { quorum: 2, of: [a, b, c] }, run: 'echo {{ steps.c.outputs.o }}' }\n" +
      "outputs: { o: '{{ steps.a.outputs.o }}' }\n",
    problems: [
      '7:52 not-a-need "a" may not have run yet: "d" does not wait for all that comes before it; ask for steps.a.status first',
      '8:40 not-a-need "a" may not have run yet: "e" does not wait for all that comes before it; ask for steps.a.status first',
      '9:65 not-a-need "c" may not have run yet: "f" does not wait for all that comes before it; ask for steps.c.status first',
    ],
  },
  {
    name: "nothing in outputs of steps that have ended for sure, or are asked for first",
    text: head +
      "  - { id: first-one, run: 'echo {{ x }}', outputs: { o: '{{ stdout }}' } }\n" +
      ["a", "b", "c"].map((id) => `  - { id: ${id}, needs: [first-one], run: x, outputs: { o: x } }\n`).join(
        "",
      ) +
      '  - { id: d, needs: { any: [a, b] }, run: \'echo {{ steps["first-one"].outputs.o }} {{ steps.a.status == "succeeded" ? steps.a.outputs.o : "" }}\' }\n' +
      "  - { id: e, needs: { any: [a, b] }, when: has(steps.a.outputs.o), run: 'echo {{ steps.a.outputs.o }}' }\n" +
      "  - { id: f, needs: { quorum: 2, of: [a, b, c] }, run: 'echo {{ steps[\"first-one\"].outputs.o }}' }\n" +
      "  - { id: g, needs: { any: [a, b] }, always: true, run: 'echo {{ steps.a.outputs.o }}' }\n" +
      "  - { id: h, needs: { quorum: 2, of: [d, e, f] }, run: x }\n" +
      "  - { id: i, needs: [h, f], run: 'echo {{ steps[\"first-one\"].outputs.o }}' }\n",
    problems: [],
  },
  {
    name: "outputs of steps in what is for every step, or for the run as a whole",
    text:
      "concurrency: { group: '{{ steps.a.outputs.o }}' }\ndefaults: { cwd: '{{ steps.a.outputs.o }}' }\n" +
      "env:\n  A: '{{ steps.a.outputs.o }}'\n  B: '{{ steps.a.status == \"succeeded\" ? steps.a.outputs.o : \"\" }}'\n" +
      head + "  - { id: a, run: 'echo {{ x }}', outputs: { o: '{{ stdout }}' } }\n",
    problems: [
      '1:27 not-a-need "a" may not have run yet: it is read when the run begins; ask for steps.a.status first',
      '2:22 not-a-need "a" may not have run yet: "cwd" is for every step; ask for steps.a.status first',
      '4:10 not-a-need "a" may not have run yet: "env" is for every step; ask for steps.a.status first',
    ],
  },
  {
    name: "outputs of steps that may have given none",
    text: "molecule: m\nvars: { x: a, on: false }\nsteps:\n" +
      "  - { id: a, run: x, allow_failure: true, outputs: { o: '{{ stdout }}' } }\n" +
      "  - { id: b, when: vars.on, run: 'echo {{ x }}', outputs: { o: '{{ stdout }}' } }\n" +
      "  - { id: g-1, gate: { type: human, timeout: 1h, on_timeout: succeed } }\n" +
      "  - { id: c, needs: [a, b, g-1], run: 'echo {{ steps.a.outputs.o }} {{ steps.b.outputs.o }}', env: { A: '{{ steps[\"g-1\"].outputs.by }}' } }\n" +
      "  - { id: d, needs: [a], when: steps.a.outputs.o == 'x', run: 'echo {{ steps.a.outputs.o }}' }\n" +
      "  - { id: e, needs: [g-1, b], when: steps.b.status == 'succeeded', run: 'echo {{ steps.b.outputs.o }}', env: { A: '{{ steps[\"g-1\"].outputs.by }}' } }\n" +
      "outputs: { o: '{{ steps.b.outputs.o }}' }\n",
    problems: [
      ["7:48", "a", "o", "its failure is allowed", "steps.a"],
      ["7:72", "b", "o", "it is skipped unless vars.on", "steps.b"],
      ["7:109", "g-1", "by", "it succeeds without any when its time is over", 'steps["g-1"]'],
      ["8:32", "a", "o", "its failure is allowed", "steps.a"],
      ["9:119", "g-1", "by", "it succeeds without any when its time is over", 'steps["g-1"]'],
      ["10:19", "b", "o", "it is skipped unless vars.on", "steps.b"],
    ].map(([place, id, output, why, path]) =>
      `${place} ?absent-output "${id}" may have no "${output}": ${why}; ask first, as in has(${path}.outputs.${output}) ? ${path}.outputs.${output} : ""`
    ),
  },
  {
    name: "nothing in outputs that are there, or are asked for, or are skipped together",
    text: "molecule: m\nvars: { x: a, on: false }\nsteps:\n" +
      "  - { id: a, run: x, allow_failure: true, outputs: { o: '{{ stdout }}' } }\n" +
      "  - { id: b, when: vars.on, run: 'echo {{ x }}', outputs: { o: '{{ stdout }}' } }\n" +
      "  - { id: g, gate: { type: human, timeout: 1h } }\n" +
      "  - { id: l, matrix: { y: [1, 2] }, run: 'x {{ matrix.y }}', allow_failure: true, outputs: { o: '{{ stdout }}' } }\n" +
      "  - { id: s, when: 'true', run: x, outputs: { o: '{{ stdout }}' } }\n" +
      "  - { id: c, needs: [a, g, l, s], run: 'echo {{ has(steps.a.outputs.o) ? steps.a.outputs.o : \"\" }} {{ quote(steps.g.outputs.by) }} {{ steps.l.outputs.o }} {{ steps.s.outputs.o }}' }\n" +
      "  - { id: d, needs: [a], when: has(steps.a.outputs.o), run: 'echo {{ steps.a.outputs.o }}' }\n" +
      "  - { id: e, needs: [b], when: vars.on && vars.x == 'a', run: 'echo {{ steps.b.outputs.o }}' }\n" +
      "  - { id: f, needs: [b], strict: true, run: 'echo {{ steps.b.outputs.o }}' }\n",
    problems: [],
  },
  {
    name:
      "nothing in outputs where something else asks for them: the elements, the same condition, another step",
    text: "molecule: m\nvars: { on: false, mode: a }\nsteps:\n" +
      "  - { id: t, matrix: { y: [1, 2] }, when: matrix.y == 1, run: 'x {{ matrix.y }}', outputs: { o: '{{ stdout }}' } }\n" +
      "  - { id: u, for_each: '[1, 2]', when: item == 1 && vars.on, run: 'x {{ item }}', outputs: { o: '{{ stdout }}' } }\n" +
      "  - { id: a, when: vars.mode == 'a', run: x, outputs: { o: '{{ stdout }}' } }\n" +
      "  - { id: b, when: vars.mode != 'a', run: x, outputs: { o: '{{ stdout }}' } }\n" +
      "  - { id: c, run: x, allow_failure: true, outputs: { o: '{{ stdout }}' } }\n" +
      "  - id: d\n    needs: [t, u, a, b, c]\n    run: |\n" +
      "      echo {{ steps.t.outputs.o }} {{ size(steps.u.outputs.o) }}\n" +
      "      echo {{ vars.mode == 'a' ? steps.a.outputs.o : steps.b.outputs.o }}\n" +
      "      echo {{ steps.a.status == 'succeeded' ? steps.a.outputs.o : steps.b.outputs.o }}\n" +
      "      echo {{ has(steps.a.outputs.o) ? steps.a.outputs.o : steps.b.outputs.o }}\n" +
      "      echo {{ 'o' in steps.a.outputs ? steps.a.outputs.o : '' }}\n" +
      "      echo {{ steps.c.outputs.size() > 0 ? steps.c.outputs.o : '' }}\n" +
      "  - { id: e, needs: [c], when: steps.c.status == 'succeeded', run: x }\n" +
      "  - { id: f, needs: [e], strict: true, run: 'x {{ steps.c.outputs.o }}' }\n" +
      "  - { id: g, needs: [f], strict: true, run: 'x {{ steps.c.outputs.o }}' }\n" +
      "outputs: { o: \"{{ vars.mode == 'a' ? steps.a.outputs.o : '' }}\" }\n",
    problems: [],
  },
  {
    name: "outputs that may be missing although something is asked: of a list, in vain, or after a failure",
    text: "molecule: m\nvars: { on: false }\nsteps:\n" +
      "  - { id: l, for_each: '[1, 2]', when: vars.on, run: 'x {{ item }}', outputs: { o: '{{ stdout }}' } }\n" +
      "  - { id: c, when: vars.on, run: x, allow_failure: true, outputs: { o: '{{ stdout }}' } }\n" +
      "  - { id: d, needs: [l], run: 'x {{ steps.l.outputs.o }}' }\n" +
      "  - { id: e, needs: [c], strict: true, run: \"x {{ vars.on ? steps.c.outputs.o : '' }}\" }\n" +
      '  - { id: f, needs: [d, c], run: "x {{ has(steps.c.outputs.o) }} {{ steps.c.outputs.o }}" }\n',
    problems: [
      ["6:37", "l", "it is skipped unless vars.on"],
      ["7:61", "c", "its failure is allowed"],
      ["8:69", "c", "its failure is allowed"],
    ].map(([place, id, why]) =>
      `${place} ?absent-output "${id}" may have no "o": ${why}; ask first, as in has(steps.${id}.outputs.o) ? steps.${id}.outputs.o : ""`
    ),
  },
];
