import type { LintCase } from "./lint_cases.ts";

const frame = "molecule: m\nvars: { x: a, on: true, l: { default: [a] } }\nsteps:\n" +
  "  - { id: a, run: 'echo {{ x }} {{ on }} {{ vars.l }}' }\n  - id: b\n";

const whole = (key: string, written: string) =>
  `"${key}" is an expression as a whole, without {{ }}: write ${key}: ${written}`;

const others = {
  other: "molecule: other\nvars: { y: { type: list } }\nsteps: [{ id: a, title: 'x {{ y }}' }]\n",
};

/** Braces and quotes where they do not belong, or are missing, and what to write. */
export const braceCases: readonly LintCase[] = [
  {
    name: "braces in what is kept as it is written",
    text: "molecule: m\nvars:\n  h: '{{ env.HOME }}'\n  g: { default: 'a {{ x }}' }\n" +
      "  e: { enum: ['{{ vars.h }}', b] }\n  l: { default: ['{{ env.A }}', '{{ .Names }}', '{{range .}}'] }\n" +
      "  p: { pattern: '{{ x }}' }\nsteps:\n  - id: a\n    matrix: { os: [linux, '{{ h }}', 'a{{ vars.l }}'] }\n" +
      "    run: echo {{ h }} {{ g }} {{ e }} {{ vars.l }} {{ p }}\n    timeout: '{{ g }}'\n" +
      "  - { id: b, needs: ['{{ h }}'], molecule: '{{ h }}' }\n",
    problems: [
      "3:7 value h: {{ env.HOME }} is not filled in here and stays as it is; write it where vars.h is read",
      "4:20 ?value default: {{ x }} is not filled in here and stays as it is; write it where vars.g is read",
      "5:16 value enum: {{ vars.h }} is not filled in here and stays as it is; choices are fixed before the run",
      "6:19 value default: {{ env.A }} is not filled in here and stays as it is; write it where vars.l is read",
      '7:17 value pattern: "{{ x }}" is no regular expression; {{ }} is not filled in here, it is fixed before the run',
      "10:28 ?value os: {{ h }} is not filled in here and stays as it is; write it where matrix.os is read, or for_each: '[vars.h]' in the place of the matrix",
      "10:40 value os: {{ vars.l }} is not filled in here and stays as it is; write it where matrix.os is read, or for_each: '[vars.l]' in the place of the matrix",
      '12:14 value timeout: expected a duration such as 90s or 1h30m, found "{{ g }}"; {{ }} is not filled in here, it is fixed before the run',
      '13:22 unknown-need needs: there is no step "{{ h }}"; {{ }} is not filled in here, it is fixed before the run',
      '13:44 unknown-molecule there is no molecule "{{ h }}"; {{ }} is not filled in here, it is fixed before the run',
    ],
  },
  ...([
    ["a condition in braces", `when: "{{ vars.x == 'a' }}"`, [
      `6:12 expression ${whole("when", "vars.x == 'a'")}`,
    ]],
    ["a part of a condition in braces", `when: '{{ x }} == "a"'`, [
      `6:12 expression ${whole("when", 'vars.x == "a"')}`,
    ]],
    ["a condition of texts with braces", `when: "'{{ x }}' == 'a'"`, [
      `6:13 expression ${whole("when", "vars.x == 'a'")}`,
    ]],
    ["an operation in braces", `when: "{{ on || on }} && vars.on"`, [
      `6:12 expression ${whole("when", "(on || on) && vars.on")}`,
      '6:15 unknown-name there is no "on" here; did you mean "vars.on"?',
      '6:21 unknown-name there is no "on" here; did you mean "vars.on"?',
    ]],
    ["a condition as in other tools", "when: ${{ vars.on }}", [
      `6:12 expression ${whole("when", "vars.on")}`,
    ]],
    ["a condition of several lines in braces", "when: |\n      vars.on &&\n      {{ vars.on }}", [
      `8:7 expression ${whole("when", "vars.on && vars.on")}`,
    ]],
    ["a condition in braces without quotes", "when: {{ vars.on }}  # so", [
      `6:11 yaml ${whole("when", "vars.on")}`,
    ]],
    ["a list in braces", 'for_each: "{{ vars.l }}"\n    run: echo {{ item }}', [
      `6:16 expression ${whole("for_each", "vars.l")}`,
    ]],
    ["an end in braces, and what is wrong in it", 'run: x\n    repeat: { until: "{{ vars.no }}", max: 3 }', [
      `7:23 expression ${whole("until", "vars.no")}`,
      '7:26 unknown-variable there is no variable "no"; known are x, on, l',
    ]],
    ["a text with braces in a condition", `run: x\n    when: vars.x.contains("{{ x }}")`, []],
    ["braces without quotes", "run: {{ x }} now", [
      '6:10 yaml a value that begins with {{ must stand in quotes: write run: "{{ x }} now"',
    ]],
    ["braces without quotes in a map", "run: x\n    env: { A: {{ x }} }", [
      '7:15 yaml a value that begins with {{ must stand in quotes: write A: "{{ x }}"',
    ]],
    ["a colon without quotes", "when: vars.on ? true : false", [
      '6:11 yaml a value with ": " in it must stand in quotes: write when: "vars.on ? true : false"',
    ]],
    ["a dollar before braces, as in other tools", 'run: echo ${{ x }} $${{ x }} \\${{ x }} "${{ x }}"', [
      '6:15 ?expression the "$" stays before what {{ x }} gives, and the shell reads a variable of that name; leave it out',
      '6:45 ?expression the "$" stays before what {{ x }} gives, and the shell reads a variable of that name; leave it out',
    ]],
    [
      "a dollar before braces in other texts",
      [
        "run: echo {{ on }}\n    title: Of ${{ x }}\n    stdin: a ${{ x }}${{ x }}",
        '    env: { A: "${{ x }}", B: \'$ {{ x }}{{ "$" }}{{ x }}\' }\n    outputs: { o: "${{ stdout }}" }',
        '  - { id: c, molecule: other, with: { y: [a, "b${{ x }}"] } }',
      ].join("\n"),
      [
        ["7:15", "x"],
        ["8:14", "x"],
        ["8:22", "x"],
        ["9:16", "x"],
        ["10:20", "stdout"],
        ["11:48", "x"],
      ].map(([place, name]) =>
        `${place} ?expression the "$" stays before what {{ ${name} }} gives; leave it out, or write {{ "$" }} where it is meant`
      ),
    ],
  ] as const).map(([name, lines, problems]) => ({ name, text: `${frame}    ${lines}\n`, others, problems })),
];
