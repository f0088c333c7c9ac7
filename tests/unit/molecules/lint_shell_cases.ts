import type { LintCase } from "./lint_cases.ts";

const said = (path: string, advice: string) =>
  `shell-injection "${path}" comes from an agent, and the shell would run what it says: ${advice}`;
const agent = "molecule: m\nsteps:\n  - { id: a, prompt: Look, outputs: [v] }\n";
const quoted = "{{ quote(steps.a.outputs.v) }}";

/** A command behind the agent's step, from line 7 and column 7 on. */
const command = (...lines: string[]) =>
  `${agent}  - id: b\n    needs: [a]\n    run: |\n${lines.map((line) => `      ${line}\n`).join("")}`;

const net = "molecule: net\nvars: { x: '', word: { enum: [a, b] }, quoted: '', n: 1 }\nsteps:\n" +
  "  - { id: a, run: 'echo {{ x }} {{ word }} {{ quote(vars.quoted) }} {{ n }}' }\n";

/** What an agent wrote on its way into commands. */
export const shellCases: readonly LintCase[] = [
  {
    name: "a word of quote() where the shell would take it apart",
    text: command(
      `echo "${quoted}" '${quoted}' \`echo ${quoted}\``,
      `cat <<EOF >x`,
      quoted,
      "EOF",
      `echo \\${quoted} $${quoted} $((${quoted})) # ${quoted}`,
    ),
    problems: [
      `7:22 ${said("steps.a.outputs.v", "take the quotes away; quote() brings its own")}`,
      `7:55 ${said("steps.a.outputs.v", "take the quotes away; quote() brings its own")}`,
      `7:93 ${said("steps.a.outputs.v", "in backticks quote() does not help; write $(…) in their place")}`,
      `9:16 ${
        said("steps.a.outputs.v", "in a here-document quote() does not help; give it in env or stdin")
      }`,
      `11:22 ${said("steps.a.outputs.v", 'take the "\\" before it away; quote() brings its own quotes')}`,
      `11:54 ${said("steps.a.outputs.v", 'take the "$" before it away; quote() brings its own quotes')}`,
      `11:88 ${said("steps.a.outputs.v", "in $((…)) quote() does not help; make it a number with int(…)")}`,
      `11:123 ${said("steps.a.outputs.v", "in a comment quote() does not help; take it out")}`,
    ],
  },
  {
    name: "nothing in a word of quote() that stays one, nor in what only decides",
    text: command(
      `echo "a" ${quoted} 'b "' x${quoted} "$(echo ${quoted})" "it's"`,
      `# it's`,
      `cat <<'EOF' ${quoted}`,
      "it's",
      "EOF",
      `echo ${quoted} {{ steps.a.outputs.v == "x" ? "yes" : quote(steps.a.outputs.v) }}`,
      `echo "{{ steps.a.outputs.v == 'x' ? 'yes' : 'no' }}"`,
    ),
    problems: [],
  },
  {
    name: "a quote() that is not all of an expression",
    text: command(
      `echo {{ quote(steps.a.outputs.v).replace("'", "") }}`,
      `echo "{{ steps.a.outputs.v }}"`,
    ),
    problems: [
      `7:21 ${
        said(
          "steps.a.outputs.v",
          `write {{ quote(quote(steps.a.outputs.v).replace("'", "")) }}, or give it in env`,
        )
      }`,
      `8:16 ${
        said(
          "steps.a.outputs.v",
          "write {{ quote(steps.a.outputs.v) }} without quotes around it, or give it in env",
        )
      }`,
    ],
  },
  {
    name: "what an agent wrote in the outputs of a command, however far it has come",
    text: agent +
      "  - { id: b, needs: [a], run: x, outputs: { v: '{{ steps.a.outputs.v }}', w: '{{ steps.b.outputs.v }}', n: '{{ size(steps.a.outputs.v) }}' } }\n" +
      "  - { id: c, needs: [b], run: x, for_each: lines(steps.b.outputs.w), outputs: { v: '{{ item }}' } }\n" +
      "  - id: d\n    needs: [c]\n    run: echo {{ steps.b.outputs.n }} {{ steps.c.outputs.v }}\n",
    problems: [
      `8:42 ${said("steps.c.outputs.v", "write {{ quote(steps.c.outputs.v) }}, or give it in env")}`,
    ],
  },
  {
    name: "what an agent wrote in the commands of a nested molecule, however deep",
    text: agent +
      "  - { id: b, needs: [a], molecule: net, with: { x: '{{ steps.a.outputs.v }}' } }\n" +
      "  - { id: c, needs: [a], molecule: over, with: { w: 'a {{ steps.a.outputs.v }}' } }\n" +
      "  - { id: d, needs: [a], molecule: over, with: { w: '{{ size(steps.a.outputs.v) }}' } }\n" +
      "  - id: e\n    needs: [a]\n    molecule: net\n    with:\n      word: '{{ steps.a.outputs.v }}'\n" +
      "      quoted: '{{ steps.a.outputs.v }}'\n      n: '{{ steps.a.outputs.v }}'\n",
    others: {
      net,
      over: "molecule: over\nvars: { w: '' }\nsteps:\n  - { id: a, run: x, outputs: { o: '{{ w }}' } }\n" +
        "  - { id: b, needs: [a], molecule: net, with: { x: '{{ steps.a.outputs.o }}' } }\n",
    },
    problems: [
      '4:52 shell-injection with: "x" comes from an agent, and a shell of "net" would run what it says: there it must be written with quote(…), or be given in env',
      '5:53 shell-injection with: "w" comes from an agent, and a shell of "over" would run what it says: there it must be written with quote(…), or be given in env',
    ],
  },
  {
    name: "values that a nested molecule does not take, each of them",
    text: "molecule: m\nsteps:\n  - id: a\n    molecule: net\n    with:\n      mode: fsat\n      n: many\n" +
      "      tag: \"1\"\n      on: 'yes'\n      list: '{\"a\": 1}'\n  - { id: b, molecule: net, with: { mode: slow, n: 3, tag: v1, on: true, list: 'a, b' } }\n",
    others: {
      net:
        "molecule: net\nvars:\n  mode: { enum: [fast, slow] }\n  n: { type: int }\n  tag: { pattern: 'v\\d' }\n" +
        "  on: { type: bool }\n  list: { type: list }\n" +
        "steps: [{ id: a, run: 'echo {{ mode }}{{ n }}{{ tag }}{{ on }}{{ list }}' }]\n",
    },
    problems: [
      '6:13 with mode: expected one of fast, slow, found "fsat"',
      '7:10 with n: expected a whole number, found "many"',
      '8:12 with tag: expected what matches v\\d, found "1"',
      '9:11 with on: expected true or false, found "yes"',
      '10:13 with list: expected a list, found "{\\"a\\": 1}"',
    ],
  },
  {
    name: "lists for variables of a nested molecule that hold none, and what stands in them",
    text: agent +
      "  - id: b\n    needs: [a]\n    molecule: net\n    with:\n      list: [x, 1, '{{ nope }}']\n" +
      "      words:\n        - x\n        - to {{ steps.a.outputs.v }}\n        - '{{ steps.c.outputs.v }}'\n" +
      "      on: [true]\n      text: []\n",
    others: {
      net: "molecule: net\nvars:\n  list: { type: list }\n  words: { type: list }\n  on: { type: bool }\n" +
        "  text: ''\nsteps: [{ id: a, run: 'echo {{ list }}{{ words }}{{ on }}{{ text }}' }]\n",
    },
    problems: [
      '8:24 unknown-variable there is no variable "nope"',
      '10:9 shell-injection with: "words" comes from an agent, and a shell of "net" would run what it says: there it must be written with quote(…), or be given in env',
      '12:15 unknown-step there is no step "c"; did you mean "a"?',
      "13:11 with on: expected true or false, found a list",
      "14:13 with text: expected text, found a list",
    ],
  },
];
