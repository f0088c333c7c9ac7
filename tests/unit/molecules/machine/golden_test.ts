import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { RUN_LEGAL } from "../../../../src/molecules/machine/machine_table.ts";
import { entriesOf, folder, stateOf } from "./record_log.ts";

const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".jsonl"))
  .map((name) => name.slice(0, -".jsonl".length)).sort();

const entriesIn = (name: string) => entriesOf(Deno.readTextFileSync(join(folder, `${name}.jsonl`)));

describe("a log that an earlier version wrote", () => {
  for (const name of names) {
    it(`gives the state that it gave then: ${name}`, () => {
      assertEquals(stateOf(entriesIn(name)), Deno.readTextFileSync(join(folder, `${name}.state.json`)));
    });
  }

  it("is there for each event that can happen to a run", () => {
    const kinds = new Set(
      names.flatMap(entriesIn).flatMap(({ value }) =>
        "upgraded" in value
          ? ["upgraded"]
          : ((value.events ?? []) as { kind: string }[]).map(({ kind }) => kind)
      ),
    );
    const missing = [...Object.keys(RUN_LEGAL), "upgraded"].filter((kind) => !kinds.has(kind));
    assertEquals(missing, []);
  });

  it("gives the same read bare, but for what steps gave", () => {
    const without = (state: string) =>
      JSON.parse(state, (name, value) => name === "outputs" ? undefined : value);
    const given = (state: string) => {
      const texts: string[] = [];
      JSON.parse(state, (name, value) => {
        if (name === "outputs") {
          texts.push(...Object.values(value).flat().filter((each) => each !== null) as string[]);
        }
        return value;
      });
      return texts;
    };
    const states = names.map(entriesIn).map((
      entries,
    ) => [stateOf(entries), stateOf(entries, { bare: true })]);
    for (const [whole, bare] of states) assertEquals(without(bare!), without(whole!));
    assert(states.some(([whole]) => given(whole!).length > 0));
    assertEquals(states.flatMap(([, bare]) => given(bare!)), []);
  });

  it("is not taken for another: one event less gives another state", () => {
    for (const name of names) {
      const entries = entriesIn(name);
      assert(stateOf(entries.slice(0, -1)) !== stateOf(entries), name);
    }
  });
});
