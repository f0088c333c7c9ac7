import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { completeWords } from "../../../src/cli/complete.ts";
import { sample } from "./sample_program.ts";

async function complete(...words: string[]) {
  const found = await completeWords(sample, {
    words,
    lookUp: ({ source, prefix }) => [{ value: `${source}:${prefix}` }],
  });
  return found.files ? ["FILES"] : found.candidates.map(({ value }) => value);
}

describe("completion", () => {
  const table: [words: string[], candidates: string[]][] = [
    [["b"], ["box"]],
    [["sec"], []],
    [["box", ""], ["create", "remove"]],
    [["crate", "c"], ["create"]],
    [["--json", "box", "r"], ["remove"]],
    [["box", "create", "--c"], ["--colour"]],
    [["box", "create", "--sec"], []],
    [["box", "create", "--colour", ""], ["red", "blue"]],
    [["box", "create", "--colour", "b"], ["blue"]],
    [["box", "create", "--colour=b"], ["blue"]],
    [["box", "create", "--colour", "="], ["red", "blue"]],
    [["box", "create", "--colour", "=", "b"], ["blue"]],
    [["box", "create", "--into", "cs"], ["rig:cs"]],
    [["box", "create", "--town", ""], ["FILES"]],
    [["box", "create", "-C", ""], ["FILES"]],
    [["box", "create", "x"], []],
    [["box", "create", "x", "cs"], ["bead:cs"]],
    [["box", "create", "x", "y", "cs"], ["bead:cs"]],
    [["box", "create", "x", "--open", "cs"], ["bead:cs"]],
    [["box", "create", "x", "--reason", "why", "cs"], ["bead:cs"]],
    [["box", "create", "x", "--", "--c"], ["bead:--c"]],
    [["fail", "b"], ["bug"]],
    [[""], ["box", "exec", "fail", "answer", "version", "where"]],
    [["nonsense", ""], []],
  ];
  for (const [words, candidates] of table) {
    it(`of ${JSON.stringify(words)} is ${JSON.stringify(candidates)}`, async () => {
      assertEquals(await complete(...words), candidates);
    });
  }
});
