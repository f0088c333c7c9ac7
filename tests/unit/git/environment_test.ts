import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gitEnvironment } from "../../../src/git/environment.ts";

describe("the environment of git", () => {
  it("keeps how to reach remotes and who the user is, and drops what points at a repository", () => {
    const variables = {
      PATH: "/bin",
      GIT_DIR: "/x",
      GIT_WORK_TREE: "/x",
      GIT_INDEX_FILE: "/x",
      GIT_CONFIG_PARAMETERS: "'a.b=c'",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_SSH_COMMAND: "ssh -i key",
      GIT_AUTHOR_NAME: "Ada",
      LC_ALL: "de_DE.UTF-8",
    };
    assertEquals(gitEnvironment(variables, { read: true }), {
      PATH: "/bin",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_SSH_COMMAND: "ssh -i key",
      GIT_AUTHOR_NAME: "Ada",
      LC_ALL: "C",
      GIT_TERMINAL_PROMPT: "0",
      GIT_EDITOR: "true",
      GIT_OPTIONAL_LOCKS: "0",
    });
  });
});
