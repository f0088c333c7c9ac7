import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { CommandError } from "../../../src/lib/errors.ts";
import { builtinMolecules } from "../../../src/molecules/builtin.ts";
import {
  definitionNamed,
  findMolecule,
  type Library,
  listMolecules,
  moleculeNamed,
  readMolecule,
} from "../../../src/molecules/library.ts";
import { filledIn } from "../../../src/molecules/template.ts";
import { valuesOf } from "../../../src/molecules/variables.ts";
import { inFolder } from "../town/town_fixture.ts";
import { moleculeOf } from "./checklist_fixture.ts";

/** A library with these files of its own. */
function inLibrary(files: Record<string, string>, use: (library: Library) => Promise<void>): Promise<void> {
  return inFolder(async (folder, ports) => {
    for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(join(folder, name), text);
    await use({ ports, folder });
  });
}

const one = "steps:\n  - { id: a, title: A }\n";

describe("the library of molecules", () => {
  it("uses one that is only a part of others in those, and not by itself", () =>
    inLibrary({
      "watch.yaml": "molecule: watch\naspects:\n  - { match: '*', after: [{ id: look }] }\n",
      "whole.yaml": `molecule: whole\ninclude: [watch]\n${one}`,
      "runs.yaml": "molecule: runs\nsteps:\n  - { id: a, molecule: watch }\n",
    }, async (library) => {
      assertEquals((await definitionNamed(library, { name: "whole" })).steps.map(({ id }) => id), [
        "a",
        "a-look",
      ]);
      assertEquals((await definitionNamed(library, { name: "watch", part: true })).steps, []);
      const alone = await assertRejects(() => definitionNamed(library, { name: "watch" }), CommandError);
      assertEquals(alone.code, "molecule_part");
      const nested = await assertRejects(() => definitionNamed(library, { name: "runs" }), CommandError);
      assertStringIncludes(nested.message, 'molecule "watch" has no steps, only aspects');
    }));

  it("has the town's own ones before the built-in ones of the same name", () =>
    inLibrary({
      "worker-work.yaml": `molecule: worker-work\n${one}`,
      "own.yaml": `molecule: own\n${one}`,
      "x.txt": "",
    }, async (library) => {
      const own = (await listMolecules(library)).filter(({ source }) => source !== "built-in");
      assertEquals(own.map(({ name }) => name), ["own", "worker-work"]);
      assertEquals((await moleculeNamed(library, "worker-work")).steps.length, 1);
      assertEquals((await moleculeNamed({ ports: library.ports }, "worker-work")).steps.length, 4);
    }));

  it("lists a file that is wrong with what is wrong, beside the others", () =>
    inLibrary({ "bad.yaml": "molecule: bad\nstep: []\n" }, async (library) => {
      const listed = await listMolecules(library);
      assertEquals(listed.flatMap((each) => "error" in each ? [each.name] : []), ["bad"]);
      assertEquals(listed.length, Object.keys(builtinMolecules).length + 1);
      const error = await assertRejects(() => moleculeNamed(library, "bad"), CommandError);
      assertEquals(
        error.hints[1],
        `${library.folder}/bad.yaml:2:1: unknown key "step" in a molecule; did you mean "steps"?`,
      );
      assertEquals(error.problems[1], {
        file: `${library.folder}/bad.yaml`,
        line: 2,
        column: 1,
        message: 'unknown key "step" in a molecule; did you mean "steps"?',
      });
    }));

  it("says what was probably meant, and looks nowhere else", () =>
    inLibrary({}, async (library) => {
      const near = await assertRejects(() => moleculeNamed(library, "worker-wrok"), CommandError);
      assertEquals([near.code, near.hints[0]], ["molecule_not_found", "Did you mean worker-work?"]);
      for (const name of ["../town", "/etc/passwd", "", "toString"]) {
        const error = await assertRejects(() => moleculeNamed(library, name), CommandError);
        assertEquals(error.code, "molecule_not_found");
      }
    }));

  it("finds nothing to say about its built-in ones", async () => {
    await inLibrary({}, async (library) => {
      for (const name of Object.keys(builtinMolecules)) {
        const { definition, problems } = await readMolecule(library, findMolecule(library, { name }));
        assertEquals([definition?.name, problems], [name, []]);
        assertEquals(definition!.description?.split("\n\n").length, 2);
      }
    });
  });

  it("has checklists that a bead can be worked by", async () => {
    await inLibrary({}, async (library) => {
      for (const name of ["worker-work", "tdd", "bug-hunt", "conflict-resolve", "design"]) {
        assertEquals((await moleculeNamed(library, name)).name, name);
      }
      const error = await assertRejects(() => moleculeNamed(library, "release"), CommandError);
      assertEquals(error.code, "not_a_checklist");
      assertStringIncludes(error.hints.join("\n"), 'step "approve": "gate" is for a program');
    });
  });

  it("has files too, where paths may be given", () =>
    inLibrary(
      { "own.yaml": `molecule: own\n${one}`, "other.yaml": `molecule: own\n${one}` },
      async (library) => {
        const from = library.folder!;
        assertEquals((await definitionNamed(library, { name: "./other.yaml", from })).name, "own");
        const named = await assertRejects(() => definitionNamed(library, { name: "other" }), CommandError);
        assertStringIncludes(named.message, "its file is called other.yaml, so its name must be other");
        for (const name of ["./wat.yaml", "wat/x"]) {
          const error = await assertRejects(() => definitionNamed(library, { name, from }), CommandError);
          assertEquals(error.message, `Cannot find molecule "${name}": there is no such file`);
        }
      },
    ));
});

const molecule = await moleculeOf(
  "  - { id: a, title: A }",
  "molecule: m\nvars: { version: { required: true }, channel: { default: stable, enum: [stable, beta] }, note: }",
);

describe("the variables of a molecule", () => {
  it("have the value given, else their default, else nothing", () => {
    assertEquals(valuesOf(molecule, { version: "1.0" }), { version: "1.0", channel: "stable", note: "" });
  });

  for (
    const [given, code] of [
      [{}, "variable_missing"],
      [{ version: "1", chanel: "beta" }, "variable_unknown"],
      [{ version: "1", channel: "nightly" }, "variable_refused"],
      [{ version: "1", toString: "x" }, "variable_unknown"],
    ] as const
  ) {
    it(`are refused as ${code} when ${JSON.stringify(given)} is given`, () => {
      assertEquals(assertThrows(() => valuesOf(molecule, given), CommandError).code, code);
    });
  }

  it("are put in as they are, once", () => {
    const scope = { vars: { a: "{{ b }}", b: "$&" }, bead: { id: "cs-1", title: "T" } };
    assertEquals(filledIn("{{a}} {{ vars.b }} {{bead.id}} {{ bead.title }}", scope), "{{ b }} $& cs-1 T");
  });
});
