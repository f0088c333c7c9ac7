import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { CommandError } from "../../../../src/lib/errors.ts";
import { configSchema, type KeySchema } from "../../../../src/town/config/config_keys.ts";
import { parseConfig } from "../../../../src/town/config/read_config.ts";

/** The lines that say what is wrong, without the pointer to the schema. */
async function problems(source: string): Promise<string[]> {
  const error = await assertRejects(() => parseConfig(source, "town.yaml")) as CommandError;
  assertEquals(error.code, "config_invalid");
  const lines = error.hints.filter((hint) => hint !== "gt config schema");
  return lines.length > 0 ? lines : [error.message];
}

describe("the configuration of a town", () => {
  it("needs nothing but a name, and fills in the rest", async () => {
    const config = await parseConfig("town: Köln", "town.yaml");
    assertEquals(config.prefix, "hq");
    assertEquals(config.limits.workers, 4);
    assertEquals(config.limits.start_timeout, 90_000);
    assertEquals(config.rigs, {});
  });

  it("reads durations as milliseconds", async () => {
    const config = await parseConfig(
      "town: a\nlimits: {stall_after: 1h30m}\nchecks_timeout: 45s\n",
      "town.yaml",
    );
    assertEquals([config.limits.stall_after, config.checks_timeout], [5_400_000, 45_000]);
  });

  it("fills in a rig's defaults", async () => {
    const config = await parseConfig("town: a\nrigs:\n  csm: {url: /r, prefix: cs}\n", "town.yaml");
    assertEquals(config.rigs.csm, {
      url: "/r",
      prefix: "cs",
      branch: "main",
      checks: [],
      setup: [],
      merge: "merge",
      keep_branches: false,
    });
  });
});

describe("a mistake in town.yaml is refused with its place", () => {
  it("names every mistake in one pass", async () => {
    const source = [
      "town: a",
      "limits:",
      "  wrokers: 3",
      "  start_timeout: 90",
      "rigs:",
      "  csm:",
      "    url: /r",
      "    prefix: cs",
      "    merge: sqush",
    ].join("\n");
    assertEquals(await problems(source), [
      `town.yaml:4:18: limits.start_timeout: expected a duration such as 90s, 5m or 2h, found the number 90`,
      `town.yaml:3:3: unknown key "wrokers" in limits; did you mean "workers"?`,
      `town.yaml:9:12: rigs.csm.merge: expected "merge", "squash" or "rebase", found "sqush"`,
    ]);
  });

  const cases: [title: string, source: string, expected: string][] = [
    ["a missing key", "prefix: hq", `Cannot use town.yaml:1:1: missing key "town"`],
    [
      "a missing key of a rig",
      "town: a\nrigs:\n  csm:\n    url: /r\n",
      `Cannot use town.yaml:3:3: missing key "prefix" in rigs.csm`,
    ],
    [
      "a list where a map belongs",
      "town: a\nrigs:\n  - csm\n",
      "Cannot use town.yaml:3:3: rigs: expected a map, found a list",
    ],
    [
      "a name that cannot be a folder",
      "town: a\nrigs:\n  My Rig: {url: /r, prefix: mr}\n",
      `Cannot use town.yaml:3:3: expected a name of a-z, 0-9 and -, beginning with a letter, found "My Rig"`,
    ],
    [
      "an agent nobody knows",
      "town: a\nagent: cluade\n",
      `Cannot use town.yaml:2:8: no agent is called "cluade"; did you mean "claude"?`,
    ],
    [
      "a prefix used twice",
      "town: a\nrigs:\n  a: {url: /r, prefix: cs}\n  b: {url: /s, prefix: cs}\n",
      `Cannot use town.yaml:4:24: prefix "cs" belongs to rig "a" already`,
    ],
    [
      "a key given twice",
      "town: a\ntown: b\n",
      "Cannot use town.yaml:2:1: Map keys must be unique",
    ],
    [
      "an open quotation",
      'town: "a\n',
      'Cannot use town.yaml:1:9: Missing closing "quote',
    ],
    [
      "an empty list as a map",
      "town: a\nlimits: []\n",
      "Cannot use town.yaml:2:9: limits: expected a map, found a list",
    ],
    ["an empty file", "", `Cannot use town.yaml:1:1: missing key "town"`],
    [
      "a list as the file",
      "- a\n",
      "Cannot use town.yaml:1:1: the file: expected a map, found a list",
    ],
    [
      "an entry of a list",
      "town: a\nrigs:\n  a:\n    url: /r\n    prefix: a\n    checks:\n      - npm test\n",
      'Cannot use town.yaml:7:9: rigs.a.checks.0: expected a check with `name` and `run`, found "npm test"',
    ],
  ];
  for (const [title, source, expected] of cases) {
    it(title, async () => assertEquals((await problems(source))[0], expected));
  }
});

describe("the JSON Schema of town.yaml", () => {
  it("describes every key", () => {
    const silent: string[] = [];
    const visit = (schema: KeySchema, path: string) => {
      for (const [name, child] of Object.entries(schema.properties ?? {})) {
        if (!child.description) silent.push(`${path}${name}`);
        visit(child, `${path}${name}.`);
      }
      if (schema.items) visit(schema.items, `${path}0.`);
      if (typeof schema.additionalProperties === "object") visit(schema.additionalProperties, `${path}*.`);
    };
    visit(configSchema(), "");
    assertEquals(silent, []);
  });
});
