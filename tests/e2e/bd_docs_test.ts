import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { loadCommand } from "../../src/cli/program.ts";
import { bdTable } from "../../src/commands/bd_table.ts";
import { type Bench, benchAt, inFolders } from "./bd_fixture.ts";
import { callWords, programWords } from "./program.ts";

/** What the examples of help speak of. */
const BEADS = `
create "Log in" --id cs-login -t epic -l auth
create "Fields" --id cs-login.1 -t step --parent cs-login
create "Form" --id cs-form -l auth
create "Found on the way" --id cs-4f
dep add cs-4f cs-form -t related
`;

const FILES = {
  "plan.md": "# Plan\n\n- one\n- two\n",
  "changes.txt": "create one\n",
  "findings.md": "found\n",
  "issues.jsonl": "",
  "other.jsonl": "",
};

describe("the examples in the help of bd", () => {
  it("work when pasted, each in a ledger of its own", () =>
    inFolders(async (root) => {
      const template = benchAt(root, "template");
      await template.git(["init", "-q"]);
      await template.bd(["init", "--prefix", "cs"]);
      assertEquals((await template.bd(["batch"], { stdin: BEADS })).code, 0);
      for (const [name, text] of Object.entries(FILES)) {
        Deno.writeTextFileSync(join(template.folder, name), text);
      }
      const bin = pathWithBd(root);
      Deno.mkdirSync(join(root, "home/.config/fish/completions"), { recursive: true });
      const lines = (await Promise.all(
        Object.keys(bdTable).map(async (name) => (await loadCommand(bdTable, name.split(" ")))!),
      )).flatMap((command) => command.hidden ? [] : command.examples.map(({ line }) => line));
      const wrong: string[] = [];
      for (const [at, line] of lines.entries()) {
        const { code, stderr } = await paste({ template, root, bin }, { at, line });
        // A refusal is an answer, such as that there is no conflict to resolve; a call that is not understood is none.
        if (code > 1) wrong.push(`${line}: ${code} ${stderr}`);
      }
      assertEquals(wrong, []);
    }));
});

async function paste(
  { template, root, bin }: { template: Bench; root: string; bin: string },
  { at, line }: { at: number; line: string },
): Promise<{ code: number; stderr: string }> {
  const folder = join(root, `pasted ${at}`);
  await callWords(["cp", "-r", template.folder, folder]);
  const ended = await callWords(["bash", "-c", line], {
    cwd: folder,
    env: {
      HOME: join(root, "home"),
      PATH: `${bin}:${Deno.env.get("PATH")}`,
      GIT_CONFIG_GLOBAL: "/dev/null",
      BD_ACTOR: "ann",
    },
  });
  Deno.removeSync(folder, { recursive: true });
  return ended;
}

/** A folder that holds the program under test as `bd`. */
function pathWithBd(root: string): string {
  const bin = join(root, "bin");
  Deno.mkdirSync(bin);
  const words = programWords.map((word) => `'${word}'`).join(" ");
  Deno.writeTextFileSync(join(bin, "bd"), `#!/bin/sh\nexec ${words} --as bd "$@"\n`, { mode: 0o755 });
  return bin;
}
