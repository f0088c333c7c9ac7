import { defineCommand } from "../../cli/command.ts";

/** `gt prime`. */
export const command = defineCommand({
  name: "gt prime",
  summary:
    "Brief the agent of this session: its role, its hook, what happened before, mail, and what is next",
  description:
    "Agents run it when they start; in a worker's session it also reports that the agent is there. With --hook it reads what Claude Code tells its hooks on standard input, and never fails.",
  flags: {
    hook: { type: "boolean", summary: "Called by the agent's own hook at the start of a session" },
  },
  examples: [
    { line: "gt prime", summary: "What this session is to do now" },
    { line: "gt prime --json", summary: "The same, with what it was made from" },
  ],
  exits: { 1: "the ledger cannot be read (not with --hook)" },
  async run({ flags, out, ports, actor }) {
    const [
      { brief, noteStart, reportReady, unreadableBriefing },
      { logTrouble },
      { callerHere, callerOf },
      hooks,
      { openTown },
    ] = await Promise.all([
      import("../../agents/briefing.ts"),
      import("../../agents/hook_call.ts"),
      import("../../agents/caller.ts"),
      import("../../agents/hook_input.ts"),
      import("../../town/town.ts"),
    ]);
    const isHook = flags.hook === true;
    let caller = callerOf(ports.env, actor);
    const input = isHook ? hooks.readHookInput(ports) : { stopHookActive: false };
    let printed = false;
    const print = ({ text, situation }: import("../../agents/briefing.ts").Briefing) => {
      printed = true;
      out.answer(text.trimEnd());
      out.result({ text, ...situation });
    };
    let town: import("../../town/town.ts").Town | undefined;
    const attempt = (name: string, work: () => void): boolean => {
      try {
        work();
        return true;
      } catch (error) {
        logTrouble(ports, { town, name: `prime, ${name}`, caller, error });
        if (name === "briefing" && !printed) print(unreadableBriefing(error));
        return false;
      }
    };
    const isBriefed = attempt("briefing", () => {
      town = openTown(ports);
      caller = callerHere({ ports, town }, actor);
      const deps = { ports, town, caller };
      attempt("ready", () => reportReady(deps));
      if (isHook) attempt("activity", () => noteStart(deps, input));
      brief(deps, { input, print });
    });
    return isHook || isBriefed ? 0 : 1;
  },
});
