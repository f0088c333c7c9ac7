import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CommandError } from "../../../../src/lib/errors.ts";
import { parseConvoyFile, readConvoyFile } from "../../../../src/town/convoys/convoy_file.ts";
import { type KnownNames, unknownNames } from "../../../../src/town/convoys/convoy_names.ts";
import { beadSchema, convoyJsonSchema, convoySchema } from "../../../../src/town/convoys/convoy_schema.ts";

const problems = (text: string) =>
  readConvoyFile(text, "a.yaml").problems.map(({ line, column, rule, message }) =>
    `${line}:${column} ${rule} ${message}`
  );

const known: KnownNames = {
  rigs: ["app"],
  crew: ["crew/ann"],
  agents: ["script", "claude"],
  molecules: ["worker-work", "tdd", "none"],
  moleculeProblems: (name, vars) =>
    Promise.resolve([
      ...(name === "worker-work" ? [{ message: "no checklist" }] : []),
      ...(name !== "tdd" || "who" in vars ? [] : [{ message: "who is missing", variable: "who" }]),
      ...("odd" in vars ? [{ message: "odd is unknown", variable: "odd" }] : []),
    ]),
  isTarget: (name) => ["app", "crew/ann"].includes(name),
  hasBead: (id) => id === "cs-old",
  addressProblem: (address) => address === "overseer" ? undefined : `Cannot send to "${address}"`,
};

const unknown = async (text: string) => {
  const read = readConvoyFile(text, "a.yaml");
  return (await unknownNames(read, known)).map(({ line, column, rule, message }) =>
    `${line}:${column} ${rule} ${message}`
  );
};

describe("a convoy's file that is wrong", () => {
  const refused = (text: string) => {
    const error = assertThrows(() => parseConvoyFile(text, "a.yaml"), CommandError);
    return [error.message, ...error.hints].join("\n");
  };
  const cases: [string, string, RegExp][] = [
    ["is not YAML", "name: [\n", /a\.yaml:\d+:\d+/],
    ["is empty", "", /a\.yaml:1:1.*missing key "name"|missing key "name"/],
    ["is a list", "- a\n", /a\.yaml:1:1: expected a convoy with `name` and `beads`, found a list/],
    [
      "has an unknown key",
      "name: X\nbeads: [cs-a]\nbead: 1\n",
      /a\.yaml:3:1: unknown key "bead"; did you mean "beads"\?/,
    ],
    [
      "has an unknown key in a bead",
      "name: X\nbeads:\n  - id: cs-a\n    titel: A\n",
      /a\.yaml:4:5: unknown key "titel"; did you mean "title"\?/,
    ],
    [
      "has an unknown key in a budget",
      "name: X\nbudget: { sotf: 3 }\nbeads: [cs-a]\n",
      /a\.yaml:2:11: unknown key "sotf"; did you mean "soft"\?/,
    ],
    [
      "has a wrong type",
      "name: X\nbeads:\n  - id: cs-a\n    deps: cs-b\n",
      /a\.yaml:4:11: deps: expected a list of ids, found "cs-b"/,
    ],
    [
      "has a priority out of range",
      "name: X\nbeads:\n  - id: cs-a\n    priority: 9\n",
      /a\.yaml:4:15: priority: expected a priority from 0/,
    ],
    ["has no id", "name: X\nbeads:\n  - title: A\n", /a\.yaml:3:\d+: missing key "id"/],
    ["names a bead twice", "name: X\nbeads: [cs-a, cs-a]\n", /a\.yaml:2:15: "cs-a" stands here twice/],
    ["has a key twice", "name: X\nname: Y\nbeads: [cs-a]\n", /a\.yaml:2:1: Map keys must be unique/],
    [
      "makes a bead wait for itself",
      "name: X\nbeads:\n  - {id: cs-a, deps: [cs-a]}\n",
      /a\.yaml:3:23: "cs-a" cannot depend on itself/,
    ],
    [
      "makes beads wait for each other",
      "name: X\nbeads:\n  - {id: cs-a, deps: [cs-b]}\n  - {id: cs-b, deps: [cs-a]}\n",
      /a\.yaml:3:23: these wait for each other: cs-a → cs-b → cs-a/,
    ],
    ["has no beads", "name: X\nbeads: []\n", /at least one bead/],
  ];
  for (const [how, text, expected] of cases) {
    it(`${how}: says where`, () => assertMatch(refused(text), expected));
  }

  it("is told of all of it in one pass, in the order of the file", () => {
    assertEquals(
      problems("nmae: X\nbeads:\n  - {id: cs-a, typ: bug}\n  - {id: cs-a, priority: 7}\n  - 3\n"),
      [
        '1:1 missing-key missing key "name"',
        '1:1 unknown-key unknown key "nmae"; did you mean "name"?',
        '3:16 unknown-key unknown key "typ"; did you mean "type"?',
        '4:5 duplicate-id "cs-a" stands here twice',
        "4:26 value priority: expected a priority from 0 (or P0, critical) to 4, found the number 7",
        "5:5 value beads: expected an id such as cs-login, in a-z, 0-9 and -, found the number 3",
      ],
    );
  });

  it("is bounded: too long, or small and meant to be large", () => {
    assertMatch(problems("#".repeat(3_000_000))[0]!, /^1:1 size /);
    const laughs = Array.from(
      { length: 12 },
      (_, at) => `l${at}: &l${at} [${Array(10).fill(at === 0 ? "x" : `*l${at - 1}`).join(", ")}]`,
    ).join("\n");
    const began = performance.now();
    assertMatch(problems(laughs)[0]!, /^1:\d+ yaml Excessive alias count/);
    assertEquals(performance.now() - began < 5_000, true);
  });
});

describe("the names in a convoy's file", () => {
  it("are those of the town, or told with the nearest", async () => {
    const text = [
      "name: X",
      "rig: ap",
      "watchers: [overseer, nobody]",
      "beads:",
      "  - { id: cs-a, title: A, agent: scirpt, deps: [cs-old, cs-bb] }",
      "  - { id: cs-b, title: B, rig: crew/ann, molecule: tddd }",
      "  - { id: cs-c, title: C, rig: crew/nan }",
      "  - cs-old",
      "  - cs-new",
    ].join("\n");
    assertEquals(await unknown(text), [
      '2:6 unknown-rig there is no rig "ap"; did you mean "app"?',
      '3:22 address Cannot send to "nobody"',
      '5:34 unknown-agent there is no agent "scirpt"; did you mean "script"?',
      '5:57 unknown-bead deps: there is no bead "cs-bb"; did you mean "cs-b"?',
      '6:52 unknown-molecule there is no molecule "tddd"; did you mean "tdd"?',
      '7:32 unknown-rig there is no crew "crew/nan"; did you mean "crew/ann"?',
      '9:5 unknown-bead "cs-new" does not exist, and has no title to be made with',
    ]);
  });

  it("may be beads that the file makes itself", async () => {
    assertEquals(
      await unknown(
        "name: X\nrig: app\nbeads:\n  - { id: cs-a, title: A, deps: [cs-b] }\n  - { id: cs-b, title: B }\n",
      ),
      [],
    );
  });
});

describe("the molecules in a convoy's file", () => {
  it("are asked whether a bead can be worked by them, with the values that it gets", async () => {
    const text = [
      "name: X",
      "molecule: tdd",
      "vars: { odd: a }",
      "beads:",
      "  - { id: cs-a, title: A, vars: { who: ann } }",
      "  - { id: cs-b, title: B }",
      "  - { id: cs-c, title: C, molecule: worker-work, vars: { odd: b } }",
      "  - { id: cs-d, title: D, molecule: none }",
      "  - { id: cs-e, title: E, molecule: tdd }",
    ].join("\n");
    assertEquals(await unknown(text), [
      "3:14 variable odd is unknown",
      "6:5 variable who is missing",
      "7:37 molecule no checklist",
      "7:63 variable odd is unknown",
      "9:37 variable who is missing",
    ]);
    const one = "name: X\nmolecule: tdd\nbeads: [cs-old]\n";
    assertEquals(await unknown(one), ["2:11 variable who is missing"]);
    assertEquals(await unknown("name: X\nmolecule: worker-work\nbeads: [{ id: cs-old, molecule: none }]\n"), [
      "2:11 molecule no checklist",
    ]);
  });

  it("take values that are text, a flag or a list, and stand beside them", () => {
    const read = readConvoyFile(
      "name: X\nmolecule: tdd\nvars: { a: 'x', b: true, c: [x, y] }\nbeads: [cs-a]\n",
      "a.yaml",
    );
    assertEquals(read.file?.vars, { a: "x", b: "true", c: '["x","y"]' });
    assertEquals(problems("name: X\nvars: { a: 1.10 }\nbeads: [{ id: cs-a, vars: { b: x } }]\n"), [
      "2:12 value a: expected text, true, false or a list of texts; a number is put in quotes, as it is to be read, found the number 1.1",
      "3:21 variable vars: no `molecule` is named that would take them",
    ]);
  });
});

describe("the JSON Schema of a convoy's file", () => {
  it("has every key that is read, each with what it is for, and both forms of a bead and of a priority", async () => {
    const schema = JSON.parse(JSON.stringify(await convoyJsonSchema()));
    assertEquals(Object.keys(schema.properties), Object.keys(convoySchema.entries));
    const [text, map] = schema.properties.beads.items.anyOf;
    assertEquals([text.type, Object.keys(map.properties)], ["string", Object.keys(beadSchema.entries)]);
    assertEquals([schema.required, map.required, map.additionalProperties], [
      ["name", "beads"],
      ["id"],
      false,
    ]);
    const silent = [...Object.entries(schema.properties), ...Object.entries(map.properties)]
      .filter(([, value]) => !(value as { description?: string }).description);
    assertEquals(silent, []);
    assertEquals(map.properties.priority.anyOf.map(({ type }: { type: string }) => type), [
      "integer",
      "string",
    ]);
  });
});
