import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { tmuxConfiguration } from "../../../src/sessions/configuration.ts";
import { sessionEnvironment } from "../../../src/sessions/environment.ts";

const names = { coordinator: "gt-coordinator", witness: "gt-witness-", refinery: "gt-refinery-" };

describe("the configuration of tmux", () => {
  it("jumps to the only rig, and offers a choice where there are several or none", () => {
    const one = tmuxConfiguration({ names, rigs: ["csm"] });
    assert(one.includes("{ switch-client -t '=gt-witness-csm' }"), one);
    for (const rigs of [[], ["a", "b"]]) {
      assert(tmuxConfiguration({ names, rigs }).includes("choose-tree -Zs -f '#{m:gt-refinery-*,"));
    }
  });

  it("starts no process", () => {
    assert(!/#\(|run-shell (?!-C)/.test(tmuxConfiguration({ names, rigs: ["a", "b"] })));
  });
});

describe("the environment of a server", () => {
  it("is the caller's without what belongs to the caller's own session", () => {
    const variables = {
      PATH: "/bin",
      TMUX: "x",
      TMUX_PANE: "%1",
      GT_BEAD: "cs-1",
      GT_FAULT: "a:b",
      GIT_DIR: "x",
    };
    assertEquals(sessionEnvironment(variables), { PATH: "/bin", GT_FAULT: "a:b" });
  });
});
