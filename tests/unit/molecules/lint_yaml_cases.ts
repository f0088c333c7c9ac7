import type { LintCase } from "./lint_cases.ts";

const head = "molecule: m\nsteps:\n";

const wrong = (name: string, lines: string, problem: string): LintCase => ({
  name,
  text: head + lines,
  problems: problem === "" ? [] : problem.split("\n"),
});

/** What a person who writes YAML by hand gets wrong, and what to write. */
export const yamlCases: readonly LintCase[] = [
  wrong(
    "a key too far to the left",
    "  - id: a\n   run: x\n",
    '4:4 yaml the keys of a map begin in one column, and its lists in one; "id" above begins in column 5',
  ),
  wrong(
    "a key too far to the right",
    "  - id: a\n      run: x\n",
    '4:7 yaml this begins further to the right than the keys of its map: "id" begins in column 5',
  ),
  {
    name: "a key of the molecule too far to the right",
    text: "molecule: m\n steps:\n  - id: a\n",
    problems: [
      '2:2 yaml this begins further to the right than the keys of its map: "molecule" begins in column 1',
    ],
  },
  wrong(
    "no blank behind a colon",
    "  - id: a\n    run:x\n",
    "4:5 yaml a blank is missing behind the colon: write run: x",
  ),
  wrong(
    "no blank behind the first colon",
    "  - id:a\n    run: x\n",
    "3:5 yaml a blank is missing behind the colon: write id: a",
  ),
  wrong(
    "no blank behind a dash",
    "  -id: a\n    run: x\n",
    "3:3 yaml a blank is missing behind the dash: write - id: a",
  ),
  wrong(
    "no blank behind a colon between brackets",
    "  - {id: a, run:x}\n",
    '3:13 unknown-key unknown key "run:x" in a step; a blank is missing behind the colon: write run: x',
  ),
  wrong(
    "a line without a key",
    "  - id: a\n    run: x\n    foo\n    title: y\n",
    '5:5 yaml expected KEY: VALUE, found "foo"',
  ),
  wrong(
    "lines of a text below their key",
    "  - id: a\n    run: |\n    echo x\n    echo y\n",
    '5:5 yaml the lines of the text behind "run: |" begin in one column, further to the right than its key: column 7',
  ),
  wrong(
    "a line of a text too far to the left",
    "  - id: a\n    run: |\n      echo x\n     echo y\n",
    '6:6 yaml the lines of the text behind "run: |" begin in one column, further to the right than its key: column 7',
  ),
  wrong(
    "quotes inside of the same quotes",
    '  - id: a\n    run: "echo "hi""\n',
    '4:17 yaml the quotation that begins in column 10 ends before this: write run: echo "hi"',
  ),
  wrong(
    "an apostrophe in single quotes",
    "  - id: a\n    run: 'it's'\n",
    "4:14 yaml the quotation that begins in column 10 ends before this: write run: it's",
  ),
  wrong(
    "a backslash in double quotes",
    '  - id: a\n    run: "C:\\dir"\n',
    "4:13 yaml \\d is no escape of double quotes; in single quotes a backslash is one: write run: C:\\dir",
  ),
  wrong(
    "a text that begins with a sign",
    "  - id: a\n    run: @x\n",
    '4:10 yaml a text that begins with @ must stand in quotes: write run: "@x"',
  ),
  wrong(
    "a condition that begins with not",
    "  - id: a\n    when: !vars.x\n",
    '4:11 yaml the tag !vars.x is not read here; a text that begins with ! must stand in quotes: write when: "!vars.x"',
  ),
  wrong(
    "a command that begins with a bracket",
    "  - id: a\n    run: [ -f x ] && y\n",
    '4:10 yaml a text that begins with [ must stand in quotes: write run: "[ -f x ] && y"',
  ),
  wrong(
    "a command in braces of the shell",
    "  - id: a\n    run: { echo x; }\n",
    "4:10 value run: expected text, found a map; a text that begins with { stands in quotes",
  ),
  wrong(
    "a dash behind a key",
    "  - id: a\n    title: - x\n",
    '4:12 yaml a list begins on the next line; a text that begins with - must stand in quotes: write title: "- x"',
  ),
  wrong(
    "a comma in a text between brackets",
    "  - { id: a, run: echo a, b }\n",
    '3:27 unknown-key unknown key "b" in a step; a text with a comma in it stands in quotes between brackets',
  ),
  wrong(
    "braces in a text between brackets",
    "  - { id: a, run: echo {{ run.id }} }\n",
    '3:24 yaml between brackets a text with {{ }} must stand in quotes: write run: "echo {{ run.id }}"',
  ),
  wrong(
    "a brace without its other one",
    '  - { id: a, run: "x"\n',
    '3:5 yaml the "{" that begins here has no "}"',
  ),
  wrong(
    "a bracket without its other one",
    "  - { id: a, needs: [b, run: x }\n",
    '3:21 yaml the "[" that begins here has no "]"',
  ),
  wrong(
    "a key below another one that it belongs to",
    "  - id: a\n    gate:\n    type: human\n",
    '4:10 value gate: expected a map, found nothing\n5:5 unknown-key unknown key "type" in a step; what belongs to ' +
      '"gate" begins further to the right than it',
  ),
  wrong(
    "the number of an issue that YAML takes for a comment",
    "  - id: a\n    title: Fix #12 now\n    run: x # 12\n",
    '4:16 ?yaml from here on this is a comment; to have it in the text write "Fix #12 now"',
  ),
  {
    name: "values that are other ones than they look like",
    text:
      'molecule: m\nvars:\n  zip: 01234\n  v: 1.10\n  y: no\n  o: 0o17\n  e: 1e3\n  l: { default: [1.0, 1.20, "no"] }\n' +
      "steps:\n  - id: a\n    matrix: { python: [3.9, 3.10] }\n    run: x {{zip}}{{v}}{{y}}{{o}}{{e}}{{vars.l}}{{matrix.python}}\n",
    problems: [
      '3:8 ?value zip: this is the number 1234; in quotes it stays "01234"',
      '4:6 ?value v: this is the number 1.1; in quotes it stays "1.10"',
      '5:6 ?value y: this is the text "no"; write false, or "no" in quotes',
      '6:6 ?value o: this is the number 15; in quotes it stays "0o17"',
      '8:23 ?value default: this is the number 1.2; in quotes it stays "1.20"',
      '11:29 ?value python: this is the number 3.1; in quotes it stays "3.10"',
    ],
  },
  {
    name: "a name with a hyphen where it is declared and where it is read",
    text: "molecule: m\nvars: { a-b: x }\nsteps:\n  - { id: a, run: 'x {{ a-b }} {{ vars.a-b }}' }\n",
    problems: [
      '2:9 value vars: expected a name of letters, digits and _, found "a-b"; write a_b',
      '4:25 unknown-name there is no "a" here; "a-b" cannot be read, "-" subtracts: call it a_b',
      '4:35 unknown-variable "a-b" cannot be read, "-" subtracts: call it a_b',
    ],
  },
  {
    name: "what a command gave, where only its name stands",
    text: head +
      "  - id: a\n    run: x\n    outputs: { n: stdout }\n  - id: b\n    needs: [a]\n    run: x {{ steps.a.stdout }}\n",
    problems: [
      `5:19 ?expression outputs: this is the text "stdout"; what the command gave is '{{ stdout }}'`,
      `8:15 unknown-output a step has no "stdout"; its own outputs read it as stdout, other steps what those give: outputs: { NAME: '{{ stdout }}' }`,
    ],
  },
  {
    name: "nothing with a mark of the order of bytes and other ends of lines",
    text: "\ufeffmolecule: m\r\nsteps:\r\n  - id: a\r\n    run: |\r\n      # note\r\n      x\r\n",
    problems: [],
  },
];
