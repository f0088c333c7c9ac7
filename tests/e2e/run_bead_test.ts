import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

const NOTE = `molecule: note
vars: { ok: "no" }
steps:
  - { id: inner, molecule: part }
  - id: note
    needs: [inner]
    when: bead.title != ""
    run: |
      echo {{ quote(bead.id + ": " + bead.title) }} >>notes; test {{ ok }} = yes || test -e ok
`;

describe("a run for a bead", () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
    await repository.molecule("note", NOTE);
    const part = 'molecule: part\nsteps:\n  - { id: a, run: "echo part {{ bead.id }} >>notes" }\n';
    await repository.molecule("part", part);
    await repository.molecule(
      "plain",
      "molecule: plain\nsteps:\n  - { id: a, run: 'echo \"bead.id\" >>notes' }\n",
    );
  });
  afterEach(() => repository.end());

  const gt = (...words: string[]) => repository.gt(["mol", ...words]);
  const make = async (title: string): Promise<string> => {
    // The ledger of the runs is made by the first one.
    await gt("run", "plain");
    return JSON.parse((await repository.bd(["create", title, "--json"])).stdout).id;
  };
  const notes = () => repository.read("notes").trim().split("\n");

  it("reads its id and its title, also in the runs nested in it, as they were when it began", async () => {
    const bead = await make('It\'s "$HOME"');
    const { code, stdout } = await gt("run", "note", "--bead", bead, "--var", "ok=yes");
    assertEquals(code, 0);
    assertMatch(stdout, new RegExp(`^run repo-mol-\\w+: note\n`));
    assertEquals(notes(), ["bead.id", `part ${bead}`, `${bead}: It's "$HOME"`]);
    assertEquals(JSON.parse((await gt("status", "note", "--json")).stdout).bead, bead);
    assertMatch((await gt("status", "note")).stdout, new RegExp(`note repo-mol-\\w+ {2}${bead}, succeeded`));
  });

  it("is the one that the same command goes on with; another bead has another run", async () => {
    const [one, two] = [await make("One"), await make("Two")];
    const run = async (bead: string) =>
      JSON.parse((await gt("run", "note", "--bead", bead, "--json")).stdout);
    const [file, point] = [join(repository.folder, "killed"), "mol.after-start"];
    await repository.gt(["mol", "run", "note", "--bead", one], { env: { GT_FAULT: `${point}:${file}` } });
    await Deno.writeTextFile(join(repository.folder, "ok"), "");
    const other = await run(two);
    const first = await run(one);
    const again = await run(one);
    assertEquals([other.status, first.status, again.status], ["succeeded", "succeeded", "succeeded"]);
    assertEquals([other.bead, first.bead, again.bead], [two, one, one]);
    assertEquals(new Set([other.id, first.id, again.id]).size, 3);
    assertEquals(JSON.parse((await gt("status", "--all", "--json")).stdout).length, 5);
  });

  it("is refused without one where its bead is read, by name and place, and for one that there is not", async () => {
    const { code, stderr } = await gt("run", "note");
    assertEquals(code, 1);
    const place = `${join(repository.folder, "molecules", "note.yaml")}:7:11`;
    assertStringIncludes(
      stderr,
      `Cannot run molecule "note": the bead that it is for is read at ${place}, and none is named`,
    );
    assertStringIncludes(stderr, "--bead ID");
    const bead = await make("One");
    const unknown = await gt("run", "note", "--bead", `${bead}x`);
    assertEquals(unknown.code, 1);
    assertStringIncludes(unknown.stderr, `Cannot find bead "${bead}x"`);
    await repository.molecule("outer", "molecule: outer\nsteps:\n  - { id: a, molecule: part }\n");
    const nested = JSON.parse((await gt("run", "outer", "--json")).stdout);
    assertStringIncludes(nested.reason, 'Cannot run molecule "part": the bead that it is for is read at');
  });

  it("runs nothing of what a title says: each way in is refused, or makes one word of it", async () => {
    const title = "$(touch broken)`touch broken`\"; touch broken; \"'; touch broken; '";
    const bead = await make(title);
    const quoted = "{{ quote(bead.title) }}";
    const ways: Readonly<Record<string, "refused" | "runs">> = {
      [`echo ${quoted}`]: "runs",
      [`echo "$(echo ${quoted})" x=${quoted} # it's`]: "runs",
      [`echo "it's" \\\\${quoted} >/dev/null; (cat) </dev/null`]: "runs",
      [`echo "${quoted}"`]: "refused",
      [`echo '${quoted}'`]: "refused",
      [`echo \`echo ${quoted}\``]: "refused",
      [`cat <<EOF\n${quoted}\nEOF`]: "refused",
      [`echo \\${quoted}`]: "refused",
      [`echo {{ quote(bead.title).replace("'", "") }}`]: "refused",
      [`echo {{ bead.title }}`]: "refused",
    };
    for (const [at, [command, outcome]] of Object.entries(ways).entries()) {
      const run = `    run: |\n${command.split("\n").map((line) => `      ${line}\n`).join("")}`;
      await repository.molecule(`way-${at}`, `molecule: way-${at}\nsteps:\n  - id: a\n${run}`);
      const { code, stderr } = await gt("run", `way-${at}`, "--bead", bead);
      assertEquals([command, code, stderr.includes("comes from an agent")], [
        command,
        outcome === "runs" ? 0 : 1,
        outcome === "refused",
      ]);
      assertEquals(existsSync(join(repository.folder, "broken")), false);
    }
  });
});
