import { workflow } from "./formula_fixture.ts";

/** What becomes of a key: a text of the molecule, a comment in it with a note, or a refusal; the line ends with `#!`. */
export interface KeyCase {
  key: string;
  toml: string;
  becomes?: string;
  noted?: string;
  refused?: string;
}

const step = (lines: string) => workflow(`[[steps]]\nid = "one"\ntitle = "One"\n${lines}`);
const two = (lines: string) =>
  workflow(`[[steps]]\nid = "one"\ntitle = "One"\n[[steps]]\nid = "two"\ntitle = "Two"\n${lines}`);
const variable = (lines: string) => `${step('description = "{{v}}"\n')}[vars.v]\n${lines}`;
const gate = (lines: string) => step(`[steps.gate]\n${lines}`);
const loop = (lines: string) =>
  step(`[steps.loop]\n${lines}\n[[steps.loop.body]]\nid = "b"\ntitle = "B {i}"\n`);
const bond = (lines: string) =>
  step(
    `[steps.on_complete]\nfor_each = "output.list"\nbond = "twice"\nvars = { target = "{item}" }\n${lines}`,
  );
const aspect = (lines: string) => `formula = "m"\ntype = "aspect"\nversion = 1\n${lines}`;
const advice = (lines: string) => aspect(`[[advice]]\ntarget = "b*"\n[advice.before]\nid = "x"\n${lines}`);
const compose = (lines: string) => `${two("")}${lines}`;
const child = 'formula = "m"\nversion = 1\nextends = ["base"]\n';
const convoy = (lines: string, leg = "") =>
  `formula = "m"\ntype = "convoy"\nversion = 1\n[[legs]]\nid = "a"\ntitle = "A"\n${leg}\n${lines}`;

/** Every key that the reference of formulas names, in its order. */
export const KEYS: readonly KeyCase[] = [
  { key: "formula", toml: step(""), becomes: "molecule: m\n" },
  { key: "version", toml: step("").replace("version = 1", "version = 3"), becomes: "version: 3\n" },
  { key: "type", toml: step("").replace("workflow", "other"), refused: 'no formula of type "other"' },
  { key: "description", toml: `description = "What"\n${step("")}`, becomes: "description: What\n" },
  { key: "extends", toml: `${child}[[steps]]\nid = "test"\nneeds = ["build"]\n`, becomes: "extends: base\n" },
  { key: "phase", toml: `phase = "vapor" #!\n${step("")}`, noted: "phase: vapor" },
  { key: "pour", toml: `pour = true #!\n${step("")}`, noted: "pour: true" },
  { key: "vars", toml: `${step("")}[vars]\nv = "x"\n`, becomes: "vars:\n  v: x\n" },
  { key: "vars.description", toml: variable('description = "D"\n'), becomes: "v:\n    description: D\n" },
  { key: "vars.default", toml: variable('default = "x"\n'), becomes: "v:\n    default: x\n" },
  { key: "vars.required", toml: variable("required = true\n"), becomes: "v:\n    required: true\n" },
  {
    key: "vars.required with default",
    toml: variable('required = true\ndefault = "x" #!\n'),
    refused: "a required variable has no default",
  },
  {
    key: "vars.type number",
    toml: variable('type = "number"\ndefault = "1.5"\n'),
    becomes: "type: number\n    default: 1.5\n",
  },
  {
    key: "vars.type of another name",
    toml: variable('type = "path" #!\ndefault = "x"\n'),
    noted: "type: path",
  },
  {
    key: "vars.default empty",
    toml: variable('default = ""\nenum = ["a", "b"]\npattern = "^a+$"\n'),
    becomes: "v:\n    enum: [a, b]\n    pattern: ^a+$\n",
  },
  {
    key: "vars.type with an empty default",
    toml: variable('default = ""\ntype = "int"\n'),
    becomes: "pattern: -?\\d*\n",
  },
  { key: "vars.enum", toml: variable('default = "a"\nenum = ["a", "b"]\n'), becomes: "enum: [a, b]\n" },
  { key: "vars.pattern", toml: variable('pattern = "^a+$"\n'), becomes: "pattern: ^a+$\n" },
  {
    key: "vars.type",
    toml: variable('type = "int"\ndefault = "3"\n'),
    becomes: "type: int\n    default: 3\n",
  },
  { key: "steps.id", toml: step("").replace('"one"', '"O.ne"'), becomes: "- id: o-ne\n" },
  {
    key: "steps.id with accents",
    toml: step("").replace('"one"', '"Übung No. 1"'),
    becomes: "- id: ubung-no-1\n",
  },
  {
    key: "steps.id without Latin letters",
    toml: step("").replace('"one"', '"検査-x"'),
    becomes: "- id: u691c-u67fb-x\n",
  },
  { key: "steps.id without letters", toml: step("").replace('"one"', '"…"'), becomes: "- id: s-2026\n" },
  {
    key: "steps.id beginning with a digit",
    toml: step("").replace('"one"', '"1.2"'),
    becomes: "- id: s-1-2\n",
  },
  { key: "steps.title", toml: step(""), becomes: "title: One\n" },
  { key: "steps.description", toml: step('description = "What"\n'), becomes: "description: What\n" },
  {
    key: "steps.notes",
    toml: step('description = "A"\nnotes = "B"\n'),
    becomes: "description: |\n      A\n\n      B\n",
  },
  { key: "steps.acceptance", toml: step('acceptance = "Done"\n'), becomes: "acceptance: Done\n" },
  ...["type", "assignee"].map((key) => ({
    key: `steps.${key}`,
    toml: step(`${key} = "bug" #!\n`),
    noted: `${key}: bug`,
  })),
  { key: "steps.priority", toml: step("priority = 1 #!\n"), noted: "priority: 1" },
  { key: "steps.labels", toml: step('labels = ["x"] #!\n'), noted: 'labels: ["x"]' },
  { key: "steps.metadata", toml: step("metadata = { a = 1 } #!\n"), noted: 'metadata: {"a":1}' },
  { key: "steps.parallel", toml: step("parallel = true #!\n"), noted: "parallel: true" },
  { key: "steps.interactive", toml: step("interactive = true #!\n"), noted: "interactive: true" },
  {
    key: "steps.agent",
    toml: step('description = "D"\nagent = "codex"\n'),
    becomes: "agent:\n      agent: codex\n    prompt: D\n",
  },
  { key: "steps.depends_on", toml: two('depends_on = ["one"]\n'), becomes: "needs: [one]\n" },
  { key: "steps.needs", toml: two('needs = ["one"]\n'), becomes: "needs: [one]\n" },
  {
    key: "steps.needs of nothing",
    toml: two('needs = ["nine"] #!\n'),
    refused: 'needs "nine", and there is none',
  },
  {
    key: "steps.waits_for",
    toml: `${bond("")}[[steps]]\nid = "two"\nneeds = ["one"]\nwaits_for = "all-children"\n`,
    becomes: "- id: two\n    needs: [one, one-each]\n",
  },
  {
    key: "steps.waits_for any-children",
    toml:
      `${
        step('[[steps.children]]\nid = "a"\n[[steps.children]]\nid = "b"\n')
      }[[steps]]\nid = "two"\nneeds = ["one"]\n` +
      'waits_for = "any-children"\n',
    becomes: "- id: two\n    needs:\n      any: [a, b]\n",
  },
  {
    key: "steps.waits_for children-of",
    toml: `${step('[[steps.children]]\nid = "a"\n')}[[steps]]\nid = "two"\nwaits_for = "children-of(one)"\n`,
    becomes: "- id: two\n    needs: [a]\n",
  },
  {
    key: "steps.gate.id of a timer",
    toml: gate('type = "timer"\ntimeout = "7d"\nid = "t" #!\n'),
    noted: "id: t",
  },
  {
    key: "steps.waits_for nothing known",
    toml: two('needs = ["one"]\nwaits_for = "all-children" #!\n'),
    refused: "children that are only made later",
  },
  {
    key: "steps.condition",
    toml: step('condition = "{{v}} == x"\n[vars]\nv = "x"\n'),
    becomes: 'when: string(vars.v) == "x"\n',
  },
  {
    key: "steps.condition negated",
    toml: step('condition = "!{{v}}"\n[vars]\nv = "x"\n'),
    becomes: 'when: string(vars.v).lowerAscii() in ["", "false", "0", "no", "off"]\n',
  },
  { key: "steps.condition empty", toml: step('condition = ""\n'), becomes: "title: One\n" },
  {
    key: "steps.condition of other form",
    toml: step('condition = "a > 3" #!\n'),
    refused: 'the condition "a > 3"',
  },
  {
    key: "steps.expand",
    toml: step('expand = "twice"\n'),
    becomes: "molecule: twice\n    with:\n      target: one\n",
  },
  {
    key: "steps.expand_vars",
    toml: step('expand = "twice"\nexpand_vars = { target_title = "T" }\n'),
    becomes: "target_title: T\n",
  },
  {
    key: "steps.expand_vars alone",
    toml: step('expand_vars = { a = "b" } #!\n'),
    refused: "nothing to expand",
  },
  {
    key: "steps.children",
    toml: step('[[steps.children]]\nid = "a"\ntitle = "A"\n'),
    becomes: "needs: [a]\n  - id: a\n    title: A\n",
  },
  {
    key: "steps.gate",
    toml: gate('type = "human"\n'),
    becomes: "- id: one-gate\n    gate:\n      type: human\n",
  },
  { key: "steps.gate.type", toml: gate('type = "moon" #!\n'), refused: 'no gate of type "moon"' },
  { key: "steps.gate.id", toml: gate('type = "gh:run"\nid = "ci.yml"\n'), becomes: "run: ci.yml\n" },
  { key: "steps.gate.await_id", toml: gate('type = "bead"\nawait_id = "cs-1"\n'), becomes: "bead: cs-1\n" },
  {
    key: "steps.gate.timeout",
    toml: gate('type = "gh:pr"\nid = "17"\ntimeout = "1.5h"\n'),
    becomes: 'pr: "17"\n      escalate:\n        after: 1h30m\n',
  },
  { key: "steps.gate timer", toml: gate('type = "timer"\ntimeout = "7d"\n'), becomes: "for: 7d\n" },
  { key: "steps.gate mail", toml: gate('type = "mail"\nid = "overseer"\n'), becomes: "from: overseer\n" },
  {
    key: "steps.loop.count",
    toml: loop("count = 2"),
    becomes: "- id: one-iter2-b\n    title: B 2\n    needs: [one-iter1-b]\n",
  },
  { key: "steps.loop.range", toml: loop('range = "0..2^(3-2)"'), becomes: "title: B 2\n" },
  {
    key: "steps.loop.range of a variable",
    toml: loop('range = "1..{n}" #!'),
    refused: "give it a value, --var n=VALUE",
  },
  {
    key: "steps.loop.range backwards",
    toml: loop('range = "3..1" #!'),
    refused: "ends (1) before it begins (3)",
  },
  { key: "steps.loop.count of none", toml: loop("count = 0 #!"), refused: "at least one turn" },
  { key: "steps.loop.until", toml: loop('until = "x" #!\nmax = 3'), refused: "was never evaluated" },
  { key: "steps.loop.max", toml: loop("count = 1\nmax = 3 #!"), refused: "only a loop with until" },
  { key: "steps.loop.var", toml: loop('count = 1\nvar = "i"'), becomes: "title: B 1\n" },
  { key: "steps.loop.body", toml: step("[steps.loop] #!\ncount = 1\n"), refused: "a loop has no body" },
  {
    key: "steps.on_complete.for_each",
    toml: bond(""),
    becomes: "outputs: [list]\n  - id: one-each\n    needs: [one]\n    for_each: steps.one.outputs.list\n",
  },
  { key: "steps.on_complete.bond", toml: bond(""), becomes: "molecule: twice\n" },
  { key: "steps.on_complete.vars", toml: bond(""), becomes: 'with:\n      target: "{{ item }}"\n' },
  {
    key: "steps.on_complete.vars with index",
    toml: bond("").replace('"{item}" }', '"{index}" } #!'),
    refused: "{index}",
  },
  { key: "steps.on_complete.parallel", toml: bond("parallel = true\n"), becomes: "one-each" },
  { key: "steps.on_complete.sequential", toml: bond("sequential = true\n"), becomes: "max_parallel: 1\n" },
  {
    key: "template",
    toml:
      'formula = "m"\ntype = "expansion"\nversion = 1\n[[template]]\nid = "{target}.a"\ntitle = "{target.title}"\n' +
      'description = "{target.description} {target}"\n',
    becomes:
      '- id: a\n    title: "{{ target_title }}"\n    description: "{{ target_description }} {{ target }}"\n',
  },
  { key: "advice.target", toml: advice(""), becomes: "aspects:\n  - match: b*\n" },
  {
    key: "advice.before",
    toml: advice('title = "{step.title}"\n'),
    becomes: 'before:\n      - id: x\n        title: "{{ step.title }}"\n',
  },
  {
    key: "advice.target converted like ids",
    toml: aspect('[[advice]]\ntarget = "1.検*-..x"\n[advice.before]\nid = "x"\n'),
    becomes: "match: s-1-u691c-*-x\n",
  },
  { key: "advice.after", toml: advice("").replace("before", "after"), becomes: "after:\n      - id: x\n" },
  { key: "advice.*.description", toml: advice('description = "D"\n'), becomes: "description: D\n" },
  { key: "advice.*.type", toml: advice('type = "task" #!\n'), noted: "type: task" },
  { key: "advice.*.args", toml: advice('args = { a = "b" } #!\n'), refused: "nobody says what it is for" },
  {
    key: "advice.*.output",
    toml: advice('output = { a = "b" } #!\n'),
    refused: "nobody says what it is for",
  },
  {
    key: "advice.around",
    toml: aspect(
      '[[advice]]\ntarget = "a"\n[[advice.around.before]]\nid = "{step.id}-x"\n[[advice.around.after]]\nid = "y"\n',
    ),
    becomes: "before:\n      - id: x\n    after:\n      - id: y\n",
  },
  {
    key: "pointcuts.glob",
    toml: aspect('[[advice]]\n[advice.before]\nid = "x"\n[[pointcuts]]\nglob = "a"\n'),
    becomes: "match: [a]\n",
  },
  {
    key: "pointcuts.type",
    toml: advice('[[pointcuts]]\ntype = "bug" #!\n'),
    refused: "matched by their ids only",
  },
  {
    key: "pointcuts.label",
    toml: advice('[[pointcuts]]\nlabel = "x" #!\n'),
    refused: "matched by their ids only",
  },
  {
    key: "compose.bond_points",
    toml: compose('[[compose.bond_points]] #!\nid = "p"\nafter_step = "one"\n'),
    noted: "bond_points:",
  },
  {
    key: "compose.hooks",
    toml: compose('[[compose.hooks]] #!\ntrigger = "x"\nattach = "y"\n'),
    refused: "attached by itself",
  },
  {
    key: "compose.expand",
    toml: `${child}[[compose.expand]]\ntarget = "build"\nwith = "twice"\nvars = { target_title = "T" }\n`,
    becomes: "- id: build\n    title: Build {{ feature }}\n    needs: [design]\n    molecule: twice\n",
  },
  {
    key: "compose.expand twice",
    toml: compose(
      '[[compose.expand]]\ntarget = "one"\nwith = "twice"\n[[compose.expand]]\ntarget = "one" #!\nwith = "thrice"\n',
    ),
    refused: 'step "one" is expanded already, with "twice"',
  },
  {
    key: "compose.map over an expanded one",
    toml: compose(
      '[[compose.expand]]\ntarget = "one"\nwith = "twice"\n[[compose.map]]\nselect = "*" #!\nwith = "thrice"\n',
    ),
    refused: 'step "one" is expanded already, with "twice"',
  },
  {
    key: "compose.map",
    toml: compose('[[compose.map]]\nselect = "t*"\nwith = "twice"\n'),
    becomes: "- id: two\n    title: Two\n    molecule: twice\n",
  },
  {
    key: "compose.branch",
    toml: `${
      two('[[steps]]\nid = "three"\n')
    }[compose]\nbranch = [{ from = "one", steps = ["two"], join = "three" }]\n`,
    becomes: "needs: [one]\n  - id: three\n    needs: [two]\n",
  },
  {
    key: "compose.gate",
    toml: compose(`[[compose.gate]]\nbefore = "two"\ncondition = "one.status == 'complete'"\n`),
    becomes: "needs: [one]\n",
  },
  {
    key: "compose.gate of other form",
    toml: compose('[[compose.gate]]\nbefore = "two"\ncondition = "x > 3" #!\n'),
    refused: "is not STEP.status == 'complete'",
  },
  {
    key: "compose.aspects",
    toml: compose('[compose]\naspects = ["watch"]\n'),
    becomes: "include: [watch]\n",
  },
  {
    key: "inputs",
    toml: convoy('[inputs.pr]\ntype = "string"\ndescription = "P"\n'),
    becomes: "pr:\n    description: P\n",
  },
  {
    key: "inputs.required_unless",
    toml: convoy('[inputs.pr]\nrequired_unless = ["branch"]\n[inputs.branch]\n'),
    becomes:
      'when: string(vars.pr) == "" && string(vars.branch) == ""\n    run: echo "Give one of pr, branch" >&2; exit 1\n',
  },
  {
    key: "inputs.required_unless of several",
    toml: convoy(
      '[inputs.pr]\nrequired_unless = ["branch"]\n[inputs.branch]\n[inputs.who]\nrequired_unless = ["team"]\n[inputs.team]\n',
    ),
    becomes: "needs: [given-pr, given-who]\n",
  },
  {
    key: "inputs.required_unless of nothing",
    toml: convoy('[inputs.pr]\nrequired_unless = ["branch"] #!\n'),
    refused: 'nothing declares "branch"',
  },
  {
    key: "vars.required_unless",
    toml: variable('required_unless = ["v"] #!\n'),
    refused: "only a formula of type convoy",
  },
  {
    key: "prompts",
    toml: convoy(
      '[prompts]\nbase = "{{.leg.title}}{{if .x}} with {{.x}}{{else}} alone{{end}}"\n[inputs.x]\n',
    ),
    becomes: 'A{{ string(vars.x) in ["", "false"] ? " alone" : " with " + string(vars.x) }}',
  },
  { key: "prompts of nothing", toml: convoy('[prompts]\nnine = "x" #!\n'), refused: 'unknown key "nine"' },
  {
    key: "output",
    toml: convoy(
      '[prompts]\nbase = "{{.output_path}}"\n[output]\ndirectory = "d/{{.review_id}}"\nleg_pattern = "{{.leg.id}}.md"\n',
    ),
    becomes: "prompt: d/{{ run.id }}/a.md\n",
  },
  {
    key: "legs",
    toml: convoy("", 'description = "Look"'),
    becomes: '- id: a\n    title: A\n    agent:\n      rig: "{{ vars.rig }}"\n    prompt: Look\n',
  },
  { key: "legs.focus", toml: convoy("", 'focus = "F"'), becomes: "prompt: F\n" },
  {
    key: "legs.focus that no prompt reads",
    toml: convoy('[prompts]\nbase = "{{.leg.description}}"\n', 'focus = "F" #!\ndescription = "D"'),
    noted: "focus: F",
  },
  {
    key: "legs.description that no prompt reads",
    toml: convoy('[prompts]\na = "{{.leg.focus}}"\n', 'focus = "F"\ndescription = "D" #!'),
    noted: "description: D",
  },
  {
    key: "prompts.base of legs with own ones",
    toml: convoy('[prompts]\na = "A"\nbase = "B" #!\n'),
    noted: "base: B",
  },
  {
    key: "prompts.synthesis without a synthesis",
    toml: convoy('[prompts]\nsynthesis = "S" #!\n'),
    noted: "synthesis: S",
  },
  {
    key: "output that no prompt reads",
    toml: convoy('[output]\ndirectory = "d" #!\n'),
    noted: "directory: d",
  },
  {
    key: "agent of legs with own ones",
    toml: `agent = "codex" #!\n${convoy("", 'agent = "claude"')}`,
    noted: "agent: codex",
  },
  { key: "legs.agent", toml: convoy("", 'agent = "codex"'), becomes: "agent: codex\n" },
  {
    key: "legs.review_only",
    toml: convoy("", "review_only = true"),
    becomes: "Change nothing: this is a review.\n",
  },
  { key: "agent", toml: `agent = "codex"\n${convoy("")}`, becomes: "agent: codex\n" },
  { key: "agent of a workflow", toml: `agent = "codex" #!\n${step("")}`, noted: "agent: codex" },
  { key: "review_only", toml: `review_only = true\n${convoy("")}`, becomes: "Change nothing" },
  {
    key: "synthesis",
    toml: convoy('[synthesis]\ntitle = "All"\ndescription = "Join"\ndepends_on = ["a"]\n'),
    becomes:
      '- id: synthesis\n    title: All\n    needs: [a]\n    agent:\n      rig: "{{ vars.rig }}"\n    prompt: Join\n',
  },
  {
    key: "presets",
    toml: convoy('[presets.quick]\ndescription = "Fast"\nlegs = ["a"]\n'),
    becomes: 'when: vars.preset in ["every","quick"]\n',
  },
  { key: "squash", toml: `${step("")}[squash] #!\ntrigger = "on_complete"\n`, noted: "squash:" },
  { key: "step-overrides", toml: `${step("")}[[step-overrides]] #!\nstep_id = "a"\n`, refused: "an overlay" },
  {
    key: "legs of a workflow",
    toml: `${step("")}[[legs]] #!\nid = "a"\n`,
    refused: "only a formula of type convoy",
  },
  {
    key: "an unknown key",
    toml: step('tilte = "x" #!\n'),
    refused: 'unknown key "tilte"; did you mean "title"?',
  },
  { key: "an unknown key at the top", toml: `wat = 1 #!\n${step("")}`, refused: 'unknown key "wat"' },
];
