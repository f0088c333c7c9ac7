import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { benchAt, inFolders } from "./bd_fixture.ts";
import { callWords, programWords } from "./program.ts";

const docs = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "docs");

describe("docs/bd.md", () => {
  it("begins with shell lines that work", () =>
    inFolders(async (root) => {
      const { folder, git } = benchAt(root, "work");
      await git(["init", "-q"]);
      const [introduction] = Deno.readTextFileSync(join(docs, "bd.md")).split("\n## The commands\n");
      const blocks = [...introduction!.matchAll(/```sh\n([^]*?)```/g)].map(([, block]) => block!);
      const bin = join(root, "bin");
      Deno.mkdirSync(bin);
      const words = programWords.map((word) => `'${word}'`).join(" ");
      Deno.writeTextFileSync(join(bin, "bd"), `#!/bin/sh\nexec ${words} --as bd "$@"\n`, { mode: 0o755 });
      const ended = await callWords(["sh", "-e", "-c", blocks.join("\n")], {
        cwd: folder,
        env: {
          HOME: join(root, "home"),
          PATH: `${bin}:${Deno.env.get("PATH")}`,
          GIT_CONFIG_GLOBAL: "/dev/null",
        },
      });
      assertEquals([ended.code, ended.stderr], [0, ""]);
    }));
});
