import type { Molecule } from "./molecule.ts";

/** The built-in worker-work, read already; written by `deno task embed`. */
export const defaultMolecule: Molecule = {
  "name": "worker-work",
  "version": 1,
  "description":
    "Carry out one bead, from reading it to handing the branch in.\n\nUse it for ordinary work: something is to be changed, and the bead says what. It is what a bead gets that is slung\nwithout a molecule. Take another one where the order of the work is not this one: `tdd` where the behaviour can be\nsaid before it exists, `bug-hunt` where the cause is not known yet, `design` where nothing is to be built yet.",
  "vars": [],
  "steps": [{
    "id": "understand",
    "title": "Understand what is asked",
    "description":
      "Read the bead ({{ bead.id }}), its dependencies and comments, and the code it is about. If an earlier attempt\nfailed, read why. Ask with `gt ask` if you cannot tell what is wanted.",
    "acceptance": "You can say what will be different afterwards, and how to see it.",
    "needs": [],
  }, {
    "id": "implement",
    "title": "Make the change",
    "description":
      "Work only in this worktree and on this branch. Commit in small steps that each say what they do.",
    "acceptance": "Everything the bead asks for is in a commit.",
    "needs": ["understand"],
  }, {
    "id": "test",
    "title": "Show that it works",
    "description": "Add or change tests for what is new, and run the project's own checks.",
    "acceptance": "They pass here, on the last commit.",
    "needs": ["implement"],
  }, {
    "id": "review",
    "title": "Look through it once more",
    "description":
      "Read `git status` and the whole difference from the target branch as a stranger would. Leave nothing behind:\nno debugging output, no file that does not belong, no question open.",
    "acceptance": "You would merge it yourself. What is left then is `gt done`.",
    "needs": ["test"],
  }],
  "source": "built-in",
  "hash": "23e90f615dd3950d",
};
