import { defineCommand } from "../../cli/command.ts";

/** `gt handoff`. */
export const command = defineCommand({
  name: "gt handoff",
  summary:
    "Leave a note for your next session and get it: same hook, same attempt, same worktree, empty context",
  description:
    "For agents. The note is on the disk when the command returns; the next session is shown it once. Nothing is lost: what is not committed stays in the worktree.",
  flags: {
    subject: { type: "string", short: "s", summary: "What it is about", placeholder: "TEXT" },
    message: {
      type: "string",
      short: "m",
      summary: "What is done, what is next, what to watch out for",
      placeholder: "TEXT",
    },
  },
  examples: [
    { line: 'gt handoff -m "Parser done; tests for it are next"', summary: "Hand over with a note" },
    { line: 'gt handoff -s "Login" -m "See NOTES"', summary: "With a subject" },
  ],
  async run({ flags, ports, actor, out }) {
    const [{ openTown }, { callerOf }, { handOff }] = await Promise.all([
      import("../../town/town.ts"),
      import("../../agents/caller.ts"),
      import("../../agents/handoff.ts"),
    ]);
    const town = openTown(ports);
    const caller = callerOf(ports.env, actor);
    const note = handOff({ ports, town }, {
      caller,
      subject: flags.subject as string | undefined,
      message: flags.message as string | undefined,
    });
    out.result({ note: note.id, session: caller.session });
    out.line(`The note is kept (${note.id}). Stop here: this session ends and a new one takes over.`);
  },
});
