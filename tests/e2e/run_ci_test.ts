import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { bd, callWords, gtWords } from "./program.ts";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("gt mol run --ci", () => {
  let repository: TestRepository;
  beforeEach(async () => void (repository = await createTestRepository()));
  afterEach(() => repository.end());

  const MIXED = `molecule: check
steps:
  - { id: greet, run: 'echo hello; echo oops >&2' }
  - id: bad
    run: 'echo "a, b: 50%"; echo "<&>"; exit 3'
  - { id: maybe, run: exit 4, allow_failure: true }
  - { id: not-run, needs: [bad], run: 'true' }
  - { id: many, matrix: { n: [1, 2] }, run: 'test {{ matrix.n }} = 1', allow_failure: true }
finally:
  - { id: last, run: 'echo {{ status }}' }
`;

  it("groups what each command printed, annotates what failed, and fails", async () => {
    await repository.molecule("check", MIXED);
    const { code, stdout } = await repository.gt(["mol", "run", "check", "--ci"]);
    assertEquals(code, 1);
    const lines = stdout.split("\n");
    const after = (line: string) => lines.slice(lines.indexOf(line), lines.indexOf(line) + 4).join("\n");
    assertEquals(after("::group::greet"), "::group::greet\nhello\noops\n::endgroup::");
    assertEquals(after("::group::bad"), "::group::bad\na, b: 50%\n<&>\n::endgroup::");
    assertEquals(lines.filter((line) => /^::(error|warning)/.test(line)).sort(), [
      "::error file=molecules/check.yaml,line=4,title=check › bad::exit code 3",
      "::warning file=molecules/check.yaml,line=6,title=check › maybe::exit code 4",
      "::warning file=molecules/check.yaml,line=8,title=check › many[1] (2)::exit code 1",
    ]);
    assertStringIncludes(stdout, "✗ check failed in");
  });

  it("writes the summary of the job and a JUnit report, in which an allowed failure is none", async () => {
    await repository.molecule("check", MIXED);
    const summary = join(repository.folder, "summary.md");
    const { code, stdout, stderr } = await repository.gt(
      ["mol", "run", "check", "--ci", "--json", "--junit", "report.xml"],
      { env: { GITHUB_STEP_SUMMARY: summary } },
    );
    assertEquals(code, 1, stderr);
    const run = JSON.parse(stdout);
    assertEquals([run.status, run.steps.length], ["failed", 8]);
    const text = repository.read("summary.md");
    assertStringIncludes(text, "### check: failed\n");
    assertMatch(text, /\| bad \| failed \| \d+\.\ds \| exit code 3 \|/);
    assertMatch(text, /\| maybe \| failed, which is allowed \| \d+\.\ds \| exit code 4 \|/);
    const report = repository.read("report.xml");
    assertMatch(report, /<testsuites tests="7" failures="1" skipped="3" time="[\d.]+">/);
    assertStringIncludes(report, '<failure message="exit code 3">a, b: 50%\n&lt;&amp;&gt;</failure>');
    assertStringIncludes(report, '<skipped message="failed, which is allowed: exit code 4"/>');
    assertStringIncludes(report, '<skipped message="&quot;bad&quot; failed"/>');
    // That it does not go on any more is no failure of it.
    assertEquals((await repository.gt(["mol", "resume", "check", "--junit", "report.xml"])).code, 1);
    assertEquals(repository.read("report.xml"), report);
  });

  it("runs nothing for a report that cannot be written, and leaves nothing of it where it could be", async () => {
    await repository.molecule("one", "molecule: one\nsteps:\n  - { id: a, run: 'echo ran >>ran' }\n");
    await Deno.writeTextFile(join(repository.folder, "file"), "");
    for (
      const [flags, env] of [
        [["--junit", "."], {}],
        [["--junit", "file/report.xml"], {}],
        [["--ci"], { GITHUB_STEP_SUMMARY: repository.folder }],
      ] as const
    ) {
      const { code, stdout, stderr } = await repository.gt(["mol", "run", "one", ...flags], { env });
      assertEquals([code, stdout], [1, ""], stderr);
      assertStringIncludes(stderr, "Cannot write");
    }
    assertEquals([...Deno.readDirSync(repository.folder)].some(({ name }) => name === "ran"), false);
    assertEquals((await repository.gt(["mol", "list"])).code, 0);
  });

  it("annotates what is wrong with a molecule that cannot be used, and reports no earlier run as this one", async () => {
    await repository.molecule("check", "molecule: check\nsteps:\n  - { id: a, run: 'true' }\n");
    const flags = ["--ci", "--junit", "report.xml"];
    const run = (...words: string[]) => repository.gt(["mol", ...words, ...flags]);
    assertEquals((await run("run", "check")).code, 0);
    assert(!repository.read("report.xml").includes("<failure"));
    await repository.molecule(
      "check",
      "molecule: check\nsteps:\n  - { id: a, runn: x }\n  - id: b\n    neds: [a]\n    run: x\n",
    );
    const wrong = await run("run", "check");
    assertEquals(wrong.code, 1);
    assertMatch(
      wrong.stdout,
      /^::error file=molecules\/check\.yaml,line=3,col=14,title=check::unknown key "runn" .*\n::error file=molecules\/check\.yaml,line=5,col=5,title=check::unknown key "neds" .*\n$/,
    );
    assertMatch(
      repository.read("report.xml"),
      /<testsuites tests="1" failures="1" skipped="0" time="0.000">\n.*\n {4}<testcase classname="check" name="\(run\)" time="0.000">\n {6}<failure message="Cannot use molecule &quot;.*molecules\/check.yaml&quot;: 2 problems">.*check.yaml:3:14: unknown key "runn"/,
    );
    for (const words of [["retry", "check"], ["resume", "check"]]) {
      await Deno.writeTextFile(join(repository.folder, "report.xml"), "earlier");
      const { code, stdout } = await run(...words);
      assertEquals([code, stdout.startsWith("::error title=check::Cannot ")], [1, true]);
      assertMatch(
        repository.read("report.xml"),
        /<testsuites tests="1" failures="0" skipped="0" time="[\d.]+">/,
      );
    }
    for (const words of [["run", "none"], ["resume", "none"]]) {
      await Deno.writeTextFile(join(repository.folder, "report.xml"), "earlier");
      const { code, stdout, stderr } = await run(...words);
      const message = /^error: (.*)$/m.exec(stderr)![1]!;
      assertEquals([code, stdout], [1, `::error title=${words[1]}::${message}\n`], stderr);
      assertStringIncludes(
        repository.read("report.xml"),
        `<failure message="${message.replaceAll('"', "&quot;")}">`,
      );
    }
    const quiet = await repository.gt(["mol", "run", "none", "--ci", "--json"]);
    assertEquals([quiet.code, quiet.stdout], [1, ""]);
  });

  it("exits with 0 when all is well, and with 1 when the run takes too long, which the report tells", async () => {
    await repository.molecule("fine", "molecule: fine\nsteps:\n  - { id: a, run: 'true' }\n");
    assertEquals((await repository.gt(["mol", "run", "fine", "--ci"])).code, 0);
    await repository.molecule(
      "slow",
      "molecule: slow\ntimeout: 100ms\nsteps:\n  - { id: a, run: sleep 60 }\n",
    );
    const { code, stdout } = await repository.gt(["mol", "run", "slow", "--ci", "--junit", "report.xml"]);
    assertEquals(code, 1);
    assertStringIncludes(stdout, "failed in 0.1s: the run took longer than 100ms\n");
    assertStringIncludes(
      stdout,
      "\n::error file=molecules/slow.yaml,title=slow::the run took longer than 100ms\n",
    );
    assertStringIncludes(repository.read("report.xml"), 'name="(run)" time="0.000">\n      <failure');
  });

  it("shows the value of a secret to its command and to nobody else, in no output and no file", async () => {
    await repository.molecule(
      "secret",
      `molecule: secret
steps:
  - { id: uses, secrets: [TOKEN], run: 'test "$TOKEN" = "$(cat expected)" && echo "token $TOKEN" && cp expected kept', outputs: { said: '{{ stdout }}' } }
  - { id: leaks, needs: [uses], run: 'cat kept; cat kept >&2; test -z "\${TOKEN+set}" && test -z "\${GT_MASK_TOKEN+set}"' }
  - { id: fails, needs: [leaks], secrets: [TOKEN, SECOND], run: 'printf "%s\\\\n" "$TOKEN" "$SECOND"; printf "%s" "$TOKEN" | cut -c1-4 | tr -d "\\\\n"; sleep 0.1; printf "%s" "$TOKEN" | cut -c5-; exit 1' }
`,
    );
    const value = "s3cr3t-Va1ue";
    const second = "line one of it\nline two of it";
    await Deno.writeTextFile(join(repository.folder, "expected"), value);
    const summary = join(repository.folder, "summary.md");
    const { stdout, stderr, code } = await repository.gt(
      ["mol", "run", "secret", "--ci", "--junit", "r.xml"],
      {
        env: { TOKEN: value, SECOND: second, GITHUB_STEP_SUMMARY: summary },
      },
    );
    assertEquals(code, 1, stderr);
    const lines = stdout.split("\n");
    assertEquals(lines.slice(lines.indexOf("::group::fails"), lines.indexOf("::group::fails") + 5), [
      "::group::fails",
      "***",
      "***",
      "***",
      "::endgroup::",
    ]);
    await Deno.remove(join(repository.folder, "expected"));
    await Deno.remove(join(repository.folder, "kept"));
    const shown = await repository.gt(["mol", "run", "secret", "--json", "--new"], {
      env: { TOKEN: value, SECOND: second },
    });
    for (const text of [stdout, stderr, shown.stdout, shown.stderr]) {
      for (const word of [value, "line one", "line two"]) assert(!text.includes(word), text);
    }
    const { code: none, stdout: found } = await callWords(
      ["grep", "-rlaE", `${value}|line (one|two) of`, "."],
      { cwd: repository.folder },
    );
    assertEquals([none, found], [1, ""]);
  });

  it("needs nothing of the repository but that it is there, whatever it is called", async () => {
    for (const name of ["42", "a-very-long-name-of-a-folder-as-some-have-2fe9b1c8d7", "Größe & Co."]) {
      const folder = join(repository.folder, name);
      await Deno.mkdir(join(folder, ".git"), { recursive: true });
      await Deno.writeTextFile(
        join(folder, "fine.yaml"),
        "molecule: fine\nsteps:\n  - { id: a, run: 'true' }\n",
      );
      const { code, stdout, stderr } = await repository.gt(["mol", "run", "fine.yaml"], { cwd: folder });
      assertEquals(code, 0, stdout + stderr);
    }
  });

  it("makes no ledger where there is neither a repository nor one, and says what to do", async () => {
    await repository.molecule("fine", "molecule: fine\nsteps:\n  - { id: a, run: 'true' }\n");
    const folder = join(repository.folder, "../beside");
    await Deno.mkdir(folder);
    const run = () => repository.gt(["mol", "run", "../repo/molecules/fine.yaml"], { cwd: folder });
    const { code, stdout, stderr } = await run();
    assertEquals([code, stdout], [1, ""]);
    assertMatch(
      stderr,
      /^error: Cannot begin a run in ".*beside": there is no repository here or above, .*\nhint: git init\n/,
    );
    assertEquals([...Deno.readDirSync(folder)], []);
    assertEquals((await bd(["init"], { cwd: folder })).code, 0);
    const kept = await run();
    assertEquals(kept.code, 0, kept.stderr);
  });

  it("goes on to its end though its reader has gone away, and is no success where nothing can be written", async () => {
    await repository.molecule(
      "alone",
      `molecule: alone
steps:
  - { id: a, run: "while ! test -e gone; do sleep 0.02; done" }
  - { id: b, needs: [a], run: "echo b >>ran" }
`,
    );
    const shell = (script: string) =>
      callWords(["sh", "-c", script, "sh", ...gtWords], {
        cwd: repository.folder,
        env: { BD_ACTOR: "ann", NO_COLOR: "1" },
      });
    const left = await shell(
      '("$@" mol run alone; echo $? >code) | (exec <&-; touch gone); cat code ran',
    );
    assertEquals(left.stdout, "0\nb\n", left.stderr);
    const full = await shell(
      'for call in "mol run alone" "mol nope"; do "$@" $call >/dev/full 2>&1; echo $?; done',
    );
    assertEquals(full.stdout, "1\n2\n");
    const told = await shell('"$@" mol run alone >/dev/full');
    assertEquals([told.code, told.stderr.split("\n")[0]], [
      1,
      'error: Cannot write "/dev/stdout": the disk is full',
    ]);
  });

  it("fails a step whose secret is not there, by its name", async () => {
    await repository.molecule(
      "secret",
      "molecule: secret\nsteps:\n  - { id: a, secrets: [TOKEN], run: 'true' }\n",
    );
    const { code, stdout } = await repository.gt(["mol", "run", "secret"]);
    assertEquals(code, 1);
    assertStringIncludes(stdout, "there is no TOKEN in the environment");
  });

  it("ends what its commands left running when it is told to stop, and goes on later", async () => {
    await repository.molecule(
      "long",
      `molecule: long
steps:
  - { id: a, run: 'echo a >>effects' }
  - { id: b, needs: [a], run: 'sleep 300 & echo $! >child; test -e again || wait' }
`,
    );
    const one = repository.begin(["mol", "run", "long", "--ci", "--junit", "report.xml"]);
    await repository.holds("child", "\n");
    one.kill("SIGTERM");
    const { code, stdout } = await one.ended;
    assertEquals(code, 130);
    assertStringIncludes(stdout, "it goes on with: gt mol resume");
    assertMatch(
      repository.read("report.xml"),
      /name="\(run\)" .*\n.*"\S+ interrupted; it goes on with: gt mol/,
    );
    const state = await callWords(["ps", "-o", "stat=", "-p", repository.read("child").trim()]);
    assertMatch(state.stdout.trim(), /^Z?/);
    assert(!/^[RSDT]/.test(state.stdout.trim()), state.stdout);
    await Deno.writeTextFile(join(repository.folder, "again"), "");
    assertEquals((await repository.gt(["mol", "run", "long", "--ci"])).code, 0);
    assertEquals(repository.counts("effects"), { a: 1 });
    await callWords(["kill", repository.read("child").trim()]);
  });

  it("annotates at the file of the molecule also where the run goes on in another folder", async () => {
    await repository.molecule(
      "moved",
      `molecule: moved
steps:
  - { id: a, run: 'echo began >>began; while ! test -e go; do sleep 0.02; done' }
  - { id: b, needs: [a], run: exit 4 }
`,
    );
    const one = repository.begin(["mol", "run", "moved", "--ci"]);
    await repository.holds("began", "began");
    one.kill("SIGTERM");
    assertEquals((await one.ended).code, 130);
    await callWords(["cp", "-r", repository.folder, `${repository.folder}-2`]);
    await Deno.writeTextFile(`${repository.folder}-2/go`, "");
    const { code, stdout } = await repository.gt(["mol", "run", "moved", "--ci", "--take-over"], {
      cwd: `${repository.folder}-2`,
    });
    assertEquals(code, 1);
    assertStringIncludes(stdout, "going on with");
    assertStringIncludes(
      stdout,
      "\n::error file=molecules/moved.yaml,line=4,title=moved › b::exit code 4\n",
    );
  });

  it("keeps 100 MB and bytes that are no text in a file, shows their end and says so", async () => {
    await repository.molecule(
      "large",
      `molecule: large
steps:
  - { id: much, run: 'yes abcdefghi | head -c 100000000', outputs: { size: '{{ size(stdout) }}' } }
  - { id: bytes, run: 'printf "\\\\000\\\\377\\\\033[31mred\\\\n"' }
`,
    );
    const { code, stdout, stderr } = await repository.gt(["mol", "run", "large", "--ci"]);
    assertEquals(code, 0, stderr);
    assert(stdout.length < 1_000_000, `${stdout.length}`);
    const noted = /^… (\d+) bytes before this are in (.*)$/m.exec(stdout)!;
    assert(Number(noted[1]) > 99_000_000);
    assertEquals(Deno.statSync(noted[2]!).size, 100_000_000);
    assertStringIncludes(
      stdout,
      "[only the last MiB of stdout is read by expressions, 98951424 bytes before it are not]",
    );
    // deno-lint-ignore no-control-regex
    assert(!/[\x00\x1b]/.test(stdout));
    assertStringIncludes(stdout, "red\n");
    const shown = JSON.parse((await repository.gt(["mol", "run", "large", "--new", "--json"])).stdout);
    assertEquals(shown.steps[0].outputs, { size: 1_048_576 });
  });

  it("says which command was not found, and where an expression failed with what values", async () => {
    await repository.molecule(
      "wrong",
      `molecule: wrong
steps:
  - { id: word, run: echo many, outputs: { n: '{{ stdout.trim() }}' } }
  - { id: absent, run: no-such-command-anywhere, allow_failure: true }
  - { id: json, needs: [word], run: 'echo {{ json(steps.word.outputs.n).size() }}', allow_failure: true }
  - id: count
    needs: [word]
    run: echo {{ int(steps.word.outputs.n) + 1 }}
`,
    );
    const { code, stdout } = await repository.gt(["mol", "run", "wrong"]);
    assertEquals(code, 1);
    assertMatch(
      stdout,
      /✗ absent \S+ {2}exit code 127, a command was not found\n.*no-such-command-anywhere: not found/,
    );
    assertMatch(stdout, /✗ json .*: JSON .* in "json/);
    assertMatch(
      stdout,
      /✗ count .*8:18: int\(\) type error: .* in "int\(steps\.word\.outputs\.n\) \+ 1" \(steps\.word\.outputs\.n = "many"\)/,
    );
  });

  it("does not go on with a run of a molecule that has been changed since, and says what can be done", async () => {
    const text = (word: string) =>
      `molecule: moves\nsteps:\n  - { id: a, run: 'echo a >>effects; while test -e hold; do sleep 0.02; done' }\n  - { id: b, needs: [a], run: 'echo ${word} >>effects' }\n`;
    await repository.molecule("moves", text("old"));
    const hold = join(repository.folder, "hold");
    await Deno.writeTextFile(hold, "");
    const one = repository.begin(["mol", "run", "moves"]);
    await repository.holds("effects", "a");
    await repository.molecule("moves", text("new"));
    one.kill("SIGTERM");
    assertEquals((await one.ended).code, 130);
    await Deno.remove(hold);
    const { code, stderr } = await repository.gt(["mol", "run", "moves", "--json"]);
    assertEquals(code, 1);
    const { error } = JSON.parse(stderr);
    assertEquals(error.code, "molecule_changed");
    assertMatch(error.hints[0], /^Go on as it was: gt mol resume repo-mol-/);
    assertEquals(error.hints[3], "Begin another beside it: gt mol run moves --new");
    assertEquals((await repository.gt(["mol", "run", "moves", "--new"])).code, 0);
    assertEquals(repository.counts("effects"), { a: 2, new: 1 });
  });
});

describe("the workflow files", () => {
  const blocks = (path: string) =>
    [...Deno.readTextFileSync(join(root, path)).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!);

  it("of the project runs .ci/run by a molecule in which there is nothing to complain about", async () => {
    const workflow = parse(Deno.readTextFileSync(join(root, ".github/workflows/check.yml")));
    const steps = workflow.jobs.check.steps as { run?: string; uses?: string }[];
    assert(steps.some(({ run }) => run === "dist/gt mol run .ci/check.yaml --ci --junit report.xml"));
    const repository = await createTestRepository();
    try {
      const { code, stdout } = await repository.gt(["mol", "lint", join(root, ".ci/check.yaml")]);
      assertEquals(code, 0, stdout);
      const text = Deno.readTextFileSync(join(root, ".ci/check.yaml"));
      assertStringIncludes(text, "bash .ci/run");
    } finally {
      await repository.end();
    }
  });

  it("of docs/ci.md are what they say: a molecule that runs, and a workflow that calls it", async () => {
    const [molecule, workflow] = blocks("docs/ci.md");
    const repository = await createTestRepository();
    try {
      await repository.molecule("check", molecule!);
      const bin = join(repository.folder, "bin");
      await Deno.mkdir(bin);
      await Deno.writeTextFile(join(bin, "npm"), '#!/bin/sh\necho "npm $*"\n', { mode: 0o755 });
      const env = { PATH: `${bin}:${Deno.env.get("PATH")}`, NPM_TOKEN: "x-y-z", GITHUB_REF_NAME: "main" };
      assertEquals((await repository.gt(["mol", "lint", "check"], { env })).code, 0);
      const { code, stdout, stderr } = await repository.gt(["mol", "run", "check", "--ci"], { env });
      assertEquals(code, 0, stdout + stderr);
    } finally {
      await repository.end();
    }
    const { jobs } = parse(workflow!);
    const runs = jobs.check.steps.map(({ run }: { run?: string }) => run ?? "").join("\n");
    assertStringIncludes(runs, "gt mol run check --ci --junit report.xml");
  });
});
