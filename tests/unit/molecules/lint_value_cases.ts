import type { LintCase } from "./lint_cases.ts";
import { withStep } from "./language_fixture.ts";

const step = (name: string, lines: readonly string[], problems: readonly string[]): LintCase => ({
  name,
  text: withStep(lines.map((line) => `    ${line}\n`).join("")),
  problems,
});

const duration = "expected a duration such as 90s or 1h30m, found";

const ended = "; how they ended is asked in when, with always: true beside it";

/** Values that mean nothing, or something else than was meant, and what to write; nothing is said that only follows. */
export const valueCases: readonly LintCase[] = [
  step("a time in which nothing can happen", ["run: x", "timeout: 0s"], [
    '5:14 value timeout: expected a duration of more than 0, found "0s"',
  ]),
  step("durations in other words", [
    "run: x",
    "timeout: 1.5h",
    "heartbeat: 5 min",
    "retry: { attempts: 2, delay: 30 }",
  ], [
    `5:14 value timeout: ${duration} "1.5h"; write 1h30m`,
    `6:16 value heartbeat: ${duration} "5 min"; write 5m`,
    `7:34 value delay: ${duration} the number 30; write 30s, 30m or 30h`,
  ]),
  step("a timer that is no duration, and no more", ["gate: { type: timer, for: 1.5h }"], [
    `4:31 value for: ${duration} "1.5h"; write 1h30m`,
  ]),
  {
    name: "needs as an expression of another language",
    text: withStep("    run: x\n") + "  - { id: z, run: x }\n" + [
      "one.Succeeded || z.Failed",
      "one && z",
      "steps.one.status == 'succeeded' and (z)",
      "one.Succeeded",
      "one, z",
      "{{ vars.x }}",
    ].map((needs, at) => `  - { id: ${"bcdefg"[at]}, run: x, needs: "${needs}" }\n`).join(""),
    problems: [
      ["6:29", "one.Succeeded || z.Failed", `it is no expression: write { any: [one, z] }${ended}`],
      ["7:29", "one && z", "it is no expression: write [one, z]"],
      ["8:29", "steps.one.status == 'succeeded' and (z)", `it is no expression: write [one, z]${ended}`],
      ["9:29", "one.Succeeded", `it is no expression: write [one]${ended}`],
      ["10:29", "one, z", "write [one, z]"],
      ["11:29", "{{ vars.x }}", "{{ }} is not filled in here, it is fixed before the run"],
    ].map(([place, found, hint]) =>
      `${place} value needs: expected a list of ids, {any: […]} or {quorum: N, of: […]}, found "${found}"; ${hint}`
    ),
  },
  step("what a matrix of another language leaves out, and takes in", [
    "run: x",
    "matrix: { os: [a, b], exclude: [{ os: a, v: 1 }, { os: b }], include: [{ os: c }] }",
  ], [
    `5:36 value matrix: there is no "exclude" here; what is left out is said in when: '!(matrix.os == "a" && matrix.v == 1) && !(matrix.os == "b")'`,
    `5:75 value matrix: there is no "include" here; for rows of its own a step has for_each: '[{"os": …}, …]' in the place of matrix, and reads item.os`,
  ]),
  step("names that no shell knows in an environment", [
    "run: x",
    "env: { 'A B': x, 'X=Y': z, '': u, 1A: 3, OK_1: 2 }",
  ], [
    '5:12 value env: expected a name of letters, digits and _, found "A B"',
    '5:22 value env: expected a name of letters, digits and _, found "X=Y"',
    '5:32 value env: expected a name of letters, digits and _, found ""',
    '5:39 value env: expected a name of letters, digits and _, found "1A"',
  ]),
  step("any of no needs", ["run: x", "needs: { any: [] }"], [
    "5:19 value any: expected a list of ids of steps, found an empty list",
  ]),
  step("a number of no needs", ["run: x", "needs: { quorum: 1, of: [] }"], [
    "5:29 value of: expected a list of ids of steps, found an empty list",
  ]),
  step("the character NUL in what becomes a command", [
    'title: "a\\0b"',
    'run: "ab\\0c"',
    'env: { A: "\\0" }',
    'stdin: "\\0"',
  ], [
    '4:14 value title: a text cannot hold the character NUL, "\\0"',
    '5:13 value run: a text cannot hold the character NUL, "\\0"',
    '6:16 value env: a text cannot hold the character NUL, "\\0"',
  ]),
  step("a command that is empty, and a folder", ['run: ""', "cwd: ' '"], [
    "4:10 value run: expected text, found an empty text",
    "5:10 value cwd: expected text, found an empty text",
  ]),
  step("a prompt that is empty", ["prompt: ''"], ["4:13 value prompt: expected text, found an empty text"]),
  step("a matrix of nothing", ["run: x", "matrix: {}"], [
    "5:13 value matrix: expected a map of lists, found an empty map",
  ]),
  step("a matrix of one value and of none", [
    "run: x {{ matrix.os }}{{ matrix.n + 1 }}",
    "matrix: { os: linux, n: [] }",
    "max_parallel: 3",
  ], [
    '5:19 value os: expected a list of values, found "linux"; write [linux]',
    "5:29 value n: expected a list of values, found an empty list",
  ]),
  step("a list where an expression gives one", [
    "run: x {{ item }}",
    'for_each: [a, "it\'s"]',
    "max_parallel: 3",
  ], [
    `5:15 value for_each: expected an expression, found a list; write '["a", "it''s"]'`,
  ]),
  step("commands in a list", ["run: [a, b]", "timeout: 3m"], [
    "4:10 value run: expected text, found a list; several lines stand below |, further to the right; a text that begins with [ stands in quotes",
  ]),
  step("one value where a map is", ["run: x", "retry: 3", "concurrency: deploy"], [
    "5:12 value retry: expected a map, found the number 3; write { attempts: 3 }",
    '6:18 value concurrency: expected a map, found "deploy"; write { group: deploy }',
  ]),
  step("a gate in one word", ["gate: human", "timeout: 3d"], [
    '4:11 value gate: expected a map, found "human"; write { type: human }',
  ]),
  step("truth and numbers in other words", [
    "run: x",
    "allow_failure: yes",
    "always: on",
    'max_parallel: "3"',
  ], [
    '5:20 value allow_failure: expected true or false, found "yes"; write true',
    '6:13 value always: expected true or false, found "on"; write true',
    '7:19 value max_parallel: expected a whole number, 1 or more, found "3"; write 3 without quotes',
  ]),
  {
    name: "needs that are no list, and nothing of what is read of them",
    text: withStep("    run: x\n    outputs: { o: '{{ stdout }}' }\n") +
      "  - { id: two, needs: one, run: 'x {{ steps.one.outputs.o }}' }\n",
    problems: [
      '6:23 value needs: expected a list of ids, {any: […]} or {quorum: N, of: […]}, found "one"; write [one]',
    ],
  },
  step("keys of other languages, and nothing that follows from them", [
    "command: x {{ item }}",
    "cwd: .",
    "foreach: '[1]'",
    "name: A",
    "continue-on-error: true",
  ], [
    '4:5 unknown-key unknown key "command" in a step; did you mean "run"?',
    '6:5 unknown-key unknown key "foreach" in a step; did you mean "for_each"?',
    '7:5 unknown-key unknown key "name" in a step; did you mean "title"?',
    '8:5 unknown-key unknown key "continue-on-error" in a step; did you mean "allow_failure"?',
  ]),
  step("two keys that are meant for the same one", ["cmd: x", "script: y"], [
    '4:5 unknown-key unknown key "cmd" in a step; did you mean "run"?',
    '5:5 unknown-key unknown key "script" in a step; did you mean "run"?',
  ]),
  {
    name: "a file of another language",
    text: "name: m\ninputs: { a: 1 }\njobs:\n  - id: b\n    run: x {{ a }}\n    depends_on: [b]\n",
    problems: [
      '1:1 unknown-key unknown key "name" in a molecule; did you mean "molecule"?',
      '2:1 unknown-key unknown key "inputs" in a molecule; did you mean "vars"?',
      '3:1 unknown-key unknown key "jobs" in a molecule; did you mean "steps"?',
      '4:9 cycle needs: "b" waits for itself: b → b',
      '6:5 unknown-key unknown key "depends_on" in a step; did you mean "needs"?',
    ],
  },
  {
    name: "on_failure where only a step of its own can do it",
    text:
      "molecule: m\nsteps: [{ id: a, run: x }]\nfinally:\n  - id: f-1\n    run: x\n    on_failure: [{ id: u, run: y }]\n",
    problems: [
      '6:5 unknown-key unknown key "on_failure" in a step; only the steps of steps have it: write one of its own beside ' +
      'this one, with needs: [f-1], always: true, when: steps["f-1"].status == "failed"',
    ],
  },
  {
    name: "choices that are not of their variable's type",
    text:
      "molecule: m\nvars:\n  n: { type: int, enum: [a, 2] }\n  m: { enum: [1, x] }\n  k: { type: string, enum: [1, 2] }\n" +
      "  j: { type: list, enum: [1, 2] }\n  l: [a, b]\n  t: { type: itn, default: 3 }\nsteps:\n  - id: a\n" +
      "    run: x {{n}}{{m}}{{k}}{{j}}{{item}}{{ vars.t }}\n    for_each: vars.l\n",
    problems: [
      '3:26 value enum: expected a whole number, found "a"',
      '4:18 value enum: expected a whole number, as the first of them, found "x"',
      "6:26 value enum: a list has no enum; each case of it would be a list",
      "7:6 value l: expected a default, or a map, found a list; write { default: [a, b] }",
      '8:14 value type: expected one of string, int, number, bool, list, found "itn"',
    ],
  },
  {
    name: "numbers that are not kept as they are written",
    text: "molecule: m\nversion: 99999999999999999999\nvars:\n  n: 9007199254740993\n" +
      "  m: { type: string, default: 9007199254740993 }\n  f: { type: number, default: .inf }\n" +
      "  l: { default: [1, 99999999999999999999] }\nsteps:\n  - id: a\n    run: x {{n}}{{m}}{{f}}{{vars.l}}\n" +
      "    matrix: { a: [12345678901234567890] }\n",
    problems: [
      "2:10 value version: expected a whole number up to 9007199254740991, found the number 100000000000000000000",
      "4:6 value n: expected a number up to 9007199254740991, found 9007199254740993; in quotes it is a text",
      "6:31 value default: expected a number up to 9007199254740991, found .inf; in quotes it is a text",
      "7:21 value default: expected a number up to 9007199254740991, found 99999999999999999999; in quotes it is a text",
      "11:19 value a: expected a number up to 9007199254740991, found 12345678901234567890; in quotes it is a text",
    ],
  },
  step("a matrix that is a list, and nothing that follows from it", [
    "run: x {{ matrix.os }}",
    "matrix: [linux, mac]",
    "max_parallel: 2",
  ], ["5:13 value matrix: expected a map of lists, found a list; write NAME: VALUE, without -"]),
  step("an agent in one word", ["prompt: x", "agent: claude"], [
    '5:12 value agent: expected a map, found "claude"; write { agent: claude }',
  ]),
  step("a number of needs that are not said", ["run: x", "needs: { quorum: 2 }"], [
    "5:12 value needs: expected {all: […]}, {any: […]} or {quorum: N, of: […]}",
  ]),
  step("a condition in words of older YAML", ["run: x", "when: yes"], [
    '5:11 unknown-name there is no "yes" here; did you mean "true"?',
  ]),
  step("a range", ["run: x {{ item }}", "for_each: 1..3"], [
    '5:17 expression expected a name, found "." in "1..3"; a list is written [1, 2, 3]',
  ]),
  step("quotes of prose", ["run: “echo hi”"], [
    '4:10 ?yaml “ is no quote of YAML but a part of the text; write " in its place',
  ]),
  {
    name: "defaults in quotes that are no texts",
    text:
      "molecule: m\nvars:\n  i: { type: int, default: '3' }\n  b: { type: bool, default: 'yes' }\nsteps:\n" +
      "  - { id: a, prompt: '{{ i }} {{ b }}', agent: { name: claude } }\n",
    problems: [
      '3:28 variable-default default: expected a whole number, found "3"; write 3 without quotes',
      '4:29 variable-default default: expected true or false, found "yes"; write true',
      '6:50 unknown-key unknown key "name" in "agent"; did you mean "agent"?',
    ],
  },
  {
    name: "types of other languages",
    text:
      "molecule: m\nvars:\n  n: { type: integer }\n  b: { type: boolean }\nsteps:\n  - { id: a, gate: { type: approval } }\n" +
      "  - { id: b, run: 'x {{ n }}{{ b }}' }\n",
    problems: [
      '3:14 value type: expected one of string, int, number, bool, list, found "integer"; did you mean "int"?',
      '4:14 value type: expected one of string, int, number, bool, list, found "boolean"; did you mean "bool"?',
      '6:28 value type: expected one of human, timer, cron, bead, mail, gh:run, gh:pr, command, found "approval"; did you mean "human"?',
    ],
  },
  {
    name: "what is not UTF-8",
    text: withStep("    run: x\n    title: caf\ufffd \ufffd\n"),
    problems: [
      "5:15 yaml here is something that is not UTF-8, or the character U+FFFD that stands for it; save the file as UTF-8",
    ],
  },
  {
    name: "names with other letters",
    text: "molecule: My Release\nsteps:\n  - { id: Build It, run: x }\n",
    problems: [
      '1:11 value molecule: expected a name of a-z, 0-9 and -, found "My Release"; write my-release',
      '3:11 value id: expected an id of a-z, 0-9, - and _, found "Build It"; write build-it',
    ],
  },
  {
    name: "lists where maps are, and the other way round",
    text:
      "molecule: m\nvars: [a]\nenv: [A=b]\nsteps:\n  - id: a\n    run: x {{ a }}\n    on_failure: { id: u, run: y }\n  - build\n",
    problems: [
      "2:7 value vars: expected a map of variables, found a list; write NAME: VALUE, without -",
      "3:6 value env: expected a map of names and values, found a list; write NAME: VALUE, without -",
      "7:17 value on_failure: expected a list of steps, found a map; each of them begins with -",
      '8:5 value steps: expected a map, found "build"; write { id: build }',
    ],
  },
];
