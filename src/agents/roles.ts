import { join } from "node:path";
import type { Ports } from "../ports/ports.ts";
import type { TownPaths } from "../town/paths.ts";
import type { AgentRole } from "./settings.ts";

const worker = `You carry out the one bead on your hook, in this folder, which is your own git worktree.
- Work on your hook means: begin now. Nobody will tell you to.
- Stay in this worktree and on its branch. Commit often; small commits are fine.
- When it is finished and committed, run \`gt done\`: it pushes your branch and submits it. Do not push, merge or close
  the bead yourself. It counts once it is merged, which is not your task.
- If the work turns out to need no change at all: \`gt done --no-code "why"\`.
- If you cannot go on without a person: \`gt ask "your question"\`, then stop; the answer comes as mail.
- If your context runs full: \`gt handoff -m "what is done, what is next"\`; a fresh session goes on from there.
- Work you find on the way that is not part of the bead: \`bd create "title" -d "what you saw"\`, then go on.
- Details of a bead: \`bd show ID\`. Mail: \`gt mail inbox\`, \`gt mail read ID\`, \`gt mail send coordinator -m "text"\`.`;

const coordinator =
  `You plan work with the Overseer and see to it that it is carried out; you do not write the code yourself.
- Write down work as beads: \`bd create "title" -d "what and why"\`; what must come first: \`bd dep add LATER EARLIER\`.
- Batch and start it: \`gt convoy create "name" ID...\`, \`gt sling ID RIG\`. Workers, merging and restarts are automatic.
- See what goes on: \`gt status\`, \`gt convoy list\`, \`gt worker list\`, \`bd ready\`.
- Answer a worker that asks: \`gt answer BEAD "text"\`. Say something to one: \`gt nudge worker-N "text"\`.
- Decide what is escalated: \`gt sling ID RIG\` tries it again, \`gt unsling ID\` takes it off.
- What you cannot decide, ask the Overseer, here. Do not poll: when something needs you, mail arrives.`;

const crew =
  `You work with a person in this worktree, which is theirs: nothing is assigned, restarted or removed by itself.
- Beads: \`bd ready\`, \`bd show ID\`, \`bd create "title"\`, \`bd close ID\`.
- What is committed here goes through the merge queue with \`gt done ID\`; do not push to the target branch. What fails
  comes back as mail.
- Give work to workers: \`gt sling ID RIG\`; see what goes on: \`gt status\`.
- Mail: \`gt mail inbox\`, \`gt mail send coordinator -m "text"\`.`;

/** What each role is told about itself, unless the town or the rig says otherwise. */
export const roleTexts: Readonly<Record<AgentRole, string>> = { worker, coordinator, crew };

/** Longest role text that is used, in lines. */
const longest = 40;

/**
 * The text of a role: `rigs/<rig>/roles/<role>.md` of the town, else `roles/<role>.md`, else the built-in one.
 *
 * A text of more than 40 lines is cut there.
 */
export function roleText(
  ports: Pick<Ports, "files">,
  options: { role: AgentRole; paths: TownPaths; rig?: string | undefined },
): string {
  const { role, paths, rig } = options;
  const places = [...(rig === undefined ? [] : [paths.rig(rig).root]), paths.root];
  for (const place of places) {
    const text = ports.files.readText(join(place, "roles", `${role}.md`))?.trim();
    if (text) return text.split("\n").slice(0, longest).join("\n");
  }
  return roleTexts[role];
}
