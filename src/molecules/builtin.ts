/**
 * Workflows: the built-in set, which travels inside the program.
 *
 * Written by `deno task embed` from molecules/*.yaml: edit those.
 *
 * @module
 */

/** The text of each built-in molecule, by its name. */
export const builtinMolecules: Readonly<Record<string, string>> = {
  "bug-hunt": `molecule: bug-hunt
version: 1
description: |
  Find the cause of a fault and remove it.

  Use it for a bead that reports a symptom: something crashes, is slow, or comes out wrong, and nobody knows why.
  It keeps the worker from repairing before the cause is known. Where the cause is known already, \`tdd\` is shorter.
steps:
  - id: reproduce
    title: See it happen
    description: |
      Read the bead ({{ bead.id }}). Make it happen here, with the fewest steps. Write the steps into a comment:
      \`bd comments add {{ bead.id }} "…"\`. If it cannot be made to happen, say what you tried, and ask with \`gt ask\`.
    acceptance: It happens each time you want it to.
  - id: locate
    needs: [reproduce]
    title: Find the cause
    description: |
      Halve the distance: of the input, of the code, of the history (\`git bisect\`). Go on until you can say why it
      happens, not only where. Look for the same mistake elsewhere.
    acceptance: You can foretell what happens with another input, and are right.
  - id: pin
    needs: [locate]
    title: Write a test that fails because of it
    acceptance: It fails now, for this reason, and is a commit.
  - id: repair
    needs: [pin]
    title: Remove the cause
    description: The cause, not the symptom; also where else it was found. File what is beyond this bead as beads.
    acceptance: The new test passes, and so do all others.
  - id: explain
    needs: [repair]
    title: Say what it was
    description: |
      In the message of the commit: what happened, why, since when, and what else was affected. Then read the whole
      difference once more.
    acceptance: Someone who meets it again finds this. What is left then is \`gt done\`.
`,
  "code-review": `molecule: code-review
version: 1
description: |
  Several agents review one branch, each with another question; one brings it together.

  Use it for a branch that is to be merged and that a mistake would make expensive: it takes as many agents as there
  are questions, and one more. The verdict is advice; what is to be changed is work for another bead. For a small
  change the last step of \`worker-work\` is enough.
vars:
  rig: { description: The rig of the branch, required: true }
  branch: { description: The branch to review, required: true }
  target: { description: The branch it is to be merged into, default: main }
  questions:
    description: What each reviewer looks for
    default: [correctness, tests, security, readability]
defaults:
  timeout: 2h
  agent: { rig: "{{ vars.rig }}" }
steps:
  - id: review
    title: Review {{ branch }} for {{ item }}
    for_each: vars.questions
    max_parallel: 4
    retry: { attempts: 2, delay: 1m }
    prompt: |
      Review \`git diff origin/{{ target }}...origin/{{ branch }}\` with one question in mind: {{ item }}.
      Read the code around it too. Change nothing.
      Give each finding a file and line, what goes wrong and when, and how bad that is. No finding is an answer as well.
      Close this step with --output findings="…" and --output verdict=approve or verdict=changes.
    outputs: [findings, verdict]
  - id: synthesis
    title: Bring the reviews of {{ branch }} together
    needs: [review]
    prompt: |
      Reviewers looked at \`git diff origin/{{ target }}...origin/{{ branch }}\`. They looked for, in this order:
      {{ vars.questions.join(", ") }}. Their findings, in the same order:
      {{ to_json(steps.review.outputs.findings) }}
      Check each one against the code. Drop what is wrong, join what is the same, and sort by how much it matters.
      Close this step with --output summary="…" and --output verdict=approve or verdict=changes.
    outputs: [summary, verdict]
outputs:
  summary: "{{ steps.synthesis.outputs.summary }}"
  verdict: "{{ steps.synthesis.outputs.verdict }}"
`,
  "conflict-resolve": `molecule: conflict-resolve
version: 1
description: |
  Bring a branch that conflicts with its target up to date.

  Use it where the refinery sent work back because the branch conflicts with its target, and both sides matter.
  It makes the worker read the other side before touching a marker, and compare with before at the end. A branch that
  is merely old needs none of it: the refinery merges that by itself. What was sent back is at work again already:
  \`gt unsling BEAD\`, then \`gt sling BEAD RIG --molecule conflict-resolve\`. Its branch stays, and its next worker is told
  why it was sent back.
steps:
  - id: understand
    title: Understand both sides
    description: |
      Read the bead ({{ bead.id }}), and why the refinery sent it back. Then read what came into the target branch
      meanwhile, with the messages of its commits: \`git fetch origin\`, then \`git log -p HEAD..origin/TARGET\`, where
      TARGET is the branch that \`gt prime\` says yours is to be merged into. Each side wanted something.
    acceptance: You can say what each side is for.
  - id: rebase
    needs: [understand]
    title: Rebase onto the target branch
    description: |
      \`git rebase origin/TARGET\`. In each conflict keep what both sides are for; when that is impossible, ask with
      \`gt ask\` instead of choosing. Never take one side as a whole because it is easier.
    acceptance: No markers are left, and each commit builds.
  - id: check
    needs: [rebase]
    title: Look for what git did not see
    description: |
      Names that changed on the other side, calls of what was removed, two fixes of the same thing, tests that now test
      nothing. Run the project's own checks.
    acceptance: The checks pass on the last commit.
  - id: compare
    needs: [check]
    title: Compare with before
    description: |
      Hold the difference from the target branch against the one that was submitted:
      \`git range-diff origin/TARGET origin/gt/{{ bead.id }} HEAD\`.
    acceptance: Nothing of the work is missing, nothing foreign is in it. What is left then is \`gt done\`.
`,
  "design": `molecule: design
version: 1
description: |
  Decide how something is to be built, in writing.

  Use it before work that several beads depend on, or where a wrong choice would be expensive to take back. What
  comes of it is a document and beads that are ready to be slung, not code. It is too much for what one worker can do
  and undo in an hour.
vars:
  file: { description: Where the document is written, default: docs/design.md }
steps:
  - id: question
    title: Say what is to be decided
    description: |
      Read the bead ({{ bead.id }}) and the code it is about. Write the question, what is fixed, and how one would see
      that the answer is right, into {{ file }}.
    acceptance: Somebody else would answer the same question.
  - id: options
    needs: [question]
    title: Find three ways
    description: |
      Three that differ in kind, not in detail. For each: what it looks like in this code, what it costs, what it makes
      hard later. Try the doubtful part of each in a few lines of code instead of guessing.
    acceptance: You could defend each of them.
  - id: choice
    needs: [options]
    title: Choose, and say why
    description: Name what would have to change for another choice to be right.
    acceptance: The reasons are about this project, with figures where there are any.
  - id: cut
    needs: [choice]
    title: Cut the work into beads
    description: |
      Each of a size that one worker finishes, with what it needs (\`bd create\`, \`bd dep add\`) and how one sees that it
      is done. The first of them is the one that could prove the choice wrong.
    acceptance: Every part of the document is in a bead, and \`bd dep cycles\` is silent.
  - id: review
    needs: [cut]
    title: Read it once more
    description: As somebody who has to build it tomorrow and cannot ask you.
    acceptance: It is in a commit. What is left then is \`gt done\`.
`,
  "release": `molecule: release
version: 1
description: |
  Test, have a person approve, tag and publish a version of the repository it is run in.

  Use it whenever a version goes out, from the repository that is released: by hand, or as a step of another molecule.
  Nothing leaves the machine before a person has approved. Give \`build\` and \`publish\` where there is something to build
  and publish; without them it tests, tags and pushes the tag.
vars:
  version: { description: The version to release, required: true, pattern: '\\d+\\.\\d+\\.\\d+(-[0-9a-z.]+)?' }
  test: { description: The command that tests it, default: make test }
  build: { description: The command that builds it; none if empty, default: "" }
  publish: { description: The command that publishes it; none if empty, default: "" }
  remote: { description: Where the tag is pushed to; nowhere if empty, default: origin }
defaults: { timeout: 30m }
concurrency: { group: release }
steps:
  - id: clean
    title: Everything is committed
    run: test -z "$(git status --porcelain --untracked-files=no)"
  - id: free
    title: There is no such version yet
    run: '! git rev-parse --quiet --verify "refs/tags/v{{ version }}"'
  - id: test
    title: The tests pass
    needs: [clean]
    run: "{{ vars.test }}"
    retry: { attempts: 2, delay: 10s, on: [timeout] }
  - id: changes
    title: What has changed
    needs: [clean]
    run: git log --oneline --no-decorate --max-count=50 "$(git describe --tags --abbrev=0 2>/dev/null || git rev-list --max-parents=0 HEAD | tail -n 1)"..HEAD
    outputs: { list: "{{ stdout.trim() }}" }
  - id: build
    title: Build it
    needs: [test, free]
    when: vars.build != ""
    run: "{{ vars.build }}"
  - id: approve
    title: A person approves
    needs: [build, changes]
    gate:
      type: human
      timeout: 7d
      message: |
        Release {{ version }}?
        {{ steps.changes.outputs.list }}
  - id: tag
    title: Tag v{{ version }}
    needs: [approve]
    # May run twice, when it was interrupted: a tag that is there is the one of the first time.
    run: |
      git rev-parse --quiet --verify "refs/tags/v{{ version }}" || git tag -a "v{{ version }}" -m "Release {{ version }}"
  - id: push
    title: Push the tag
    needs: [tag]
    when: vars.remote != ""
    run: git push {{ quote(vars.remote) }} "refs/tags/v{{ version }}"
    retry: { attempts: 4, delay: 5s, max_delay: 1m }
  - id: publish
    title: Publish it
    needs: [push]
    when: vars.publish != ""
    run: "{{ vars.publish }}"
outputs:
  tag: v{{ version }}
`,
  "security-audit": `molecule: security-audit
version: 1
description: |
  Several agents look for weaknesses of a rig, each in another place; what is confirmed becomes beads.

  Use it before a release that strangers will reach, after a large change to what comes in from outside, or every few
  months. It costs as many agents as there are places to look at, for hours. It finds and confirms; it repairs nothing:
  each confirmed weakness becomes a bead of its own.
vars:
  rig: { description: The rig to look at, required: true }
  places:
    description: Where each agent looks
    default:
      - input from outside, and where it becomes a command, a query, a path or a page
      - who may do what, and how they prove who they are
      - secrets in the code, its history, its logs and its messages
      - dependencies, and what runs when the project is built
defaults:
  timeout: 4h
  agent: { rig: "{{ vars.rig }}" }
steps:
  - id: look
    title: Look at {{ item }}
    for_each: vars.places
    max_parallel: 4
    prompt: |
      Look for weaknesses in one place of this project: {{ item }}.
      Follow the data from where it comes in to where it does something. For each weakness say the file and line, who
      could use it and what they would gain, and the input that shows it. Change nothing, and attack nothing outside.
      Close this step with --output findings="…"; no finding is an answer as well.
    outputs: [findings]
  - id: confirm
    title: Confirm what was found
    needs: [look]
    prompt: |
      These weaknesses were reported, by place, in this order: {{ vars.places.join("; ") }}.
      {{ to_json(steps.look.outputs.findings) }}
      Try each of them with a test that shows it. Drop what cannot be shown. File each of the others as a bead of type
      bug, with how to see it and how bad it is, the worst with priority 0.
      Close this step with --output confirmed=NUMBER (0 where nothing was) and --output summary="…".
    outputs: { confirmed: int, summary: string }
  - id: accept
    title: The Overseer has seen it
    needs: [confirm]
    when: steps.confirm.outputs.confirmed > 0
    gate:
      type: human
      message: |
        {{ steps.confirm.outputs.confirmed }} weaknesses of {{ rig }} are confirmed.
        {{ steps.confirm.outputs.summary }}
outputs:
  confirmed: "{{ steps.confirm.outputs.confirmed }}"
  summary: "{{ steps.confirm.outputs.summary }}"
`,
  "tdd": `molecule: tdd
version: 1
description: |
  Work one bead test first.

  Use it where the behaviour can be said before it exists: a rule, a format, a command, a fault with a known cause.
  It makes the worker write the sentences first and see their tests fail. It is of no use where the answer has to be
  found by trying; take \`worker-work\` or \`design\` then.
steps:
  - id: understand
    title: Say what must hold
    description: |
      Read the bead ({{ bead.id }}) and the code it is about. Write down, as sentences, what will be true afterwards
      and is not true now. Ask with \`gt ask\` if you cannot tell.
    acceptance: Each sentence could be the name of a test.
  - id: red
    needs: [understand]
    title: Write the tests, and see them fail
    description: |
      One test for each sentence, in the style of those that are there. Run them. A test that passes already, or fails
      for another reason than the missing behaviour, says nothing yet.
    acceptance: They fail for the reason you expect, and that is a commit.
  - id: green
    needs: [red]
    title: Make them pass
    description: The least code that does it. Leave the tests as they are, unless one of them is wrong.
    acceptance: All tests pass, the old ones too, on a commit.
  - id: clean
    needs: [green]
    title: Make it good
    description: Names, repetition, size. The tests stay green after each small commit.
    acceptance: You would not change it if you came back in a month.
  - id: review
    needs: [clean]
    title: Look through it once more
    description: |
      Read the whole difference from the target branch as a stranger would, and run the project's own checks.
    acceptance: You would merge it yourself. What is left then is \`gt done\`.
`,
  "worker-work": `molecule: worker-work
version: 1
description: |
  Carry out one bead, from reading it to handing the branch in.

  Use it for ordinary work: something is to be changed, and the bead says what. It is what a bead gets that is slung
  without a molecule. Take another one where the order of the work is not this one: \`tdd\` where the behaviour can be
  said before it exists, \`bug-hunt\` where the cause is not known yet, \`design\` where nothing is to be built yet.
steps:
  - id: understand
    title: Understand what is asked
    description: |
      Read the bead ({{ bead.id }}), its dependencies and comments, and the code it is about. If an earlier attempt
      failed, read why. Ask with \`gt ask\` if you cannot tell what is wanted.
    acceptance: You can say what will be different afterwards, and how to see it.
  - id: implement
    needs: [understand]
    title: Make the change
    description: Work only in this worktree and on this branch. Commit in small steps that each say what they do.
    acceptance: Everything the bead asks for is in a commit.
  - id: test
    needs: [implement]
    title: Show that it works
    description: Add or change tests for what is new, and run the project's own checks.
    acceptance: They pass here, on the last commit.
  - id: review
    needs: [test]
    title: Look through it once more
    description: |
      Read \`git status\` and the whole difference from the target branch as a stranger would. Leave nothing behind:
      no debugging output, no file that does not belong, no question open.
    acceptance: You would merge it yourself. What is left then is \`gt done\`.
`,
};
