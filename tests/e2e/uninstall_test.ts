import { join } from "node:path";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { trustFolders } from "../../src/agents/claude_trust.ts";
import { forgetTrust, trustOfTown, trustParts } from "../../src/agents/trust_parts.ts";
import { addWorktree } from "../../src/git/worktree.ts";
import type { CommandError } from "../../src/lib/errors.ts";
import { writeDesired } from "../../src/town/desired.ts";
import { examine } from "../../src/town/doctor.ts";
import { planUninstall, uninstallTown } from "../../src/town/uninstall.ts";
import { type TestRig, withRig } from "./rig_fixture.ts";

/** A worktree with a file that is nowhere else. */
async function worktree(rig: TestRig, path: string, branch: string): Promise<void> {
  const order = { path, branch, base: "refs/remotes/origin/main" };
  assertEquals((await addWorktree(rig.repository, order)).kind, "ready");
  await Deno.writeTextFile(join(path, "only-here.txt"), "precious\n");
}

async function rescued(rig: TestRig): Promise<string[]> {
  const refs = await rig.run(rig.repository.folder, "for-each-ref", "--format=%(refname)", "refs/gt/rescue");
  return refs.split("\n").filter(Boolean);
}

function down({ deps: { ports, town } }: TestRig): void {
  writeDesired(ports, { paths: town.paths, desired: "down" });
}

describe("uninstalling a town", () => {
  it("is refused while it is up, and changes nothing", () =>
    withRig({}, async (rig) => {
      const error = await assertRejects(() => uninstallTown(rig.deps, { all: true })) as CommandError;
      assertEquals(error.code, "town_up");
      assertEquals(rig.deps.ports.files.exists(rig.deps.town.paths.beads), true);
    }));

  it("keeps what only a worktree held, the ledger and the crew, and may be done again", () =>
    withRig({}, async (rig) => {
      const { paths } = rig.deps.town;
      const { files } = rig.deps.ports;
      const [worker, crew] = [paths.rig("app").worker(1), paths.rig("app").crew("ann")];
      await worktree(rig, worker, "gt/app-1");
      await worktree(rig, crew, "crew/ann");
      down(rig);
      const plan = await planUninstall(rig.deps, { all: false });
      assertEquals(plan.worktrees, [worker]);
      assertEquals(files.exists(worker), true);
      await uninstallTown(rig.deps, { all: false });
      assertEquals([worker, paths.runtime].map(files.exists), [false, false]);
      assertEquals([crew, paths.beads, paths.config].map(files.exists), [true, true, true]);
      const [ref] = await rescued(rig);
      assertEquals(await rig.run(rig.repository.folder, "show", `${ref}:only-here.txt`), "precious");
      await uninstallTown(rig.deps, { all: false });
      assertEquals((await rescued(rig)).length, 1);
    }));

  it("removes all of it when asked, but no changes of the crew that are not committed", () =>
    withRig({}, async (rig) => {
      const { paths } = rig.deps.town;
      const { files } = rig.deps.ports;
      const crew = paths.rig("app").crew("ann");
      await worktree(rig, crew, "crew/ann");
      down(rig);
      const error = await assertRejects(() => uninstallTown(rig.deps, { all: true })) as CommandError;
      assertEquals([error.code, files.exists(crew)], ["crew_not_committed", true]);
      await Deno.remove(join(crew, "only-here.txt"));
      await uninstallTown(rig.deps, { all: true });
      const left = [paths.rigs, paths.runtime, paths.beads, paths.config].filter(files.exists);
      assertEquals([left, files.exists(rig.remote)], [[], true]);
    }));
});

describe("the trust of Claude Code", () => {
  it("is taken out again: of a rig that is gone by the doctor, and all of the town's by uninstalling", () =>
    withRig({}, async (rig) => {
      const { ports, town } = rig.deps;
      const gone = join(town.paths.rigs, "old", "workers", "1");
      const there = town.paths.rig("app").worker(7);
      const path = join(rig.env.HOME!, ".claude.json");
      const foreign = { projects: { "/elsewhere": { hasTrustDialogAccepted: true } }, theme: "dark" };
      await Deno.writeTextFile(path, JSON.stringify(foreign));
      await trustFolders(ports, { folders: [gone, there, town.root] });
      const [found] = await examine(town, { parts: trustParts, fix: false });
      assertEquals([found!.condition, found!.detail], ["warn", `folders are gone: ${gone}`]);
      const [fixed] = await examine(town, { parts: trustParts, fix: true });
      assertEquals(fixed!.fixed, true);
      assertEquals((await trustOfTown(town)).map(({ folders }) => folders), [[there, town.root]]);
      await forgetTrust(town, await trustOfTown(town));
      assertEquals(JSON.parse(await Deno.readTextFile(path)), foreign);
    }));
});
