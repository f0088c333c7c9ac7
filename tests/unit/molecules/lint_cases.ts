import { withStep } from "./language_fixture.ts";
import { braceCases } from "./lint_brace_cases.ts";
import { partCases } from "./lint_part_cases.ts";
import { placeCases } from "./lint_place_cases.ts";
import { shellCases } from "./lint_shell_cases.ts";
import { typeCases } from "./lint_type_cases.ts";
import { valueCases } from "./lint_value_cases.ts";
import { yamlCases } from "./lint_yaml_cases.ts";

/** A text, and all that is wrong with it as `line:column rule message`; a warning has a `?` before its rule. */
export interface LintCase {
  name: string;
  text: string;
  others?: Record<string, string>;
  problems: readonly string[];
}

const two = (lines: string) =>
  withStep("    run: make\n    outputs: { n: '{{ stdout }}' }\n") + `  - id: two\n${lines}`;

/** Each rule with a text that breaks it, and what is said of it. */
export const lintCases: readonly LintCase[] = [
  {
    name: "a quotation without end",
    text: "molecule: 'm\n",
    problems: ["1:11 yaml the quotation that begins here has no end"],
  },
  {
    name: "a quotation without end, before other lines",
    text: withStep('    run: "echo\n    title: x\n'),
    problems: ["4:10 yaml the quotation that begins here has no end"],
  },
  {
    name: "colons in values without quotes, and what comes of them",
    text: withStep("    title: Fix: the thing\n    run: echo {{ vars.a ? 'x' : 'y' }}\n"),
    problems: [
      '4:12 yaml a value with ": " in it must stand in quotes: write title: "Fix: the thing"',
      `5:10 yaml a value with ": " in it must stand in quotes: write run: "echo {{ vars.a ? 'x' : 'y' }}"`,
    ],
  },
  {
    name: "a tab",
    text: "molecule: m\nsteps:\n\t- id: a\n",
    problems: ["3:1 yaml a tab cannot indent; use blanks"],
  },
  {
    name: "a key twice",
    text: "molecule: m\nmolecule: n\nsteps:\n  - { id: a, id: b }\n",
    problems: [
      '2:1 yaml "molecule" stands twice in the same map',
      '4:14 yaml "id" stands twice in the same map',
    ],
  },
  {
    name: "anchors, aliases, tags and merges",
    text: "molecule: m\nsteps:\n  - &a { id: one }\n  - *a\n  - id: !x two\n  - { <<: { id: b } }\n",
    problems: [
      "3:5 yaml an anchor (&a) is not read here",
      "4:5 yaml an alias (*a) is not read here; write what it stands for, or a text in quotes",
      '5:9 yaml the tag !x is not read here; a text that begins with ! must stand in quotes: write id: "!x two"',
      "6:7 yaml merge keys are not read here; write its keys in their place",
    ],
  },
  {
    name: "a value that begins with braces and no quotes",
    text: withStep("    run: {{ vars.x }} now\n"),
    problems: ['4:10 yaml a value that begins with {{ must stand in quotes: write run: "{{ vars.x }} now"'],
  },
  {
    name: "several documents",
    text: "molecule: m\n---\nmolecule: n\n",
    problems: [
      "2:1 yaml one file holds one molecule",
    ],
  },
  {
    name: "steps among commands that nobody but a person ends",
    text: withStep("    title: make build\n") +
      "  - { id: b, needs: [one], run: x, on_failure: [{ id: fix }] }\n" +
      "  - { id: c, acceptance: It is green, needs: [b] }\n  - { id: d, run: x }\n  - { id: e, run: x }\n" +
      "  - { id: f, gate: { type: human } }\n",
    problems: [
      ["3:9", "one"],
      ["5:55", "fix"],
    ].map(([place, id]) =>
      `${place} ?checklist "${id}" waits until somebody closes it; forgot run: or prompt:? One that is meant so says in acceptance: when it is finished`
    ),
  },
  {
    name: "nothing in a checklist with a command, nor in what says more of itself",
    text: withStep("    title: Tidy it\n") +
      "  - { id: b, needs: [one], run: x }\n  - { id: c, needs: [b], title: Say so }\n",
    problems: [],
  },
  {
    name: "what waits for nobody at the end of a checklist with a command",
    text: withStep("    title: Tidy it\n") +
      "  - { id: b, needs: [one], run: x, on_failure: [{ id: fix }] }\n  - { id: c, needs: [b], title: Say so }\n" +
      "finally: [{ id: last }, { id: end, description: Put it away. }]\n",
    problems: [
      ["5:55", "fix"],
      ["7:17", "last"],
    ].map(([place, id]) =>
      `${place} ?checklist "${id}" waits until somebody closes it; forgot run: or prompt:? One that is meant so says in acceptance: when it is finished`
    ),
  },
  {
    name: "what is kept beside what is to be repeated",
    text: withStep("    run: x\n    repeat: { until: 'true', max: 3 }\n    cache: { key: a }\n"),
    problems: [
      '6:5 misplaced-key "cache" cannot stand beside "repeat": each time would give what the first one gave',
    ],
  },
  {
    name: "a budget for agents where there are none",
    text: withStep("    run: make\n    budget: { minutes: 1, tokens: 5, usd: 1 }\n") +
      "  - { id: two, molecule: m2, budget: { usd: 1 } }\n  - { id: three, prompt: x, budget: { tokens: 5, usd: 1 } }\n",
    others: { m2: "molecule: m2\nsteps:\n  - { id: a, run: x }\n" },
    problems: [
      '5:27 misplaced-key "tokens" is for what the agent of a prompt uses',
      '5:38 misplaced-key "usd" is for what the agent of a prompt uses',
      '6:40 misplaced-key "usd" is for what the agent of a prompt uses; give the molecule that is run a budget',
    ],
  },
  {
    name: "an empty file",
    text: "",
    problems: ['1:1 value expected a map with "molecule" and "steps", found nothing'],
  },
  {
    name: "a list",
    text: "- id: a",
    problems: ['1:1 value expected a map with "molecule" and "steps", found a list'],
  },
  {
    name: "neither name nor steps",
    text: "version: 1",
    problems: [
      '1:1 missing-key missing key "molecule" in a molecule',
      "1:1 missing-key steps: expected at least one step",
    ],
  },
  {
    name: "misspelt keys, each of them",
    text: "molecul: m\nverson: 1\n" +
      withStep("    neds: []\n    run: x\n    retry: { attempts: 2, dely: 1s }\n"),
    problems: [
      '1:1 unknown-key unknown key "molecul" in a molecule; did you mean "molecule"?',
      '2:1 unknown-key unknown key "verson" in a molecule; did you mean "version"?',
      '6:5 unknown-key unknown key "neds" in a step; did you mean "needs"?',
      '8:27 unknown-key unknown key "dely" in "retry"; did you mean "delay"?',
    ],
  },
  {
    name: "a step without an id, and what else is wrong",
    text: "molecule: m\nsteps:\n  - run: x\n  - { id: B, run: x }\n  - { id: c, needs: [d] }\n",
    problems: [
      '3:5 missing-key missing key "id" in a step',
      '4:11 value id: expected an id of a-z, 0-9, - and _, found "B"; write b',
      '5:22 unknown-need needs: there is no step "d"',
    ],
  },
  {
    name: "values of the wrong type",
    text: "molecule: 7\nversion: soon\nvars: [a]\nsteps: { a: 1 }\n",
    problems: [
      "1:11 value molecule: expected a name of a-z, 0-9 and -, found the number 7",
      '2:10 value version: expected a whole number, 1 or more, found "soon"',
      "3:7 value vars: expected a map of variables, found a list; write NAME: VALUE, without -",
      '3:7 ?unused-variable nothing reads the variable "a"',
      "4:8 value steps: expected a list of steps, found a map; each step begins with - id: NAME",
    ],
  },
  {
    name: "values of the wrong form",
    text: withStep(
      "    timeout: 3 days\n    retry: { attempts: 0 }\n    matrix: { os: [] }\n    needs: { any: [1] }\n" +
        "    allow_failure: maybe\n    secrets: [A-B]\n    gate: { type: humen }\n",
    ),
    problems: [
      '4:14 value timeout: expected a duration such as 90s or 1h30m, found "3 days"; write 3d',
      '5:5 misplaced-key "retry" means nothing in a step with "gate"; it belongs to run, prompt, molecule, convoy',
      "5:24 value attempts: expected a whole number, 1 or more, found the number 0",
      "6:19 value os: expected a list of values, found an empty list",
      "7:20 value any: expected the id of a step, found the number 1",
      '8:20 value allow_failure: expected true or false, found "maybe"',
      '9:15 value secrets: expected a name of letters, digits and _, found "A-B"',
      '10:19 value type: expected one of human, timer, cron, bead, mail, gh:run, gh:pr, command, found "humen"; did you mean "human"?',
    ],
  },
  {
    name: "a step of two kinds",
    text: withStep("    run: make\n    gate: { type: human }\n    prompt: Do it\n"),
    problems: [
      '5:5 kind "run" and "gate" in one step: it is one of run, prompt, gate, molecule, convoy',
      '6:5 kind "run" and "prompt" in one step: it is one of run, prompt, gate, molecule, convoy',
    ],
  },
  {
    name: "keys that would do nothing",
    text: withStep(
      "    prompt: Do it\n    cwd: x\n    with: { a: b }\n    max_parallel: 2\n",
    ) + "  - { id: two, timeout: 1m }\n  - { id: t, gate: { type: human, timeout: 1d }, timeout: 1d }\n" +
      "  - { id: u, run: x, matrix: { a: [1] }, for_each: '[1]', repeat: { until: true, max: 2 } }\n",
    problems: [
      '5:5 misplaced-key "cwd" means nothing in a step with "prompt"; it belongs to run',
      '6:5 misplaced-key "with" means nothing in a step with "prompt"; it belongs to molecule',
      '7:5 misplaced-key "max_parallel" means nothing without "matrix" or "for_each"',
      '8:16 misplaced-key "timeout" means nothing in a checklist item; it belongs to run, prompt, gate, molecule, convoy',
      '9:50 misplaced-key "timeout" stands in the gate already',
      '10:42 misplaced-key "matrix" and "for_each" in one step',
      '10:59 misplaced-key "repeat" cannot stand beside "matrix"',
    ],
  },
  {
    name: "an id twice, also in different lists",
    text: withStep("    run: x\n") + "  - { id: one }\nfinally:\n  - { id: one, run: y }\n",
    problems: [
      '5:11 duplicate-id id: "one" stands here twice',
      '7:11 duplicate-id id: "one" stands here twice',
    ],
  },
  {
    name: "needs that are not there",
    text: withStep("    needs: [oone, z]\n") + "finally:\n  - { id: z, run: y, needs: [one] }\n",
    problems: [
      '4:13 unknown-need needs: there is no step "oone"',
      '4:19 unknown-need needs: "z" is in finally; its steps come after all others',
      '6:30 unknown-need needs: "one" is in steps; steps of finally come after those of steps anyway',
    ],
  },
  {
    name: "needs of two forms",
    text: two("    needs: { any: [one], quorum: 1 }\n"),
    problems: ["7:12 value needs: expected {all: […]}, {any: […]} or {quorum: N, of: […]}"],
  },
  {
    name: "a step that needs itself",
    text: withStep("    needs: [one]\n"),
    problems: ['3:9 cycle needs: "one" waits for itself: one → one'],
  },
  {
    name: "a ring",
    text:
      "molecule: m\nsteps:\n  - { id: a, needs: [c] }\n  - { id: b, needs: [a] }\n  - { id: c, needs: [b] }\n  - { id: d, needs: [c] }\n",
    problems: ['3:11 cycle needs: "a" waits for itself: a → c → b → a'],
  },
  {
    name: "steps that can never run",
    text: withStep("    when: 1 > 2\n") +
      "  - { id: two, needs: [one], strict: true }\n  - { id: three, needs: [one] }\n" +
      "  - { id: four, needs: { quorum: 3, of: [one, three] } }\n",
    problems: [
      '3:9 unreachable "one" can never run: its condition is always false',
      '5:11 unreachable "two" can never run: it is strict, and "one" never runs',
      '7:11 unreachable "four" can never run: it needs 3 of 2 steps',
    ],
  },
  {
    name: "a variable called like something else",
    text: "vars: { status: x, a-b: y }\n" + withStep("    run: echo {{ vars.status }}\n"),
    problems: [
      '1:9 reserved-name vars: "status" is what expressions call something else; take another name',
      '1:20 value vars: expected a name of letters, digits and _, found "a-b"; write a_b',
    ],
  },
  {
    name: "defaults that do not fit",
    text: "vars:\n  a: { default: x, required: true }\n  b: { default: y, enum: [z] }\n" +
      "  c: { default: abc, pattern: '\\d+' }\n  d: { type: int, default: x }\n  e: { pattern: '(' }\n" +
      withStep("    run: echo {{ a }}{{ b }}{{ c }}{{ d }}{{ e }}\n"),
    problems: [
      "2:8 variable-default a: a variable with a default is never required",
      '3:17 variable-default default: expected one of z, found "y"',
      '4:17 variable-default default: expected what matches \\d+, found "abc"',
      '5:28 variable-default default: expected a whole number, found "x"',
      '6:17 value pattern: "(" is no regular expression',
    ],
  },
  {
    name: "a variable that nothing reads",
    text: "vars: { a: 1 }\n" + withStep("    run: x\n"),
    problems: ['1:9 ?unused-variable nothing reads the variable "a"'],
  },
  {
    name: "expressions that are none",
    text: withStep(
      "    when: 1 +\n    run: |\n      ok\n      echo {{ (1 }} {{ 'a }}' }} {{ }}\n    stdin: '{{.State}} {{ x'\n",
    ),
    problems: [
      '4:14 expression it ends too soon in "1 +"',
      '7:17 expression expected ")", found the end in "(1"',
      '7:36 expression an expression is missing in ""',
      '8:15 expression unexpected "." in ".State"; two braces that are no expression are written {{ "{{" }}',
      '8:24 expression "{{" without "}}"; two braces that are no expression are written {{ "{{" }}',
    ],
  },
  {
    name: "types that do not fit",
    text: "vars: { n: 3, s: x }\n" +
      withStep(
        '    when: vars.n\n    for_each: vars.s\n    run: echo {{ vars.n + "x" }} {{ vars.s.foo() }} {{ wat(1) }}\n',
      ),
    problems: [
      '5:11 expression-type expected true or false, found int in "vars.n"; write vars.n != 0',
      '6:15 expression-type expected a list, found string in "vars.s"; write lines(vars.s), or [vars.s]',
      '7:18 expression-type no such overload: int + string in "vars.n + "x""; write string(vars.n) + "x"',
      "7:37 expression-type found no matching overload for 'string.foo()' in \"vars.s.foo()\"",
      "7:56 expression-type found no matching overload for 'wat(int)' in \"wat(1)\"",
    ],
  },
  {
    name: "names that do not exist",
    text: "vars: { channel: x }\n" +
      withStep(
        "    when: channel == run.name && matrix.os == item && stdout == status && chanel == bead.titel\n" +
          "    run: echo {{ vars.chanel }} {{ wat }}\n",
      ),
    problems: [
      '5:11 unknown-name there is no "channel" here; did you mean "vars.channel"?',
      '5:22 unknown-name a run has no "name" here; known are id, molecule, version, status, by',
      '5:34 unknown-name "matrix" is only known in a step that has one',
      '5:47 unknown-name "item" is only known in a step with "for_each"',
      '5:55 unknown-name "stdout" is only known in the outputs of a command',
      '5:65 unknown-name "status" is only known in "finally" and "on_failure"',
      '5:75 unknown-name there is no "chanel" here; did you mean "vars.channel"?',
      '5:85 unknown-name a bead has no "titel" here; did you mean "title"?',
      '6:18 unknown-variable there is no variable "chanel"; did you mean "channel"?',
      '6:36 unknown-variable there is no variable "wat"; known are channel',
    ],
  },
  {
    name: "steps and outputs that do not exist",
    text: two(
      "    needs: [one]\n    run: echo {{ steps.ono.status }} {{ steps.one.outputs.m }} {{ steps.one.n }} {{ steps[vars].status }}\n" +
        "  - id: run-it\n    when: steps.run-it.status == 'x'\n",
    ),
    problems: [
      '8:18 unknown-step there is no step "ono"; did you mean "one"?',
      '8:41 unknown-output "one" has no output "m"; did you mean "n"?',
      '8:67 unknown-output a step has no "n"; did you mean "outputs.n"?',
      '8:85 unknown-step name the step that is read: steps.ID, or steps["ID"]',
      '10:11 unknown-step there is no step "run"; a name with a hyphen is read as steps["run-it"]',
    ],
  },
  {
    name: "a step that may not have run",
    text: two("    run: echo {{ steps.one.outputs.n }} {{ steps.two.status }}\n"),
    problems: [
      '7:18 not-a-need "one" may not have run yet: it is not among the needs of "two"',
      '7:44 not-a-need "two" reads itself before it has run',
    ],
  },
  {
    name: "what an agent wrote in a command",
    text:
      "molecule: m\nsteps:\n  - { id: a, prompt: Look, outputs: [say, list] }\n  - id: b\n    needs: [a]\n" +
      "    for_each: steps.a.outputs.list\n    run: |\n" +
      "      echo {{ steps.a.outputs.say }} {{ item.x }} {{ bead.title }}\n" +
      "      echo {{ quote(steps.a.outputs.say) }} {{ size(steps.a.outputs.say) }} {{ steps.a.status }} {{ bead.id }}\n" +
      "    env: { SAY: '{{ steps.a.outputs.say }}' }\n    stdin: '{{ steps.a.outputs.say }}'\n",
    problems: [
      '8:15 shell-injection "steps.a.outputs.say" comes from an agent, and the shell would run what it says: write {{ quote(steps.a.outputs.say) }}, or give it in env',
      '8:41 shell-injection "item.x" comes from an agent, and the shell would run what it says: write {{ quote(item.x) }}, or give it in env',
      '8:54 shell-injection "bead.title" comes from an agent, and the shell would run what it says: write {{ quote(bead.title) }}, or give it in env',
    ],
  },
  {
    name: "a secret that would be written down",
    text: "secrets: [TOKEN]\n" +
      withStep("    run: x {{ env.TOKEN }} {{ env.OTHER }} {{ env }} {{ env[vars.x] }}\n"),
    problems: [
      '5:15 secret "TOKEN" is a secret, and what an expression gives is written down; a command that names it in "secrets" reads $TOKEN',
      '5:47 unknown-name name what is read of "env": env.NAME',
      '5:57 unknown-name name what is read of "env": a name that is computed cannot be recorded',
      '5:61 unknown-variable there is no variable "x"',
    ],
  },
  {
    name: "secrets as in other tools, and names in the environment that look like some",
    text: "env: { A: '{{ env.GITHUB_TOKEN }}', B: '{{ has(env.A_TOKEN) }}' }\n" +
      withStep(
        "    run: echo {{ secrets.TOKEN }} {{ env.TOKENS }}\n    when: has(env.API_KEY) || secrets['X'] == ''\n",
      ),
    problems: [
      '1:15 ?secret "GITHUB_TOKEN" looks like a secret, and what an expression gives is written down; in a command, name it in secrets: [GITHUB_TOKEN] and read $GITHUB_TOKEN',
      '1:48 ?secret "A_TOKEN" looks like a secret, and what an expression gives is written down; ask in the command itself: test -n "$A_TOKEN" || exit 0',
      '5:18 unknown-name there is no "secrets" here; in a command, name it in secrets: [TOKEN] and read $TOKEN',
      '6:15 ?secret "API_KEY" looks like a secret, and what an expression gives is written down; ask in the command itself: test -n "$API_KEY" || exit 0',
      '6:31 unknown-name there is no "secrets" here; in a command, name it in secrets: [X] and read $X',
    ],
  },
  {
    name: "a secret of another step, and of what is nested in a nested molecule",
    text: withStep("    run: x\n    secrets: [ONE]\n") + "  - { id: two, molecule: below }\n" +
      "  - { id: three, run: 'x {{ env.ONE }} {{ env.TWO }} {{ env.DEEP }} {{ env.OTHER }}' }\n",
    others: {
      below:
        "molecule: below\nsteps:\n  - { id: a, run: x, secrets: [TWO] }\n  - { id: b, molecule: deep }\n",
      deep: "molecule: deep\nfinally: [{ id: a, run: x, secrets: [DEEP] }]\nsteps: [{ id: b, run: x }]\n",
    },
    problems: [["ONE", 29], ["TWO", 43], ["DEEP", 57]].map(([name, column]) =>
      `7:${column} secret "${name}" is a secret, and what an expression gives is written down; a command that names it in "secrets" reads $${name}`
    ),
  },
  {
    name: "cron lines that are none",
    text: withStep("    gate: { type: cron, schedule: '61 * * * *' }\n") +
      "  - { id: b, gate: { type: cron, schedule: daily } }\n  - { id: c, gate: { type: cron, schedule: '*/5 9-17 1,15 jan-mar mon' } }\n" +
      "  - { id: d, gate: { type: cron, schedule: '* * * * *', timezone: Mars/Olympus } }\n",
    problems: [
      '4:35 cron schedule: expected a minute from 0 to 59, found "61" in "61 * * * *"',
      '5:44 cron schedule: expected five fields, as in 0 9 * * 1-5, found 1 in "daily"',
      '7:67 cron timezone: there is no time zone "Mars/Olympus"; one is called Europe/Berlin',
    ],
  },
  {
    name: "cron lines that run backwards, have a step of no range, or never come",
    text: "molecule: m\nsteps:\n" +
      [
        "0 0 * * sat-sun",
        "0 0 * * FRI-MON",
        "30-10 * * * *",
        "5/15 * * * *",
        "*/60 * * * *",
        "0 0 31 2 *",
        "0 0 30,31 feb *",
        "0 0 31 4,6,9-9,11 *",
        // Some of each come.
        "0 0 29 2 *",
        "0 0 31 2,3 *",
        "0 0 31 2 mon",
        "0 0 * * sat-7",
      ].map((line, at) => `  - { id: s${at}, gate: { type: cron, schedule: '${line}' } }\n`).join(""),
    problems: [
      '3:45 cron schedule: the range "sat-sun" runs backwards; the week begins with sun or 0 and ends with 7, as in sat-7 in "0 0 * * sat-sun"',
      '4:45 cron schedule: the range "FRI-MON" runs backwards; the week begins with sun or 0 and ends with 7, as in fri-7 in "0 0 * * FRI-MON"',
      '5:45 cron schedule: the range "30-10" runs backwards in "30-10 * * * *"',
      '6:45 cron schedule: a step is that of a range, as in 5-59/15 or */15, found "5/15" in "5/15 * * * *"',
      '7:45 cron schedule: expected a step from 1 to 59, found "*/60" in "*/60 * * * *"',
      '8:45 cron schedule: "0 0 31 2 *" never comes: no such month has such a day',
      '9:45 cron schedule: "0 0 30,31 feb *" never comes: no such month has such a day',
      '10:45 cron schedule: "0 0 31 4,6,9-9,11 *" never comes: no such month has such a day',
    ],
  },
  {
    name: "gates that could never open, and one that would tell nobody",
    text: "molecule: m\nvars: { who: x }\nsteps:\n" +
      "  - { id: a, gate: { type: timer, until: tomorrow } }\n" +
      "  - { id: b, gate: { type: timer, until: March 5 2020 } }\n" +
      "  - { id: c, gate: { type: timer, until: '2026-02-31T00:00:00Z' } }\n" +
      "  - { id: d, gate: { type: command, command: '' } }\n" +
      "  - { id: e, gate: { type: bead, bead: ' ' } }\n" +
      "  - { id: f, gate: { type: 'gh:run', run: '' } }\n" +
      "  - { id: g, gate: { type: 'gh:pr', pr: '' } }\n" +
      "  - { id: h, gate: { type: human, approvers: [ann, ''] } }\n" +
      "  - { id: i, gate: { type: human, timeout: 1d, escalate: { after: 24h } } }\n" +
      "  - { id: j, timeout: 1h, gate: { type: human, escalate: { after: 2h } } }\n" +
      "  - { id: k, gate: { type: timer, until: '{{ who }}' } }\n" +
      "  - { id: l, gate: { type: timer, until: 1900000000 } }\n" +
      "  - { id: m, gate: { type: human, timeout: 1d, escalate: { after: 23h } } }\n",
    problems: [
      '4:42 value until: expected a moment as in RFC 3339, 2030-01-31T09:00:00Z, or seconds since 1970, found "tomorrow"',
      '5:42 value until: expected a moment as in RFC 3339, 2030-01-31T09:00:00Z, or seconds since 1970, found "March 5 2020"',
      '6:42 value until: expected a moment as in RFC 3339, 2030-01-31T09:00:00Z, or seconds since 1970, found "2026-02-31T00:00:00Z"',
      "7:46 value command: expected text, found an empty text",
      "8:40 value bead: expected text, found an empty text",
      "9:43 value run: expected text, found an empty text",
      "10:41 value pr: expected text, found an empty text",
      "11:52 value approvers: expected text, found an empty text",
      "12:67 value after: nobody is told after 24h, when its time of 1d is over",
      "13:67 value after: nobody is told after 2h, when its time of 1h is over",
    ],
  },
  {
    name: "a timer without a time",
    text: withStep("    gate: { type: timer }\n") +
      "  - { id: b, gate: { type: timer, for: 1h, until: '2030-01-01T00:00:00Z' } }\n",
    problems: [
      '4:11 value a timer has either "for" or "until"',
      '5:44 value a timer has either "for" or "until"',
    ],
  },
  {
    name: "outputs of the wrong form",
    text: withStep("    prompt: x\n    outputs: { a: b, n: int }\n") +
      "  - { id: b, run: x, outputs: [a] }\n",
    problems: [
      "5:19 value outputs: whoever does this gives the value: expected a type, one of string, int, number, bool, list; for any write [a]",
      "6:31 value outputs: a command gives values: expected a map such as { a: '{{ stdout.trim() }}' }",
    ],
  },
  {
    name: "nested molecules that are not there, contain this one, or want other values",
    text: withStep("    molecule: nets\n") +
      "  - { id: b, molecule: broken }\n  - { id: c, molecule: net, with: { y: 1 } }\n  - { id: d, molecule: around }\n",
    others: {
      net: "molecule: net\nvars: { x: { required: true } }\nsteps: [{ id: a, run: 'echo {{ x }}' }]\n",
      broken: "molecule: broken\nsteps: [{ id: a, needs: [b] }]\n",
      around: "molecule: around\nsteps: [{ id: a, molecule: ./m.yaml }]\n",
      "m.yaml": "molecule: m\nsteps: [{ id: a }]\n",
    },
    problems: [
      '4:15 unknown-molecule there is no molecule "nets"; did you mean "net"?',
      '5:24 unknown-molecule molecule "broken" cannot be used; see gt mol lint broken',
      '6:24 with with: "net" needs a value for "x"',
      '6:37 with with: "net" has no variable "y"; did you mean "x"?',
      '7:24 recursion "m" contains itself: around → m',
    ],
  },
  {
    name: "an output that no nested molecule has",
    text: "molecule: m\nsteps:\n  - { id: one, molecule: net }\n  - { id: two, molecule: over }\n" +
      "  - { id: three, needs: [one, two], run: 'echo {{ steps.one.outputs.b }}{{ steps.two.outputs.pats }}' }\n",
    others: {
      net: "molecule: net\nsteps: [{ id: a }]\n",
      deep: "molecule: deep\nsteps: [{ id: a }]\noutputs: { part: x }\n",
      over:
        "molecule: over\nsteps: [{ id: a, molecule: deep }]\noutputs: { parts: '{{ steps.a.outputs.part }}' }\n",
    },
    problems: [
      '5:51 unknown-output "one" has no output "b"; it declares none',
      '5:76 unknown-output "two" has no output "pats"; did you mean "parts"?',
    ],
  },
  {
    name: "a mistake in what is nested deeper, and what goes round there",
    text: withStep("    molecule: outer\n") +
      "  - { id: b, molecule: lost }\n  - { id: c, molecule: wants }\n  - { id: d, molecule: round }\n" +
      "  - { id: e, molecule: good }\n  - { id: f, molecule: back }\n",
    others: {
      outer: "molecule: outer\nsteps: [{ id: a, molecule: inner }]\n",
      inner: "molecule: inner\nsteps: [{ id: a, molecule: broken }]\n",
      broken: "molecule: broken\nsteps: [{ id: a, run: echo, foo: bar }]\n",
      lost: "molecule: lost\nsteps: [{ id: a, molecule: nowhere }]\n",
      wants: "molecule: wants\nsteps: [{ id: a, molecule: net }]\n",
      net: "molecule: net\nvars: { x: { required: true } }\nsteps: [{ id: a, run: 'echo {{ x }}' }]\n",
      round: "molecule: round\nsteps: [{ id: a, molecule: turn }]\n",
      turn: "molecule: turn\nsteps: [{ id: a, molecule: round }]\n",
      good: "molecule: good\nsteps: [{ id: a, molecule: net, with: { x: 1 } }]\n",
      back: "molecule: back\nsteps: [{ id: a, molecule: ./m.yaml }]\n",
      "m.yaml": "molecule: m\nsteps: [{ id: a, molecule: back }]\n",
    },
    problems: ["outer", "lost", "wants", "round"].map((name, at) =>
      `${4 + at}:${
        at === 0 ? 15 : 24
      } unknown-molecule molecule "${name}" cannot be used; see gt mol lint ${name}`
    ).concat('9:24 recursion "m" contains itself: back → m'),
  },
  {
    name: "parts that are not there, or go round",
    text: "extends: bse\ninclude: [self, part]\n" + withStep("    run: x\n") +
      "aspects:\n  - { match: [on*, tw?], before: [{ id: x, run: y }] }\n",
    others: {
      base: "molecule: base\nsteps: [{ id: a }]\n",
      self: "molecule: self\ninclude: [self]\nsteps: [{ id: a }]\n",
      part: "molecule: part\nsteps: [{ id: p, nedes: [] }]\n",
    },
    problems: [
      '1:10 unknown-molecule there is no molecule "bse"; did you mean "base"?',
      '8:20 composition match: no step is called "tw?"',
      'built-in part:2:18 unknown-key unknown key "nedes" in a step; did you mean "needs"?',
      'built-in self:2:11 recursion "self" is taken in by itself',
    ],
  },
  ...shellCases,
  ...placeCases,
  ...braceCases,
  ...partCases,
  ...typeCases,
  ...valueCases,
  ...yamlCases,
];
