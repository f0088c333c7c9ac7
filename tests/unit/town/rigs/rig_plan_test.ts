import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CommandError } from "../../../../src/lib/errors.ts";
import { derivePrefix } from "../../../../src/town/names.ts";
import { commonPrefix } from "../../../../src/town/rigs/rig_beads.ts";
import { planRig, readCheck, requireRigName } from "../../../../src/town/rigs/rig_plan.ts";
import { parseConfig } from "../../../../src/town/config/read_config.ts";

const config = await parseConfig("town: a\nrigs: {csm: {url: /r, prefix: cs}}", "town.yaml");

function codeOf(call: () => unknown): string {
  return (assertThrows(call, CommandError) as CommandError).code;
}

describe("the prefix of a rig", () => {
  it("is its name, or the initials of its words, unless that is taken", () => {
    assertEquals(derivePrefix("csm", new Set()), "csm");
    assertEquals(derivePrefix("web-app", new Set()), "wa");
    assertEquals(derivePrefix("web-app", new Set(["wa"])), "webapp");
    assertEquals(derivePrefix("web-app", new Set(["wa", "webapp"])), "wa2");
    assertEquals(derivePrefix("csm", new Set(["csm"])), "csm2");
  });

  it("is that of the beads its repository brings, if it is free", () => {
    const order = { name: "web", url: "/w" };
    assertEquals(planRig(config, { order, defaultBranch: "main", suggested: "site" }).prefix, "site");
    assertEquals(planRig(config, { order, defaultBranch: "main", suggested: "cs" }).prefix, "web");
  });

  it("is refused when another has it", () => {
    const order = { name: "web", url: "/w", prefix: "cs" };
    assertEquals(codeOf(() => planRig(config, { order, defaultBranch: "main" })), "prefix_taken");
    const town = { name: "web", url: "/w", prefix: "hq" };
    assertEquals(codeOf(() => planRig(config, { order: town, defaultBranch: "main" })), "prefix_taken");
  });

  it("is what most ids have in common", () => {
    const lines = (...ids: string[]) => ids.map((id) => `{"id":"${id}","title":"x"}\n`).join("");
    assertEquals(commonPrefix(lines("cs-login", "cs-4f", "cs-4f.1")), "cs");
    assertEquals(commonPrefix(lines("my-app-4f", "my-app-9d", "other-1")), "my-app");
    assertEquals(commonPrefix(lines("cs-log-in")), "cs");
    assertEquals(commonPrefix(""), undefined);
  });
});

describe("the name of a rig", () => {
  for (const name of ["csm", "web-app", "a1"]) {
    it(`may be ${name}`, () => requireRigName(name));
  }
  for (
    const name of [
      "",
      "My Rig",
      "../up",
      "a--b",
      "-a",
      "a-",
      "1a",
      "coordinator",
      "mayor",
      "worker-3",
      "a".repeat(41),
    ]
  ) {
    it(`may not be "${name}"`, () => assertEquals(codeOf(() => requireRigName(name)), "bad_rig_name"));
  }
});

describe("what a rig's entry says", () => {
  it("is what was asked for, without defaults", () => {
    const order = {
      name: "web",
      url: "/w",
      checks: ["unit: npm test -- a,b", "make lint"],
      setup: ["npm ci"],
    };
    assertEquals(planRig(config, { order, defaultBranch: "trunk" }), {
      url: "/w",
      prefix: "web",
      branch: "trunk",
      checks: [{ name: "unit", run: "npm test -- a,b" }, { name: "make lint", run: "make lint" }],
      setup: ["npm ci"],
    });
  });

  it("takes a check's name only when it is one word before a colon and a blank", () => {
    assertEquals(readCheck("curl http://localhost:1/"), {
      name: "curl http://localhost:1/",
      run: "curl http://localhost:1/",
    });
    assertEquals(readCheck("deno:test"), { name: "deno:test", run: "deno:test" });
  });

  it("is refused with an agent nobody knows", () => {
    const order = { name: "web", url: "/w", agent: "cluade" };
    assertEquals(codeOf(() => planRig(config, { order, defaultBranch: "main" })), "rig_invalid");
  });
});
