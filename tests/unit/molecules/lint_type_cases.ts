import type { LintCase } from "./lint_cases.ts";

const head = "molecule: m\nvars: { x: { type: int } }\nsteps:\n" +
  "  - { id: m, run: 'echo {{ matrix.v + vars.x }}', matrix: { v: [1, 2], w: [1, a] }, outputs: { o: '{{ stdout }}' } }\n" +
  "  - { id: n, run: x, outputs: { o: '{{ stdout }}' } }\n";
const step = (...lines: string[]) =>
  `${head}  - id: one\n    needs: [m, n]\n${lines.map((line) => `    ${line}\n`).join("")}`;

/** What the parts of a run give, whatever happens in it. */
export const typeCases: readonly LintCase[] = [
  {
    name: "statuses and attempts that are used as something else",
    text: step(
      "when: steps.n.status == 1",
      "title: '{{ steps.n.attempt + \"x\" }}'",
      "description: '{{ steps[\"n\"].status + 1 }}'",
      "for_each: steps.n.status",
      "run: x",
    ),
    problems: [
      '8:11 expression-type no such overload: string == int in "steps.n.status == 1"; write steps.n.status == "1"',
      '9:16 expression-type no such overload: int + string in "steps.n.attempt + "x""; write string(steps.n.attempt) + "x"',
      '10:22 expression-type no such overload: string + int in "steps["n"].status + 1"; write steps["n"].status + "1"',
      '11:15 expression-type expected a list, found string in "steps.n.status"; write lines(steps.n.status), or [steps.n.status]',
    ],
  },
  {
    name: "words that no status is",
    text: step(
      'when: steps.n.status == "suceeded" || steps.m.status == "failed"',
      'title: \'{{ "done" != steps.n.status }}{{ run.status == "pausd" }}\'',
      'description: \'{{ steps.m.status in ["failed", "skiped"] }}\'',
    ) + "finally:\n  - { id: z, run: x, when: status == 'success' }\n",
    problems: [
      '8:29 expression-type a step is never "suceeded" in "steps.n.status == "suceeded" || steps.m.status == "failed""; did you mean "succeeded"?',
      '9:16 expression-type a step is never "done" in ""done" != steps.n.status"; known are pending, ready, running, waiting, retrying, succeeded, failed, skipped, cancelled',
      '9:60 expression-type a run is never "pausd" in "run.status == "pausd""; did you mean "paused"?',
      '10:51 expression-type a step is never "skiped" in "steps.m.status in ["failed", "skiped"]"; did you mean "skipped"?',
      `12:38 expression-type a run is never "success" in "status == 'success'"; known are running, paused, succeeded, failed, cancelled`,
    ],
  },
  {
    name: "outputs of a fan-out that are used as one value",
    text: step(
      'when: steps.m.outputs.o == "x" && steps.n.outputs.o == "x"',
      'title: \'{{ "x" + steps["m"].outputs.o }}\'',
      'description: \'{{ steps.m.outputs.o }} {{ steps.m.outputs.o[0] + "x" }} {{ steps.m.outputs.o.join(" ") }}\'',
      "run: x",
    ) + "  - { id: two, needs: [m], when: steps.m.outputs.o, run: x }\n",
    problems: [
      '8:11 expression-type no such overload: list<dyn> == string in "steps.m.outputs.o == "x" && steps.n.outputs.o == "x""; outputs of a fan-out are lists',
      '9:16 expression-type no such overload: string + list<dyn> in ""x" + steps["m"].outputs.o"; outputs of a fan-out are lists',
      '12:34 expression-type expected true or false, found list in "steps.m.outputs.o"; outputs of a fan-out are lists',
    ],
  },
  {
    name: "values of a matrix that are used as something else",
    text: step(
      "matrix: { n: [1, 2], t: [a], b: [true], r: [1.5], mixed: [1, a] }",
      "run: echo {{ matrix.n + 'x' }} {{ matrix.t + 1 }} {{ matrix.b + 1 }} {{ matrix.mixed + 'x' }} {{ matrix.n + 1 }}",
      'title: \'{{ matrix.t == "a" && matrix.r > 1.0 && matrix["n"] == 1 }}\'',
    ),
    problems: [
      "9:18 expression-type no such overload: int + string in \"matrix.n + 'x'\"; write string(matrix.n) + 'x'",
      '9:39 expression-type no such overload: string + int in "matrix.t + 1"; write matrix.t + "1"',
      '9:58 expression-type no such overload: bool + int in "matrix.b + 1"',
    ],
  },
  {
    name: "nothing in the names of types",
    text: step(
      "when: type(vars.x) == int && type(steps.n.outputs.o) != null_type && type(now) == google.protobuf.Timestamp\n    run: x",
    ),
    problems: [],
  },
];
