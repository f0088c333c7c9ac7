import { describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { createTestTown, lostOrDoubled, type TestTown } from "./town_fixture.ts";

async function inTown(use: (town: TestTown) => Promise<void>): Promise<void> {
  const town = await createTestTown();
  try {
    await use(town);
  } finally {
    await town.end();
  }
}

const page = (name: string) =>
  [`- edit: { path: ${name}.txt, content: '${name}' }`, `- commit: Add ${name}`, "- done: true"].join("\n");

/** A file with three beads, the last after the first two, and their scripts. */
async function convoyFile(town: TestTown): Promise<string> {
  await Deno.mkdir(join(town.folder, "scripts"), { recursive: true });
  for (const name of ["one", "two", "three"]) {
    await Deno.writeTextFile(join(town.folder, "scripts", `app-${name}.yaml`), page(name));
  }
  const path = join(town.folder, "convoys", "all.yaml");
  await Deno.mkdir(join(town.folder, "convoys"), { recursive: true });
  await Deno.writeTextFile(
    path,
    [
      "name: All of it",
      "watchers: [coordinator]",
      "rig: app",
      "beads:",
      "  - { id: app-one, title: One }",
      "  - { id: app-two, title: Two, priority: P1 }",
      "  - { id: app-three, title: Three, deps: [app-one, app-two] }",
    ].join("\n"),
  );
  return path;
}

describe("a convoy from a file", () => {
  it("is applied, launched, watched until it lands, and told to its watchers", () =>
    inTown(async (town) => {
      const path = await convoyFile(town);
      const plan = await town.json(["convoy", "apply", path, "--dry-run"]);
      assertEquals(plan.changes.length, 9);
      assertEquals(await town.json(["convoy", "list", "--all"]), []);
      await town.must(["start"]);
      const applied = await town.json(["convoy", "apply", path, "--launch"]);
      assertEquals(applied.slung, ["app-one", "app-two", "app-three"]);
      const watched = await town.gt(["convoy", "status", "all", "--watch", "--fail-fast"]);
      assertEquals(watched.code, 0, watched.stdout);
      assertMatch(watched.stdout, /app-three: waits for other beads[\s\S]*3\/3 landed/);
      assertEquals(await lostOrDoubled(town, ["app-one", "app-two", "app-three"]), []);
      const [convoy] = await town.json(["convoy", "list", "--all"]);
      assertEquals([convoy.landed, convoy.done, convoy.total], [true, 3, 3]);
      assertMatch((await town.must(["mail", "inbox"])).stdout, /CONVOY_LANDED/);
      const again = await town.json(["convoy", "apply", path, "--launch"]);
      assertEquals([again.changes, again.slung], [[], []]);
      assertMatch(
        (await town.must(["log", "--bead", "app-one"])).stdout,
        /attempt 1 hooked[\s\S]*working \(worker-\d\)[\s\S]*merged/,
      );
      const events = (await town.must(["events", "--json"])).stdout.trim().split("\n").map((line) =>
        JSON.parse(line)
      );
      assertEquals(events.filter(({ state }) => state === "merged").length, 3);
      assertMatch(events.map(({ text }) => text).join("\n"), /convoy hq-cv-all-of-it landed/);
    }));
});

describe("a convoy by hand", () => {
  it("refuses unknown beads, all of them named, and writes nothing", () =>
    inTown(async (town) => {
      await town.must(["--as", "bd", "create", "A", "--id", "app-a"]);
      const called = await town.gt(["convoy", "create", "All", "app-a", "app-no", "app-neither"]);
      assertEquals(called.code, 1);
      assertMatch(called.stderr, /app-no[\s\S]*app-neither/);
      assertEquals(await town.json(["convoy", "list"]), []);
    }));

  it("is made, shown, added to, closed only when nothing is open, and follows closes by hand", () =>
    inTown(async (town) => {
      for (const id of ["app-a", "app-b"]) await town.must(["--as", "bd", "create", id, "--id", id]);
      await town.must(["convoy", "create", "By hand", "app-a", "--watch", "coordinator"]);
      await town.must(["convoy", "add", "by", "app-b"]);
      const shown = await town.json(["convoy", "show", "By hand"]);
      assertEquals(shown.beads.map(({ id, standing }: { id: string; standing: string }) => [id, standing]), [
        ["app-a", "open"],
        ["app-b", "open"],
      ]);
      assertMatch((await town.gt(["convoy", "close", "by"])).stderr, /2 of its 2 beads are open/);
      await town.must(["start"]);
      await town.must(["--as", "bd", "close", "app-a", "app-b"]);
      await town.landed();
      const landed = await town.json(["convoy", "show", "by"]);
      assertEquals([landed.landed, landed.done], [true, 2]);
    }));

  it("says where a file is wrong", () =>
    inTown(async (town) => {
      const path = join(town.root, "bad.yaml");
      await Deno.writeTextFile(path, "name: X\nbeads:\n  - id: app-a\n    titel: A\n");
      const called = await town.gt(["convoy", "apply", path]);
      assertEquals(called.code, 1);
      assertMatch(called.stderr, /bad\.yaml:4:\d+: unknown key "titel"; did you mean "title"/);
    }));
});

describe("following events", () => {
  it("prints what happens from now on until it is interrupted", () =>
    inTown(async (town) => {
      const { follow } = await import("./follow.ts");
      await town.must(["--as", "bd", "create", "Old", "--id", "app-old"]);
      const following = follow(["events", "--follow", "--json"], town);
      await town.until("the new bead is told", async () => {
        await town.must(["--as", "bd", "create", "New"]);
        return following.text().includes("created by");
      });
      assertEquals(following.text().includes("app-old"), false);
      assertEquals(await following.interrupt(), 0);
    }));
});
