import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { createMasker, maskInput } from "../../../../../src/molecules/engine/commands/mask.ts";

/** What the filter says for this input, `|` where it says that it has passed on all before the mark. */
async function filtered(pieces: readonly string[]): Promise<string> {
  const env = { GT_MASK: "A,B", A: "hunter2", B: "mark", GT_MASKEND: "mark-end" };
  let said = "";
  const terminal = {
    write: (text: string) => said += text,
    writeAside: () => said += "|",
    onInput(typed: (text: string) => void, ended: () => void) {
      pieces.forEach(typed);
      ended();
    },
  };
  const ports = { env: { get: (name: keyof typeof env) => env[name] }, processes: { onStop() {} }, terminal };
  await maskInput(ports as never);
  return said;
}

function masked(secrets: readonly string[], pieces: readonly string[]): string[] {
  const masker = createMasker(secrets);
  return [...pieces.map((piece) => masker.push(piece)), masker.end()];
}

describe("what a command prints", () => {
  it("waits where a longer secret begins with a shorter one, until it is clear which of them it is", () => {
    const secrets = ["pass", "password1-tail"];
    assertEquals(masked(secrets, ["a pass", "word1-tail\n"]), ["a ", "***\n", ""]);
    assertEquals(masked(secrets, ["a pass", "word2\n"]), ["a ", "***word2\n", ""]);
    assertEquals(masked(secrets, ["a pass"]), ["a ", "***"]);
  });

  it("shows nothing of secrets that overlap", () => {
    assertEquals(masked(["abcd", "cdef"], ["-abcdef-abcd-cdef-"]).join(""), "-***-***-***-");
    assertEquals(masked(["abcd", "cdef"], ["-abcd", "ef-"]).join(""), "-***-");
    assertEquals(masked(["abab"], ["-ab", "ab", "ab", "-"]).join(""), "-***-");
    assertEquals(masked(["pass"], ["passpass"]).join(""), "******");
  });

  it("masks each line of a secret with several, but not those that tell nothing", () => {
    const key = '{\n  "key": "abc",\n  "id": 1\n}\n';
    assertEquals(masked([key], ["{}\n"]).join(""), "{}\n");
    assertEquals(masked([key], ['x\n  "key": "abc",\nid\n']).join(""), "x\n  ***\nid\n");
    assertEquals(masked([key], [`<${key}>`]).join(""), "<***\n>");
    assertEquals(masked(["abc\n"], ["abc"]).join(""), "***");
    assertEquals(masked(["\n", ""], ["\n"]).join(""), "\n");
  });

  it("is all passed on when the mark comes, in whatever pieces that does, and goes on behind it", async () => {
    const text = "hunter2 hunmark-end\nlater hunter2 mark-end\n";
    for (let at = 0; at <= text.length; at++) {
      assertEquals(await filtered([text.slice(0, at), text.slice(at)]), "*** hun|later *** ***-end\n");
    }
    assertEquals(await filtered(["hunter2 mark-e"]), "*** ***-e");
  });

  it("is the same in whatever pieces it comes, and no secret is left in it", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 4 }),
        fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c", "-"), maxLength: 9 }), { maxLength: 8 }),
        (secrets, pieces) => {
          const whole = masked(secrets, [pieces.join("")]).join("");
          assertEquals(masked(secrets, pieces).join(""), whole);
          assert(!secrets.some((secret) => whole.includes(secret)), whole);
        },
      ),
    );
  });
});
