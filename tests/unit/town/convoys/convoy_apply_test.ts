import { describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { dependenciesOf } from "../../../../src/beads/dependencies.ts";
import { CommandError } from "../../../../src/lib/errors.ts";
import { createTestRandom } from "../../../../src/ports/random.ts";
import { applyConvoy } from "../../../../src/town/convoys/convoy_apply.ts";
import { parseConvoyFile } from "../../../../src/town/convoys/convoy_file.ts";
import { openConvoys } from "../../../../src/town/convoys/convoys.ts";
import { makeLedger, type TestLedger } from "../../ledger/fixture.ts";

const source = `
name: Auth feature
watchers: [coordinator]
rig: csm
beads:
  - id: cs-login
    title: Log in
    type: feat
    priority: P1
    deps: [cs-session]
    labels: [auth]
    description: |
      More than
      one line.
  - id: cs-session
    title: Sessions
    agent: script
`;

const apply = ({ ledger }: TestLedger, text: string, dryRun = false) =>
  applyConvoy(ledger, {
    file: parseConvoyFile(text, "auth.yaml"),
    actor: "ann",
    random: createTestRandom(),
    dryRun,
  });

const kinds = (applied: ReturnType<typeof apply>) => applied.steps.map(({ kind, id }) => `${kind} ${id}`);

describe("applying a convoy's file", () => {
  it("makes beads, dependencies, wishes and the convoy", () => {
    using test = makeLedger();
    assertEquals(kinds(apply(test, source)), [
      "create-bead cs-login",
      "create-bead cs-session",
      "add-dependency cs-login",
      "create-convoy cs-cv-auth-feature",
      "track cs-cv-auth-feature",
      "track cs-cv-auth-feature",
    ]);
    const { view } = test.ledger;
    const login = view.beadById("cs-login")!;
    assertEquals([login.priority, login.issue_type, login.blocked, login.labels], [1, "feature", true, [
      "auth",
    ]]);
    assertEquals(login.metadata.sling, { rig: "csm" });
    assertEquals(view.beadById("cs-session")!.metadata.sling, { rig: "csm", agent: "script" });
    assertEquals(dependenciesOf(view, { key: login.key, type: "blocks" })[0]?.bead?.id, "cs-session");
  });

  it("changes nothing the second time, not even the ledger's log", () => {
    using test = makeLedger();
    apply(test, source);
    const before = test.ledger.view.rows("SELECT MAX(arrival) AS n FROM ops");
    assertEquals(kinds(apply(test, source)), []);
    assertEquals(test.ledger.view.rows("SELECT MAX(arrival) AS n FROM ops"), before);
  });

  it("gives convoy and beads their budgets, once", () => {
    using test = makeLedger();
    const text = source.replace("rig: csm\n", "rig: csm\nbudget: { soft: 20, hard: 30 }\n")
      .replace("    agent: script", "    budget: { hard: 5 }");
    apply(test, text);
    const { view } = test.ledger;
    assertEquals(openConvoys(view)[0]!.metadata.budget, { soft: 20, hard: 30 });
    assertEquals(view.beadById("cs-session")!.metadata.budget, { hard: 5 });
    assertEquals(kinds(apply(test, text)), []);
    const changed = apply(test, text.replace("soft: 20", "soft: 10").replace("hard: 5", "hard: 6"));
    assertEquals(kinds(changed), ["update-bead cs-session", "update-convoy cs-cv-auth-feature"]);
  });

  it("passes values of variables on with the molecule they stand beside, and says only what has changed", () => {
    using test = makeLedger();
    const text = "name: X\nrig: csm\nmolecule: m\nvars: { who: ann, how: well }\nbeads:\n" +
      "  - { id: cs-a, title: A, vars: { who: bob } }\n  - { id: cs-b, title: B, molecule: tdd }\n";
    apply(test, text);
    const wishes = (id: string) => test.ledger.view.beadById(id)!.metadata.sling;
    assertEquals(wishes("cs-a"), { rig: "csm", molecule: "m", vars: { who: "bob", how: "well" } });
    assertEquals(wishes("cs-b"), { rig: "csm", molecule: "tdd" });
    assertEquals(kinds(apply(test, text)), []);
    const changed = (from: string, to: string) =>
      apply(test, text.replace(from, to)).steps.map(({ id, what }) => `${id} ${what}`);
    assertEquals(changed("tdd", "design"), ["cs-b molecule"]);
    assertEquals(changed("who: bob", "who: eve"), ["cs-a vars", "cs-b molecule"]);
    assertEquals(changed("rig: csm", "rig: csm\nagent: script"), ["cs-a agent, vars", "cs-b agent"]);
  });

  it("says what it would do with --dry-run, and does none of it", () => {
    using test = makeLedger();
    assertEquals(kinds(apply(test, source, true)).length, 6);
    assertEquals(test.ledger.view.beadById("cs-login"), undefined);
    assertEquals(openConvoys(test.ledger.view), []);
  });

  it("updates what differs and adds what is new, and takes nothing away", () => {
    using test = makeLedger();
    apply(test, source);
    const applied = apply(
      test,
      "name: Auth feature\nbeads: [{id: cs-login, title: Log in with a key}, {id: cs-new, title: New}]\n",
    );
    assertEquals(kinds(applied), ["update-bead cs-login", "create-bead cs-new", "track cs-cv-auth-feature"]);
    assertEquals(applied.unnamed, ["cs-session"]);
    assertMatch(test.ledger.view.beadById("cs-login")!.description!, /More than/);
  });

  it("names of the convoy only what changes", () => {
    using test = makeLedger();
    apply(test, source);
    const changed = (from: string, to: string) =>
      apply(test, source.replace(from, to)).steps.map(({ what }) => what);
    assertEquals(changed("[coordinator]", "[overseer]"), ["watchers"]);
    assertEquals(changed("watchers: [coordinator]", "owner: bob\nwatchers: [overseer]"), ["owner"]);
    assertEquals(changed("watchers:", "owner: eve\nwatchers:"), ["owner, watchers"]);
  });

  it("says for what beads still wait although the file does not say it any more", () => {
    using test = makeLedger();
    apply(test, `${source}  - { id: cs-out, title: Outside }\n`);
    const text = source.replace("deps: [cs-session]", "deps: [cs-out]");
    const login = { bead: "cs-login", on: "cs-session" };
    assertEquals(apply(test, text).unnamedDeps, [login]);
    const without = source.replace("    deps: [cs-session]\n", "");
    assertEquals(apply(test, without).unnamedDeps, [login]);
    assertEquals(apply(test, source).unnamedDeps, [{ bead: "cs-login", on: "cs-out" }]);
    const { key } = test.ledger.view.beadById("cs-out")!;
    test.ledger.write("ann", (transaction) => void transaction.set(key, { status: "closed" }));
    assertEquals(apply(test, source).unnamedDeps, []);
  });

  it("refuses a bead that neither exists nor has a title, and a cycle, and writes nothing", () => {
    using test = makeLedger();
    const titleless = "name: X\nbeads:\n  - {id: cs-a, title: A}\n  - cs-b\n";
    assertMatch(assertThrows(() => apply(test, titleless), CommandError).message, /"cs-b" does not exist/);
    const first = "name: X\nbeads:\n  - {id: cs-b, title: B}\n  - {id: cs-c, title: C, deps: [cs-b]}\n";
    apply(test, first);
    const cycle = "name: Y\nbeads:\n  - {id: cs-a, title: A, deps: [cs-c]}\n  - {id: cs-b, deps: [cs-a]}\n";
    for (const dryRun of [true, false]) {
      assertEquals(assertThrows(() => apply(test, cycle, dryRun), CommandError).code, "dependency_cycle");
    }
    assertEquals(test.ledger.view.beadById("cs-a"), undefined);
  });
});
