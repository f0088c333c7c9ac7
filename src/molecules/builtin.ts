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
vars:
  bead: { description: The bead to carry out, required: true }
steps:
  - id: understand
    title: Understand what is asked
    description: |
      Read the bead, its dependencies and comments, and the code it is about. If an earlier attempt failed, read why.
      Done when you can say what will be different afterwards and how to see it. Ask with \`gt mail send\` if you cannot.
  - id: implement
    needs: [understand]
    title: Make the change
    description: |
      Work only in this worktree and on this branch. Commit in small steps that each say what they do.
      Done when everything the bead asks for is in a commit.
  - id: test
    needs: [implement]
    title: Show that it works
    description: |
      Add or change tests for what is new, and run the project's own checks.
      Done when they pass here, on the last commit.
  - id: submit
    needs: [test]
    title: Hand it in
    description: |
      Look through \`git status\` and the whole difference from the target branch once more; leave nothing behind.
      Then run \`gt done\`: it pushes the branch, and the refinery merges it.
`,
};
