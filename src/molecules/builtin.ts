/**
 * Workflows: the built-in set, which travels inside the program.
 *
 * Written by `deno task embed` from molecules/*.yaml: edit those.
 *
 * @module
 */

/** The text of each built-in molecule, by its name. */
export const builtinMolecules: Readonly<Record<string, string>> = {
  "worker-work": `molecule: worker-work
version: 1
description: Carry out one bead, from reading it to handing the branch in.
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
