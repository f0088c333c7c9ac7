import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { actorOf } from "../../../src/cli/actor.ts";
import { readCall } from "../../../src/cli/called_as.ts";
import { createTestEnv } from "../../../src/ports/env.ts";

describe("the name a program is called by", () => {
  const table: [name: string, args: string[], program: string, words: string[]][] = [
    ["gt", ["start"], "gt", ["start"]],
    ["anything", ["start"], "gt", ["start"]],
    ["bd", ["ready"], "bd", ["ready"]],
    ["bd.exe", ["ready"], "bd", ["ready"]],
    ["coordinator", [], "gt", ["coordinator", "attach"]],
    ["coordinator", ["status"], "gt", ["coordinator", "status"]],
    ["mayor", [], "gt", ["coordinator", "attach"]],
    ["worker", [], "gt", ["worker", "list"]],
    ["worker", ["show", "3"], "gt", ["worker", "show", "3"]],
    ["worker", ["--help"], "gt", ["worker", "--help"]],
    ["worker", ["3"], "gt", ["attach", "worker-3"]],
    ["polecat", ["worker-3"], "gt", ["attach", "worker-3"]],
    ["gt", ["--as", "bd", "ready"], "bd", ["ready"]],
    ["gt", ["--as", "worker"], "gt", ["worker", "list"]],
  ];
  for (const [name, args, program, words] of table) {
    it(`${[name, ...args].join(" ")} is ${[program, ...words].join(" ")}`, () => {
      assertEquals(readCall(name, args), { program, args: words } as ReturnType<typeof readCall>);
    });
  }
});

describe("the actor", () => {
  const table: [given: string | undefined, variables: Record<string, string>, actor: string][] = [
    [undefined, {}, "overseer"],
    ["me", { BD_ACTOR: "x" }, "me"],
    [undefined, { BD_ACTOR: "x", GT_ACTOR: "y" }, "x"],
    [undefined, { GT_ACTOR: "y", GT_WORKER: "3" }, "y"],
    [undefined, { GT_WORKER: "3", GT_ROLE: "worker" }, "worker-3"],
    [undefined, { GT_WORKER: "worker-3" }, "worker-3"],
    [undefined, { GT_ROLE: "steward" }, "steward"],
    [undefined, { GT_ROLE: "witness", GT_RIG: "csm" }, "witness/csm"],
    [undefined, { GT_ROLE: "witness" }, "overseer"],
  ];
  for (const [given, variables, actor] of table) {
    it(`is ${actor} with ${JSON.stringify({ given, ...variables })}`, () => {
      assertEquals(actorOf(createTestEnv(variables), given), actor);
    });
  }
});
