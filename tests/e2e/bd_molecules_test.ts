import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { type Bench, benchAt, inFolders, inLedger } from "./bd_fixture.ts";
import { callWords, type Ended, gtWords } from "./program.ts";

const CHECK = [
  "molecule: check",
  "description: Look twice.",
  "vars: { part: { required: true } }",
  "steps:",
  "  - { id: look, title: 'Look at {{ part }}', description: 'All of {{ part }}.', acceptance: You have seen it. }",
  "  - { id: again, title: Look again, needs: [look] }",
].join("\n");

/** A ledger with a molecule of its own: `check`, of two steps. */
function inRepository(test: (bench: Bench) => Promise<void>): Promise<void> {
  return inLedger(async (bench) => {
    await Deno.mkdir(join(bench.folder, ".git"));
    await Deno.mkdir(join(bench.folder, "molecules"));
    await Deno.writeTextFile(join(bench.folder, "molecules", "check.yaml"), CHECK);
    await test(bench);
  });
}

const pour = (bench: Bench, id: string) =>
  bench.json(["mol", "pour", "check", "--var", "part=docs", "--id", id]);
const ids = (beads: { id: string }[]) => beads.map(({ id }) => id);

describe("bd mol pour", () => {
  it("makes an epic with a step each, which are done one by one", () =>
    inRepository(async (bench) => {
      const poured = await pour(bench, "cs-look");
      assertEquals(poured, {
        new_epic_id: "cs-look",
        id_mapping: { check: "cs-look", look: "cs-look.1", again: "cs-look.2" },
        created: 3,
        attached: 0,
        phase: "liquid",
      });
      const [{ steps }] = await bench.json(["mol", "current", "cs-look"]);
      assertEquals(steps.map((step: { status: string }) => step.status), ["ready", "blocked"]);
      const [epic, first] = await bench.json(["show", "cs-look", "cs-look.1"]);
      assertEquals([epic.title, epic.issue_type, epic.description], ["check", "epic", "Look twice."]);
      assertEquals([first.title, first.description, first.acceptance_criteria], [
        "Look at docs",
        "All of docs.",
        "You have seen it.",
      ]);
      const closed = await bench.json(["close", "cs-look.1", "--continue"]);
      assertEquals(closed.continue.next_step.id, "cs-look.2");
      const last = (await bench.json(["close", "cs-look.2", "--continue"])).continue;
      assertEquals([Object.keys(last).sort(), last.molecule_complete, last.molecule_id], [
        ["auto_advanced", "closed_step", "molecule_complete", "molecule_id"],
        true,
        "cs-look",
      ]);
    }));

  it("is found again by who is at one of its steps; a command is what its step is finished by", () =>
    inRepository(async (bench) => {
      await Deno.writeTextFile(
        join(bench.folder, "molecules", "both.yaml"),
        "molecule: both\nsteps:\n  - { id: a, title: A }\n  - { id: b, needs: [a], title: B }\n" +
          "  - { id: c, needs: [b], run: 'false' }\n",
      );
      await bench.json(["mol", "pour", "both", "--id", "cs-both"]);
      assertEquals(await bench.json(["mol", "current"]), []);
      await bench.json(["close", "cs-both.1", "--continue"]);
      const [mine] = await bench.json(["mol", "current"]);
      assertEquals([mine.molecule_id, mine.current_step.id], ["cs-both", "cs-both.2"]);
      assertEquals((await bench.json(["mol", "progress"])).current_step_id, "cs-both.2");
      assertEquals(await bench.json(["mol", "current", "--for", "bo"]), []);
      await bench.json(["close", "cs-both.2"]);
      const { stdout } = await bench.bd(["mol", "current", "cs-both"]);
      assertStringIncludes(
        stdout,
        "\nIts command must succeed; this runs it: bd close cs-both.3 --continue\n",
      );
      assertStringIncludes(
        (await bench.bd(["mol", "pour", "--help"])).stdout,
        "commands\nbetween them that `bd close STEP --continue` runs;",
      );
      const shown = await bench.bd(["close", "cs-both.2", "--continue", "--no-auto"]);
      assertStringIncludes(shown.stdout, "\nIts command must succeed; this runs it: bd close cs-both.3 ");
    }));

  it("refuses what is no checklist or lacks a value, and makes nothing then, nor with --dry-run", () =>
    inRepository(async (bench) => {
      const release = await bench.refusal(["mol", "pour", "release", "--var", "version=1.0.0"]);
      assertEquals([release.exit, release.code], [1, "not_a_checklist"]);
      assertStringIncludes(release.hints.at(-1)!, "gt mol plan release");
      assertMatch(release.hints[0]!, /^built-in release:\d+:\d+: step "test": "retry" is for a program/);
      const mine = join(bench.folder, "molecules", "mine.yaml");
      await Deno.writeTextFile(
        mine,
        "molecule: mine\nextends: release\nsteps: [{ id: more, gate: { type: human } }]\n",
      );
      const extended = await bench.refusal(["mol", "pour", "mine", "--var", "version=1.0.0"]);
      const places = extended.hints.map((hint) => /^(.*?:\d+:\d+): step/.exec(hint)?.[1]);
      assertEquals(places.filter((place) => place && !/^built-in release:\d+:\d+$/.test(place)), []);
      assertEquals((await bench.refusal(["mol", "pour", "check"])).code, "variable_missing");
      assertEquals((await bench.refusal(["mol", "pour", "chek"])).hints[0], "Did you mean check?");
      await bench.json(["mol", "pour", "check", "--var", "part=x", "--dry-run"]);
      assertEquals(await bench.json(["list", "--all"]), []);
    }));
});

describe("bd mol squash", () => {
  it("puts a digest in the place of finished steps, which the log goes on telling of", () =>
    inRepository(async (bench) => {
      await pour(bench, "cs-look");
      const early = await bench.refusal(["mol", "squash", "cs-look"]);
      assertEquals([early.code, early.hints[0]], ["not_finished", "Open: cs-look.1, cs-look.2"]);
      await bench.json(["close", "cs-look.1", "--continue"]);
      await bench.json(["close", "cs-look.2", "--continue", "--reason", "all is well"]);
      const dry = await bench.json(["mol", "squash", "cs-look", "--dry-run"]);
      assertEquals([dry.dry_run, dry.squashed_count], [true, 2]);
      const squashed = await bench.json(["mol", "squash", "cs-look", "--summary", "It is clean"]);
      assertEquals(squashed, {
        molecule_id: "cs-look",
        digest_id: "cs-look.3",
        squashed_ids: ["cs-look.1", "cs-look.2"],
        squashed_count: 2,
        deleted_count: 2,
        kept_children: false,
      });
      const [digest] = await bench.json(["show", "cs-look.3"]);
      assertEquals([digest.title, digest.status], ["Digest: check", "closed"]);
      assertMatch(
        digest.description,
        /^It is clean\n\ncheck 1: succeeded in \S+, 2 steps\n\n- look \(Look at docs\): succeeded; ann\n- again \(Look again\): succeeded in \S+; ann; all is well$/,
      );
      assertEquals(digest.metadata.digest.steps[1].attempts, 1);
      assertEquals((await bench.refusal(["show", "cs-look.1"])).code, "bead_deleted");
      const history = (await bench.bd(["history", "cs-look.2"])).stdout;
      assertMatch(history, /title=Look again[\s\S]*close_reason=all is well[\s\S]*squashed into cs-look\.3/);
      const again = await bench.refusal(["mol", "squash", "cs-look"]);
      assertEquals([again.code, again.hints[0]], ["already_squashed", "bd show cs-look.3"]);
      assertEquals((await bench.refusal(["mol", "squash", "cs-look.3"])).code, "not_a_molecule");
    }));

  it("squashes a run that has ended, whose events stay", () =>
    inFolders(async (root) => {
      const bench = benchAt(root, "work");
      await bench.git(["init", "-q", "."]);
      assertEquals((await bench.bd(["init", "--prefix", "cs"])).code, 0);
      const flow =
        "molecule: flow\nsteps:\n  - { id: one, run: echo 41, outputs: { n: '{{ int(stdout.trim()) + 1 }}' } }\n" +
        "  - { id: two, needs: [one], run: test -e there, allow_failure: true, retry: { attempts: 2, delay: 1ms } }\n" +
        "  - { id: many, needs: [one], matrix: { x: [a, b] }, run: 'true' }\n";
      await Deno.writeTextFile(join(bench.folder, "flow.yaml"), flow);
      const env = { HOME: root, BD_ACTOR: "ann", NO_COLOR: "1" };
      const ran = await callWords([...gtWords, "mol", "run", "flow.yaml"], { cwd: bench.folder, env });
      assertEquals(ran.code, 0, ran.stderr);
      const [run] = await bench.json(["list", "--all", "--type", "molecule"]);
      assertEquals(
        (await bench.bd(["mol", "current", run.id])).stdout,
        `${run.id} flow  4 of 4 done\n\n${run.id} is a run; all its steps: gt mol status ${run.id}\n`,
      );
      const before = (await bench.bd(["history", run.id])).stdout;
      const squashed = await bench.json(["mol", "squash", run.id]);
      assertEquals([squashed.molecule_id, squashed.squashed_count], [run.id, 0]);
      const [digest] = await bench.json(["show", squashed.digest_id]);
      assertMatch(digest.description, /^flow 1: succeeded in \S+, 5 steps\n/);
      assertMatch(digest.description, /^- one: succeeded in \S+; n=42$/m);
      assertMatch(digest.description, /^- two: failed in \S+; 2 attempts; .+$/m);
      assertMatch(digest.description, /^- many\[1\]: succeeded in \S+$/m);
      assertStringIncludes((await bench.bd(["history", run.id])).stdout, before.trim());
      const burned = await bench.json(["mol", "burn", run.id, "--yes"]);
      assertEquals(burned.total_deleted, 2);
    }));

  it("says of one that was tried again how long all its tries took", () =>
    inFolders(async (root) => {
      const bench = benchAt(root, "work");
      await bench.git(["init", "-q", "."]);
      assertEquals((await bench.bd(["init", "--prefix", "cs"])).code, 0);
      const steps = "  - { id: slow, run: sleep 1.5 }\n  - { id: b, needs: [slow], run: test -e there }\n";
      await Deno.writeTextFile(join(bench.folder, "again.yaml"), `molecule: again\nsteps:\n${steps}`);
      const env = { HOME: root, BD_ACTOR: "ann", NO_COLOR: "1" };
      const mol = (...words: string[]) =>
        callWords([...gtWords, "mol", ...words], { cwd: bench.folder, env });
      assertEquals((await mol("run", "again.yaml")).code, 1);
      await Deno.writeTextFile(join(bench.folder, "there"), "");
      assertEquals((await mol("retry", "again")).code, 0);
      const { duration_ms: took, id } = JSON.parse((await mol("status", "again", "--json")).stdout);
      const { digest_id: digest } = await bench.json(["mol", "squash", id]);
      const [{ description, metadata }] = await bench.json(["show", digest]);
      assertEquals(metadata.digest.took, took);
      assertMatch(description, /^again 1: succeeded in [2-9]s, 2 steps\n/);
    }));
});

describe("a run with steps for people", () => {
  it("is not burned or squashed while it is driven, and its step beads go into the digest", () =>
    inFolders(async (root) => {
      const bench = benchAt(root, "work");
      await bench.git(["init", "-q", "."]);
      assertEquals((await bench.bd(["init", "--prefix", "cs"])).code, 0);
      const text =
        "molecule: hand\nsteps:\n  - { id: one, title: By hand, outputs: [size] }\n  - { id: two, needs: [one], run: 'true' }\n";
      await Deno.writeTextFile(join(bench.folder, "hand.yaml"), text);
      const env = { HOME: root, BD_ACTOR: "ann", NO_COLOR: "1" };
      const running = callWords([...gtWords, "mol", "run", "hand.yaml"], { cwd: bench.folder, env });
      const step = await beforeEnd(
        running,
        async () => (await bench.json(["list", "--all", "--type", "step"]))[0],
      );
      const [run] = await bench.json(["list", "--all", "--type", "molecule"]);
      const { completed, total, percent } = await bench.json(["mol", "progress", run.id]);
      assertEquals([completed, total, percent], [0, 2, 0]);
      assertMatch((await bench.bd(["mol", "current", run.id])).stdout, /0 of 2 done\n○ .*By hand\n/);
      assertEquals((await bench.refusal(["mol", "burn", run.id, "--yes"])).code, "run_under_way");
      assertEquals((await bench.refusal(["mol", "squash", run.id])).code, "not_finished");
      await bench.json(["close", step.id, "--reason", "all done", "--output", "size=12"]);
      assertEquals((await running).code, 0);
      const over = await bench.bd(["mol", "current", run.id]);
      assertMatch(
        over.stdout,
        new RegExp(`2 of 2 done\n✓ .*\n\n${run.id} is a run; all its steps: gt mol status ${run.id}\n$`),
      );
      const squashed = await bench.json(["mol", "squash", run.id]);
      assertEquals(squashed.squashed_ids, [step.id]);
      const [digest] = await bench.json(["show", squashed.digest_id]);
      assertMatch(digest.description, /^- one: succeeded in \S+; size=12$/m);
      assertMatch((await bench.bd(["history", step.id])).stdout, /close_reason=all done[\s\S]*squashed into/);
      assertEquals((await bench.refusal(["mol", "squash", run.id])).code, "already_squashed");
      assertEquals((await bench.json(["mol", "burn", run.id, "--yes"])).results[0].deleted_ids, [
        run.id,
        squashed.digest_id,
      ]);
    }));
});

/** What `look` gives once it gives something; looks again as soon as it has answered, until the program has ended. */
async function beforeEnd<T>(running: Promise<Ended>, look: () => Promise<T | undefined>): Promise<T> {
  let ended: Ended | undefined;
  running.then((how) => ended = how);
  while (!ended) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`it ended with ${ended.code}: ${ended.stdout}${ended.stderr}`);
}

describe("bd mol burn", () => {
  it("shows what would go, then leaves marks; the log still has it", () =>
    inRepository(async (bench) => {
      await pour(bench, "cs-look");
      const shown = await bench.json(["mol", "burn", "cs-look"]);
      assertEquals([shown.dry_run, shown.total_deleted], [true, 3]);
      const since = new Date().toISOString();
      const burned = await bench.json(["mol", "burn", "cs-look", "--yes", "--reason", "not now"]);
      assertEquals(burned.results, [{
        molecule_id: "cs-look",
        deleted_ids: ["cs-look", "cs-look.1", "cs-look.2"],
        deleted_count: 3,
      }]);
      assertEquals(await bench.json(["list", "--all"]), []);
      const [then] = await bench.json(["show", "cs-look.1", "--as-of", since]);
      assertEquals(then.title, "Look at docs");
      assertMatch((await bench.bd(["history", "cs-look"])).stdout, /deleted: not now/);
    }));

  it("takes only the steps of a bead that is work, and nothing of one without", () =>
    inRepository(async (bench) => {
      await bench.json(["create", "Work", "--id", "cs-work"]);
      assertEquals((await bench.refusal(["mol", "burn", "cs-work"])).code, "not_a_molecule");
      await bench.json(["create", "Step", "--id", "cs-work.1", "-t", "step", "--parent", "cs-work"]);
      await bench.json(["create", "Child", "--id", "cs-work.2", "--parent", "cs-work"]);
      const burned = await bench.json(["mol", "burn", "cs-work", "--yes"]);
      assertEquals(burned.results[0].deleted_ids, ["cs-work.1"]);
      assertEquals(ids(await bench.json(["list", "--sort", "id"])), ["cs-work", "cs-work.2"]);
    }));
});

describe("bd mol bond", () => {
  it("joins two in order, adds a third behind both, and goes through their steps as one", () =>
    inRepository(async (bench) => {
      await pour(bench, "cs-one");
      await pour(bench, "cs-two");
      const bonded = await bench.json(["mol", "bond", "cs-one", "cs-two", "--as", "Both"]);
      const root = bonded.result_id;
      assertEquals([bonded.result_type, bonded.bond_type, bonded.spawned], [
        "compound",
        "sequential",
        undefined,
      ]);
      const third = await bench.json(["mol", "bond", root, "check", "--var", "part=src"]);
      assertEquals([third.result_id, third.spawned], [root, 1]);
      const [all] = await bench.json(["mol", "current", root]);
      const states = all.steps.map(({ status }: { status: string }) => status);
      assertEquals([all.molecule_title, states], ["Both", ["ready", ...Array(5).fill("blocked")]]);
      for (const id of ["cs-one.1", "cs-one.2", "cs-one", "cs-two.1", "cs-two.2", "cs-two"]) {
        await bench.json(["close", id]);
      }
      const progress = await bench.json(["mol", "progress", root]);
      assertEquals([progress.completed, progress.total], [4, 6]);
      const [last] = await bench.json(["mol", "current", root]);
      assertEquals(last.next_step.id, `${third.id_mapping.check}.1`);
      const burned = await bench.json(["mol", "burn", root, "--yes"]);
      assertEquals(burned.total_deleted, 10);
    }));

  it("of beads without steps makes each of them a step, which nobody takes by closing the one before", () =>
    inRepository(async (bench) => {
      for (const id of ["cs-a", "cs-b"]) await bench.json(["create", `Do ${id}`, "--id", id]);
      await pour(bench, "cs-c");
      const { result_id: root } = await bench.json(["mol", "bond", "cs-a", "cs-b"]);
      const current = async () => {
        const [{ steps, completed, total, next_step: next }] = await bench.json(["mol", "current", root]);
        const states = steps.map(({ issue, status }: { issue: { id: string }; status: string }) =>
          `${issue.id} ${status}`
        );
        return [...states, `${completed} of ${total}`, next?.id];
      };
      assertEquals(await current(), ["cs-a ready", "cs-b blocked", "0 of 2", "cs-a"]);
      const first = await bench.bd(["close", "cs-a", "--continue"]);
      assertMatch(first.stdout, /\nNext \(1 of 2 done\):\ncs-b "Do cs-b"\n\n.*: bd close cs-b --continue\n$/);
      assertEquals((await bench.json(["show", "cs-b"]))[0].assignee, undefined);
      await bench.json(["mol", "bond", root, "cs-c"]);
      assertEquals(
        await current(),
        ["cs-a done", "cs-b ready", "cs-c.1 blocked", "cs-c.2 blocked", "1 of 4", "cs-b"],
      );
      const second = await bench.json(["close", "cs-b", "--continue"]);
      assertEquals([second.continue.next_step.id, second.continue.auto_advanced], ["cs-c.1", true]);
      const progress = await bench.json(["mol", "progress", root]);
      assertEquals([progress.completed, progress.total], [2, 4]);
    }));

  it("names all beads that it makes, steps of the same id by their molecules too", () =>
    inRepository(async (bench) => {
      for (const [first, second, again] of [["tdd", "design", "design"], ["tdd", "tdd", "tdd#2"]] as const) {
        const { id_mapping: made, spawned } = await bench.json(["mol", "bond", first, second]);
        assertEquals(spawned, 2);
        const below = await Promise.all(
          [made[first], made[again]].map((id) =>
            bench.json(["list", "--all", "--parent", id, "--type", "step"])
          ),
        );
        const every = [made[first], made[again], ...below.flatMap(ids)];
        assertEquals(Object.values(made).sort(), every.sort());
        assertEquals([made[`${first}/review`], made[`${again}/review`]].map((id) => every.includes(id)), [
          true,
          true,
        ]);
      }
    }));

  it("orders any beads: at the same time, or only if the first fails", () =>
    inRepository(async (bench) => {
      for (const id of ["cs-a", "cs-b", "cs-c", "cs-d"]) await bench.json(["create", id, "--id", id]);
      const conditional = await bench.json(["mol", "bond", "cs-a", "cs-b", "--type", "conditional"]);
      await bench.json(["mol", "bond", "cs-c", "cs-d", "--type", "parallel"]);
      const ready = async () => ids(await bench.json(["ready", "--type", "task", "--sort", "oldest"]));
      assertEquals(await ready(), ["cs-a", "cs-c", "cs-d"]);
      await bench.json(["close", "cs-a", "--reason", "failed: no way"]);
      assertEquals(await ready(), ["cs-b", "cs-c", "cs-d"]);
      assertEquals((await bench.refusal(["mol", "bond", "cs-c", "cs-b"])).code, "has_parent");
      assertEquals(
        (await bench.refusal(["mol", "bond", conditional.result_id, conditional.result_id])).code,
        "same_bead",
      );
      const unknown = await bench.refusal([
        "mol",
        "bond",
        "cs-x",
        "check",
        "--var",
        "part=x",
        "--var",
        "wat=1",
      ]);
      assertEquals(unknown.code, "variable_unknown");
    }));

  it("lets what is to be done if a result fails begin once any of its parts has, and skips what is not needed", () =>
    inRepository(async (bench) => {
      for (const id of ["cs-a", "cs-b", "cs-c", "cs-d", "cs-e"]) await bench.json(["create", id, "--id", id]);
      const { result_id: root } = await bench.json(["mol", "bond", "cs-a", "cs-b", "--type", "parallel"]);
      // C in the place of what failed, D in the place of C, then E whatever came of them.
      for (const id of ["cs-c", "cs-d"]) await bench.json(["mol", "bond", root, id, "--type", "conditional"]);
      await bench.json(["mol", "bond", root, "cs-e"]);
      const ready = async () => ids(await bench.json(["ready", "--type", "task", "--sort", "oldest"]));
      const close = (id: string, reason: string) => bench.json(["close", id, "--reason", reason]);
      await close("cs-a", "done");
      assertEquals(await ready(), ["cs-b"]);
      await close("cs-b", "failed: no way");
      assertEquals(await ready(), ["cs-c"]);
      await close("cs-c", "done");
      assertEquals(await ready(), ["cs-e"]);
      const [skipped] = await bench.json(["show", "cs-d"]);
      assertEquals([skipped.status, skipped.close_reason.split(":")[0]], ["closed", "skipped"]);
      await bench.json(["reopen", "cs-c"]);
      await close("cs-c", "failed: it neither");
      assertEquals(await ready(), ["cs-d"]);
      for (const id of ["cs-x", "cs-y"]) await bench.json(["create", id, "--id", id]);
      await close("cs-x", "done");
      const late = await bench.refusal(["mol", "bond", "cs-x", "cs-y", "--type", "conditional"]);
      assertEquals(late.code, "needless");
    }));

  it("is over when what was only to be done on failure is not needed, and says what is due until then", () =>
    inRepository(async (bench) => {
      for (const id of ["cs-one", "cs-two"]) await pour(bench, id);
      const joined = await bench.json(["mol", "bond", "cs-one", "cs-two", "--type", "conditional"]);
      const root = joined.result_id;
      const early = await bench.refusal(["close", "cs-two.1"]);
      assertEquals(early.message, 'Cannot close bead "cs-two.1": it is only done if cs-one fails');
      assertMatch(
        (await bench.bd(["show", "cs-two.1"])).stdout,
        /\nWaits for, as a part of something else\n.*cs-one check \(conditional-blocks\) through cs-two\n/,
      );
      await bench.json(["close", "cs-one.1"]);
      const due = /All 2 steps of cs-one are done\.\nNext: bd close cs-one\n$/;
      assertMatch(
        (await bench.bd(["close", "cs-one.2", "--continue"])).stdout,
        /Next \(2 of 4 done\):\ncs-one .*check(?:.|\n)*When it is finished: bd close cs-one --continue\n$/,
      );
      assertMatch((await bench.bd(["mol", "current", root])).stdout, due);
      assertMatch(
        (await bench.bd(["mol", "current", "cs-two"])).stdout,
        / {2}it is only done if cs-one fails \(open\), through its ancestor cs-two\n/,
      );
      assertMatch(
        (await bench.bd(["close", "cs-one"])).stdout,
        /not needed now, and closed:\n.*cs-two check\n.*cs-two\.1/,
      );
      // What is closed is not told to be closed.
      const over = new RegExp(`All 4 steps of ${root} are done\\.\nNext: bd close ${root}\n$`);
      assertMatch((await bench.bd(["close", "cs-one.2", "--continue"])).stdout, over);
      assertMatch((await bench.bd(["mol", "current", root])).stdout, over);
      const { summary: _, ...squashed } = await bench.json(["mol", "squash", root]);
      assertEquals(squashed.squashed_count, 4);
    }));

  it("changes nothing when the order would be a ring, or with --dry-run", () =>
    inRepository(async (bench) => {
      await bench.json(["create", "A", "--id", "cs-a"]);
      await bench.json(["create", "B", "--id", "cs-b"]);
      await bench.json(["dep", "add", "cs-a", "cs-b"]);
      const before = await bench.json(["list", "--all"]);
      assertEquals((await bench.refusal(["mol", "bond", "cs-a", "cs-b"])).exit, 1);
      await bench.json(["mol", "bond", "cs-b", "check", "--var", "part=x", "--dry-run"]);
      assertEquals(await bench.json(["list", "--all"]), before);
    }));
});

describe("bd mol distill", () => {
  it("makes a molecule of an epic, which can be poured again", () =>
    inRepository(async (bench) => {
      const create = (title: string, ...more: string[]) => bench.json(["create", title, ...more]);
      await create("Sign in with GitHub", "--id", "cs-auth", "-t", "epic", "-d", "All of it");
      await create(
        "Ask GitHub for a token",
        "--id",
        "cs-auth.1",
        "--parent",
        "cs-auth",
        "-d",
        "See {{ docs }}",
      );
      await create(
        "Form",
        "--id",
        "cs-auth.2",
        "--parent",
        "cs-auth",
        "--acceptance",
        "It opens",
        "-l",
        "ui",
      );
      await create(
        "Both",
        "--id",
        "cs-auth.3",
        "--parent",
        "cs-auth",
        "--deps",
        "blocks:cs-auth.1,blocks:cs-auth.2",
      );
      await create("Part", "--id", "cs-auth.3.1", "--parent", "cs-auth.3", "--deps", "related:cs-auth.1");
      const called = await bench.bd([
        "mol",
        "distill",
        "cs-auth",
        "sign-in",
        "--var",
        "provider=GitHub",
        "-o",
        "molecules",
      ]);
      assertEquals(called.code, 0, called.stderr);
      assertMatch(
        called.stderr,
        /cs-auth\.2: a step has no labels; ui[\s\S]*cs-auth\.3\.1: related cs-auth\.1 is left out/,
      );
      assertEquals(
        await Deno.readTextFile(join(bench.folder, "molecules", "sign-in.yaml")),
        [
          "molecule: sign-in",
          "version: 1",
          "description: |-",
          "  Sign in with GitHub",
          "",
          "  All of it",
          "vars:",
          "  provider:",
          "    required: true",
          "steps:",
          "  - id: ask-github-for-a-token",
          "    title: Ask {{ provider }} for a token",
          '    description: See {{ "{{" }} docs }}',
          "  - id: form",
          "    title: Form",
          "    acceptance: It opens",
          "  - id: both",
          "    title: Both",
          "    needs: [part]",
          "  - id: part",
          "    title: Part",
          "    needs: [ask-github-for-a-token, form]",
          "",
        ].join("\n"),
      );
      const poured = await bench.json(["mol", "pour", "sign-in", "--var", "provider=Mail"]);
      const [step] = await bench.json(["show", poured.id_mapping["ask-github-for-a-token"]]);
      assertEquals([step.title, step.description], ["Ask Mail for a token", "See {{ docs }}"]);
      const shape = await bench.json(["mol", "distill", "cs-auth"]);
      assertEquals([shape.formula_name, shape.steps, shape.variables], ["sign-in-with-github", 4, []]);
      const again = await bench.refusal(["mol", "distill", "cs-auth", "sign-in", "-o", "molecules"]);
      assertEquals(again.code, "file_exists");
      assertEquals(
        (await bench.refusal(["mol", "distill", "cs-auth", "--var", "x=nowhere"])).code,
        "value_not_found",
      );
      assertEquals((await bench.refusal(["mol", "distill", "cs-auth.1"])).code, "no_children");
    }));

  it("keeps commands with their limits and variables, and asks for the bead's own id", () =>
    inRepository(async (bench) => {
      const text = [
        "molecule: checked",
        "steps:",
        "  - { id: do, title: 'Do {{ bead.id }}', description: 'Not {{ bead.id }}-b, but ${{ \"{\" }}{{ bead.id }}}.' }",
        "  - id: test",
        "    needs: [do]",
        "    title: Test it",
        "    run: |",
        '      docker ps --format {{ "{{" }}.Names}}',
        "      echo {{ bead.id }} | grep {{ bead.id }}.1",
        "    timeout: 90s",
        "    env: { BEAD: '{{ bead.id }}', FORM: '{{ \"{{\" }}.ID}}' }",
        "",
      ].join("\n");
      const path = join(bench.folder, "molecules", "checked.yaml");
      await Deno.writeTextFile(path, text);
      await bench.json(["mol", "pour", "checked", "--id", "cs-one"]);
      const { yaml, notes } = await bench.json(["mol", "distill", "cs-one", "again"]);
      assertEquals(
        yaml.split("\n").slice(3),
        [
          "steps:",
          "  - id: do",
          "    title: Do {{ bead.id }}",
          '    description: Not cs-one-b, but ${{ "{" }}{{ bead.id }}}.',
          "  - id: test",
          "    title: Test it",
          "    needs: [do]",
          "    run: |",
          '      docker ps --format {{ "{{" }}.Names}}',
          "      echo {{ bead.id }} | grep cs-one.1",
          "    timeout: 1m30s",
          "    env:",
          '      BEAD: "{{ bead.id }}"',
          `      FORM: '{{ "{{" }}.ID}}'`,
          "",
        ],
      );
      assertEquals(notes, ["cs-one.2: its text names cs-one.1, which stays as it is"]);
      await Deno.writeTextFile(join(bench.folder, "molecules", "again.yaml"), yaml);
      await bench.json(["mol", "pour", "again", "--id", "cs-two"]);
      const [first, second] = await bench.json(["show", "cs-two.1", "cs-two.2"]);
      assertEquals([first.title, first.description], ["Do cs-two", "Not cs-one-b, but ${cs-two}."]);
      assertEquals(second.metadata.step.run, {
        command: "docker ps --format {{.Names}}\necho cs-two | grep cs-one.1\n",
        timeout: 90000,
        env: { BEAD: "cs-two", FORM: "{{.ID}}" },
      });
    }));

  it("lets what is below a part wait for what the part waits for", () =>
    inRepository(async (bench) => {
      const create = (id: string, title: string, ...more: string[]) =>
        bench.json(["create", title, "--id", id, ...more]);
      await create("cs-e", "Epic", "-t", "epic");
      await create("cs-e.1", "P1", "--parent", "cs-e");
      await create("cs-e.2", "P2", "--parent", "cs-e", "--deps", "blocks:cs-e.1");
      await create("cs-e.1.1", "K1", "--parent", "cs-e.1");
      await create("cs-e.2.1", "K2", "--parent", "cs-e.2");
      await create("cs-e.2.2", "K3", "--parent", "cs-e.2", "--deps", "blocks:cs-e.2.1");
      await create("cs-e.2.1.1", "G", "--parent", "cs-e.2.1");
      const { yaml } = await bench.json(["mol", "distill", "cs-e"]);
      const needs = [...yaml.matchAll(/title: (.*)(?:\n {4}needs: (.*))?/g)].map((
        [, title, needs],
      ) => [title, needs]);
      assertEquals(needs, [
        ["P1", "[k1]"],
        ["K1", undefined],
        ["P2", "[k2, k3]"],
        ["K2", "[g]"],
        ["G", "[p1]"],
        ["K3", "[k2]"],
      ]);
    }));

  it("names all that a molecule cannot say", () =>
    inRepository(async (bench) => {
      await bench.json([
        "create",
        "Epic",
        "--id",
        "cs-e",
        "-t",
        "epic",
        "--acceptance",
        "It is quick",
        "-l",
        "web",
      ]);
      await bench.json(["create", "Crash", "--id", "cs-e.1", "--parent", "cs-e", "-t", "bug", "-p", "P0"]);
      await bench.json([
        "update",
        "cs-e.1",
        "--notes",
        "seen twice",
        "--estimate",
        "30",
        "--due",
        "2030-01-02",
      ]);
      await bench.json(["create", "Elsewhere", "--id", "cs-x"]);
      await bench.json(["dep", "add", "cs-e.1", "cs-x"]);
      const { notes } = await bench.json(["mol", "distill", "cs-e"]);
      assertEquals(notes, [
        "cs-e: a molecule has no labels; web are left out",
        "cs-e: a molecule has no acceptance; It is quick is left out",
        "cs-e.1: blocks cs-x is left out",
        "cs-e.1: a step has no type; bug is left out",
        "cs-e.1: a step has no priority; P0 is left out",
        "cs-e.1: a step has no notes; seen twice is left out",
        "cs-e.1: a step has no estimate; 30 is left out",
        "cs-e.1: a step has no due date; 2030-01-02T00:00:00.000Z is left out",
      ]);
    }));
});
