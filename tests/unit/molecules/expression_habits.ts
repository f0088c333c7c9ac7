/** What people write in a condition who know other languages, and what is said of it: column and message. */
export const expressionHabits: readonly (readonly [source: string, problem: string])[] = [
  ['vars.x = "a"', '14 expression unexpected "=" in _; two values are compared with "=="'],
  ['vars.x === "a"', '16 expression unexpected "=" in _; two values are compared with "=="'],
  ['vars.x =~ "a.*"', '14 expression unexpected "=" in _; a pattern is tried with TEXT.matches("PATTERN")'],
  ['vars.x == "a" and vars.on', '21 expression unexpected "and" in _; "and" is written &&'],
  ["vars.on & vars.on", '15 expression unexpected "&" in _; "and" is written &&'],
  ['vars.x == "a" or vars.on', '21 expression unexpected "or" in _; "or" is written ||'],
  ["not vars.on", '11 expression unexpected "vars" in _; "not" is written !'],
  ['vars.x not in ["a"]', '14 expression unexpected "not" in _; "not" is written !, as in !(a in b)'],
  [
    'vars.x | upper == "A"',
    '14 expression unexpected "|" in _; "or" is written ||; there are no filters, a function is called: quote(vars.x)',
  ],
  ['vars.x <> "a"', '15 expression unexpected ">" in _; "not equal" is written !='],
  [
    '$x == "a"',
    '7 expression unexpected "$" in _; a variable is read as vars.NAME, the environment as env.NAME',
  ],
  ["vars.x == `a`", '17 expression unexpected "`" in _; a text stands in " or \''],
  ["vars.x == “a”", '17 expression unexpected "“" in _; a text stands in " or \''],
  [
    'vars.x ?? "a" == "b"',
    '15 expression unexpected "?" in _; a choice is written CONDITION ? ONE : OTHER, and has(vars.x) asks if there is one',
  ],
  [
    '"a" if vars.on else "b"',
    '11 expression unexpected "if" in _; a choice is written CONDITION ? ONE : OTHER',
  ],
  ["vars.on # really", '15 expression unexpected "#" in _; a comment is written // here'],
  ['var.x == "a"', "7 expression reserved identifier: var in _; a variable is read as vars.NAME"],
  ["for x in vars.l", "7 expression reserved identifier: for in _; LIST.map(x, …) goes through a list"],
  [
    'vars.x == "\\d"',
    "18 expression invalid escape sequence: \\d in _; a backslash in a text is written twice",
  ],
  ["(vars.on", '15 expression expected ")", found the end in _'],
  ["vars.on)", '14 expression unexpected ")" in _'],
  ["vars..x", '12 expression expected a name, found "." in _'],
  ['vars.n == "1"', "7 expression-type no such overload: int == string in _; write vars.n == 1"],
  ["vars.x == 1", '7 expression-type no such overload: string == int in _; write vars.x == "1"'],
  ["vars.x == vars.n", "7 expression-type no such overload: string == int in _; write int(vars.x) == vars.n"],
  ["vars.n == 1.5", "7 expression-type no such overload: int == double in _; write double(vars.n) == 1.5"],
  ['vars.d >= "2"', "7 expression-type no such overload: double >= string in _; write vars.d >= 2.0"],
  ["vars.d", "7 expression-type expected true or false, found double in _; write vars.d != 0.0"],
  ['vars.on == "true"', "7 expression-type no such overload: bool == string in _; write vars.on == true"],
  ['vars.x + 1 == "a1"', '7 expression-type no such overload: string + int in _; write vars.x + "1"'],
  ["env.HOME == null", "7 expression-type no such overload: string == null in _; write !has(env.HOME)"],
  ["vars.x", '7 expression-type expected true or false, found string in _; write vars.x != ""'],
  ["vars.l", "7 expression-type expected true or false, found list in _; write size(vars.l) > 0"],
  ['"true"', "7 expression-type expected true or false, found string in _; write true without quotes"],
  [
    'vars.x.upper() == "A"',
    "7 expression-type found no matching overload for 'string.upper()' in _; write TEXT.upperAscii()",
  ],
  ["len(vars.x) > 1", "7 expression-type found no matching overload for 'len(string)' in _; write size(…)"],
  ["vars.x.length > 1", "14 expression-type cannot index type 'string' in _; write size(vars.x)"],
  ["vars.l.length > 1", "14 expression-type list index must be int, got 'string' in _; write size(vars.l)"],
  ['vars.l.first == "a"', "14 expression-type list index must be int, got 'string' in _; write vars.l[0]"],
  [
    'vars.x.startswith("a")',
    "7 expression-type found no matching overload for 'string.startswith(string)' in _; did you mean string.startsWith(string)?",
  ],
  [
    'contains(vars.x, "a")',
    "7 expression-type found no matching overload for 'contains(string, string)' in _; it is called as string.contains(string)",
  ],
  [
    "vars.l.contains(vars.x)",
    "7 expression-type found no matching overload for 'list.contains(string)' in _; write X in LIST",
  ],
  [
    "always()",
    "7 expression-type found no matching overload for 'always()' in _; write the key \"always: true\" of the step",
  ],
  ["vars.x == main", '17 unknown-name there is no "main" here; a text stands in quotes: "main"'],
  ["vars.on == True", '18 unknown-name there is no "True" here; did you mean "true"?'],
  ['inputs.x == "a"', '7 unknown-name there is no "inputs" here; did you mean "vars"?'],
  ['b.status == "failed"', '7 unknown-name there is no "b" here; did you mean "steps.b"?'],
  [
    'steps.first-one.status == "failed"',
    '7 unknown-step there is no step "first"; a name with a hyphen is read as steps["first-one"]',
  ],
  ['steps[first-one].status == "failed"', '7 unknown-step name the step that is read: steps["first-one"]'],
];

/** What people write in the braces of a text who know templates of other languages, and what is said of it. */
export const insertionHabits: readonly (readonly [text: string, problem: string])[] = [
  [
    "{{#if on}} x",
    '18 expression unexpected "#" in "#if on"; there are no blocks here; a choice is written CONDITION ? ONE : OTHER',
  ],
  [
    "{{/if}}",
    '18 expression unexpected "/" in "/if"; there are no blocks here; a choice is written CONDITION ? ONE : OTHER',
  ],
  [
    "{{ .x }}",
    '19 expression unexpected "." in ".x"; two braces that are no expression are written {{ "{{" }}',
  ],
  [
    "{{ x | upper }}",
    '21 expression unexpected "|" in "x | upper"; "or" is written ||; there are no filters, a function is called: quote(vars.x)',
  ],
  [
    "{{ it's }} ok",
    `21 expression the quotation that begins here with ' has no end before "}}"; a text in an expression stands in quotes as a whole`,
  ],
  [
    "{{ it's }} and don't {{ x }}",
    `21 expression the quotation that begins here with ' has no end before "}}"; a text in an expression stands in quotes as a whole`,
  ],
  ["{{ x ", '16 expression "{{" without "}}"; two braces that are no expression are written {{ "{{" }}'],
];
