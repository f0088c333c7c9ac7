/**
 * What docs/bd.md says before it lists the commands. Its shell lines are run by a test.
 *
 * @module
 */

/** How to begin with `bd`, in Markdown. */
export const bdIntroduction = `
\`bd\` keeps the issues of a repository, called beads, in the repository: a ledger in \`.beads/\` that every clone has whole, that
works offline, and that loses nothing when clones meet. People and agents use the same commands.

## First steps

In any git repository:

<!-- test: export PATH="$PWD/dist:$PATH" && mkdir ~/beads && cd ~/beads && git init -q -->

\`\`\`sh
bd init --prefix cs
bd create "Sign-in form" --id cs-form -t feature -p 1
bd create "Log in" --id cs-login --deps cs-form
bd ready
\`\`\`

\`ready\` lists what can begin now; \`cs-login\` waits for the form. Take it, say what others should know, finish it:

\`\`\`sh
bd update cs-form --claim
bd comment cs-form "the old one had no labels"
bd close cs-form --reason "looks good"
bd ready
\`\`\`

Looking around, and back:

\`\`\`sh
bd list --all
bd show cs-login
bd search labels
bd dep tree cs-login
bd history cs-form
bd diff --since 1h
bd show cs-form --as-of now
\`\`\`

Many at once: [a plan in Markdown](plan.md) becomes an epic, and \`batch\` runs many commands as one change.

\`\`\`sh
printf '# Passkeys\\n\\n1. Design\\n2. Build\\n' > plan.md
bd create -f plan.md
printf 'create "Docs" --id cs-docs\\ncomment @1 "short ones"\\n' | bd batch
\`\`\`

Sharing: \`sync\` gives the ledger to the remote of the repository and takes in what other clones did. It uses refs of its
own, never a branch, and leaves the worktree alone. \`hooks install\` lets git do it.

\`\`\`sh
bd sync
bd sync --status
bd conflicts
\`\`\`

Agents: \`bd prime\` tells one how to use \`bd\` and what is ready, and \`bd onboard --write\` puts a pointer to it into
AGENTS.md.

## For scripts

Every command takes \`--json\`, or BD_JSON=1: one object for one thing, a bare array for many. \`bd schema COMMAND\` prints
the JSON Schema of what a command prints; [bd.schema.json](bd.schema.json) holds all of them. What is refused is
\`{"error": {"code", "message", "hints"}}\` on standard error, with an exit code of 1 or 2.

A bead is named by its id, by an id it had before, or by a beginning of its id that no other has. Flags that older tools
had (\`--no-daemon\`, \`--allow-stale\`, …) are taken and ignored.

| Variable | |
| --- | --- |
| \`BEADS_DIR\` | the ledger to use; otherwise the nearest \`.beads\` upwards |
| \`BD_ACTOR\` | who acts; \`--actor\` goes before it |
| \`BD_JSON\` | as \`--json\` |
`.trim();
