import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { builtinMolecules } from "../../../../../src/molecules/builtin.ts";
import { keptText, wholeText } from "../../../../../src/molecules/engine/journal/kept_text.ts";
import { definitionOf } from "../../language_fixture.ts";

const PLAIN = `molecule: plain\nsteps:\n${
  Array.from({ length: 20 }, (_, n) => `  - { id: s${n}, run: "true" }\n`).join("")
}`;

/** Each thing that is mostly the same is another here, or nearly the same. */
const OTHER = `molecule: other
steps:
  - { id: a, title: A, run: "true", retry: { attempts: 2 }, env: { A: b }, secrets: [S], outputs: { o: "{{ stdout }}" } }
  - { id: b, title: b, needs: { any: [a] }, run: "false", always: true, strict: true, allow_failure: true }
on_failure:
  - { id: c, run: "true" }
finally:
  - { id: d, needs: [], title: "{{ status }}", run: "true" }
`;

describe("the text of a run as its journal keeps it", () => {
  it("is the same again when it is read", async () => {
    for (const text of [PLAIN, OTHER, ...Object.values(builtinMolecules)]) {
      const begun = { definition: await definitionOf(text), by: "ann" };
      const kept = JSON.parse(JSON.stringify(keptText(begun)));
      assertEquals(wholeText(kept), JSON.parse(JSON.stringify(begun)), text);
    }
  });

  it("is the same where an earlier version kept it whole", async () => {
    const begun = { definition: await definitionOf(OTHER) };
    assertEquals(wholeText(begun), begun);
  });

  it("has nothing of a step but what is its own", async () => {
    const { definition } = keptText({ definition: await definitionOf(PLAIN) });
    assertEquals(
      definition.steps.map((step) => Object.keys(step)),
      Array(20).fill(["id", "action", "place"]),
    );
    assert(JSON.stringify(definition.steps).length < 20 * 100);
  });
});
