import type { Bead } from "../ledger/ledger.ts";
import { printable } from "../lib/printable.ts";
import { messageLines } from "./mail_text.ts";
import type { OnHook, PrimeSituation } from "./situation.ts";
import type { Failure } from "../work/attempt.ts";
import { attemptOf, liveAttemptOf } from "../work/attempt_store.ts";
import { crewOf, handingIn } from "../work/handing_in.ts";
import { finishing, hasCommand } from "../molecules/checklist.ts";
import { missingOutputs, stepOfBead } from "../molecules/engine/journal/step_link.ts";
import { cut, indented } from "./text_block.ts";
import { stepLines, workLines } from "./work_text.ts";

/** Most lines of a briefing. */
const MOST_LINES = 120;

/** What an agent is told when the ledger cannot be read: never that there is no work. */
export function unreadableText(reason: string): string {
  return [
    "# cannot read the ledger: do not run gt done",
    "",
    `What is on your hook is not known now: ${printable(reason)}`,
    "Keep what you have; commit it if you like. Do not take this for an empty hook.",
    "Next: run `gt prime` again in a minute. If it stays like this, stop and leave the rest to a person (`gt doctor`).",
    "",
  ].join("\n");
}

/** The briefing of an agent: who it is, what is on its hook, what happened before, mail, and what to do next. */
export function primeText(situation: PrimeSituation): string {
  for (const room of [30, 20, 12, 8, 5, 3]) {
    const lines = sections(situation, room);
    if (lines.length <= MOST_LINES) return lines.join("\n") + "\n";
  }
  // What to do next stays, whatever a role text of somebody's own, or a hundred steps, take up.
  const lines = sections(situation, 3);
  const next = lines.slice(lines.lastIndexOf("## Next") - 1);
  return [...lines.slice(0, MOST_LINES - next.length), ...next].join("\n") + "\n";
}

/** All sections; `room` is how many lines a text from elsewhere may have. */
function sections(situation: PrimeSituation, room: number): string[] {
  const { form, hook } = situation;
  const heading = `# You are ${situation.name}${
    situation.rig === undefined ? "" : ` in rig ${situation.rig}`
  }`;
  const isShort = form === "short";
  const isOver = hook.kind === "over";
  const parts: string[][] = [
    [heading],
    isShort || isOver || situation.role === "overseer" ? [] : situation.roleText.split("\n"),
    isOver ? [] : noteLines(situation, room),
    hookLines(situation, room),
    overviewLines(situation),
    isOver ? [] : mailLines(situation, room),
    ["## Next", ...nextLines(situation)],
  ];
  return parts.filter((part) => part.length > 0).flatMap((part, at) => at === 0 ? part : ["", ...part]);
}

function noteLines({ note }: PrimeSituation, room: number): string[] {
  if (!note) return [];
  return [
    "## Note from your session before this one (shown once)",
    ...(note.subject === "HANDOFF" ? [] : [note.subject]),
    ...cut(note.body, Math.max(room, 12)),
  ];
}

function hookLines(situation: PrimeSituation, room: number): string[] {
  const { hook } = situation;
  switch (hook.kind) {
    case "nothing":
      return situation.role === "worker" ? ["## Your hook is empty"] : [];
    case "over":
      return [
        `## Stop: attempt ${hook.n} at ${hook.bead} is over`,
        `Reason: ${hook.why}. What you do here now would be thrown away or harm the one who has it now.`,
      ];
    case "own":
      return [
        "## On your hook",
        ...hook.beads.slice(0, 10).map((bead) => `${bead.id}  ${printable(bead.title)}${ownState(bead)}`),
        ...stepLines(hook.due?.steps ?? [], Math.min(room, 10)),
      ];
    case "work":
      return workLines(hook, { room, form: situation.form });
  }
}

function overviewLines({ overview }: PrimeSituation): string[] {
  if (!overview) return [];
  const states = Object.entries(overview.states).map(([state, count]) => `${count} ${state}`).join(", ");
  return [
    "## The town now",
    `Work on hooks: ${states || "none"}`,
    ...(overview.convoys.length === 0 ? ["Open convoys: none"] : ["Open convoys:"]),
    ...overview.convoys.slice(0, 8).map(({ id, title }) => `  ${id}  ${printable(title)}`),
    ...(overview.needs.length === 0 ? [] : ["Needs a person:"]),
    ...overview.needs.slice(0, 8).flatMap((need) => [
      `  ${need.bead} (${need.state})  ${printable(need.title)}`,
      ...indented(cut(need.question, 2), "      "),
    ]),
  ];
}

function mailLines({ mail, earlier }: PrimeSituation, room: number): string[] {
  if (mail.length === 0 && earlier.length === 0) return [];
  const shown = mail.slice(0, 5);
  const more = mail.length - shown.length;
  return [
    "## Mail",
    ...shown.flatMap((message) => messageLines(message, Math.min(room, 12))),
    ...(more > 0 ? [`${more} more: gt mail inbox --unread`] : []),
    ...earlier.slice(0, 5).map((message) =>
      `An earlier session was shown: ${message.id} from ${message.from}, "${message.subject}"  (gt mail read ${message.id})`
    ),
    ...(earlier.length > 5 ? ["More of these: gt mail inbox --unread"] : []),
  ];
}

function nextLines({ role, hook, overview }: PrimeSituation): string[] {
  switch (hook.kind) {
    case "nothing":
      return role === "worker"
        ? ["Stop here. Do not look for work: this session is ended when there is none."]
        : idleLines(role, overview?.needs.at(0)?.bead);
    case "own":
      return ownLines(hook);
    case "over":
      return ["Stop now, and end your turn. Do not commit, push, or run gt done."];
    case "work":
      return afterWork(hook);
  }
}

/** How a bead stands that a person, or the agent beside one, has taken on. */
function ownState(bead: Bead): string {
  if (liveAttemptOf(bead)) return " (submitted)";
  const failure = handedBack(bead);
  return failure ? ` (came back: ${printable(failure.summary)})` : "";
}

function handedBack(bead: Bead): Failure | undefined {
  const attempt = attemptOf(bead);
  return attempt?.crew !== undefined && attempt.state === "released" ? attempt.failure : undefined;
}

function ownLines({ due }: OnHook & { kind: "own" }): string[] {
  if (!due) return ["Nothing: all of it is submitted. What fails comes back as mail."];
  const { bead, steps: [step] } = due;
  if (step) return stepCommands({ bead, step, last: handingIn(bead) });
  if (handedBack(bead)) {
    return [
      "The mail says what went wrong: gt mail inbox",
      `Mend it in this worktree and commit, then: ${handingIn(bead)}`,
    ];
  }
  if (stepOfBead(bead)) {
    // What the crew hands in gives no outputs.
    const withCode = crewOf(bead) && missingOutputs(bead).length === 0 ? handingIn(bead) : undefined;
    return [`bd show ${bead.id}`, ...stepOfRunLines(bead, withCode)];
  }
  return [
    `bd show ${bead.id}`,
    `When all of it is ${crewOf(bead) ? "committed" : "done"}: ${handingIn(bead)}`,
  ];
}

function idleLines(role: PrimeSituation["role"], need: string | undefined): string[] {
  if (role === "crew") return ["Wait for the person you work with. What is ready: bd ready"];
  if (need !== undefined) return [`Somebody waits for an answer: bd show ${need}`];
  return role === "coordinator"
    ? ["Wait for the Overseer, or for mail. How things stand: gt status"]
    : ["gt status"];
}

function afterWork({ bead, attempt, steps }: OnHook & { kind: "work" }): string[] {
  switch (attempt.state) {
    case "waiting":
      return [
        "Wait: your question is not answered yet. End your turn; the answer comes as mail and you go on then.",
        "Do not run gt done.",
      ];
    case "submitted":
    case "queued":
    case "merging":
      return ["Nothing: it is submitted. End your turn; this session is ended when it is merged."];
    case "escalated":
      return ["Stop: a person decides how this goes on. End your turn. Do not run gt done."];
    case "hooked":
      return ["Wait: the bead has no place yet. End your turn."];
    default:
      return workCommands({ bead, target: attempt.target, failure: attempt.failure?.kind, step: steps[0] });
  }
}

/** How the step of a run is finished, with code or without. */
function stepOfRunLines(bead: Bead, withCode?: string): string[] {
  const outputs = missingOutputs(bead).map((name) => ` --output ${name}=VALUE`).join("");
  return [
    "A workflow waits for it. Other than most beads it may be closed by you:",
    ...(outputs === "" ? [] : ["(later steps need what you find out, given by --output)"]),
    ...(withCode ? [`When code has changed and all of it is committed: ${withCode}${outputs}`] : []),
    `When no code had to change: bd close ${bead.id} --reason "what you found"${outputs}`,
    `When it cannot be done: bd close ${bead.id} --reason "failed: why"`,
  ];
}

function stepCommands({ bead, step, last }: { bead: Bead; step: Bead; last: string }): string[] {
  const { when, command } = finishing(step);
  return [
    `Do the step ${step.id} of ${bead.id} now.`,
    `${hasCommand(step) ? when : "When the step is finished"}: ${command}`,
    `It names the next step; when it says that there is none any more: ${last}`,
  ];
}

function workCommands(
  options: { bead: Bead; target: string; failure: string | undefined; step: Bead | undefined },
): string[] {
  const { bead, target, failure, step } = options;
  // It was not open when the branch was submitted: whatever failed then, it says itself how that is mended.
  if (step) return stepCommands({ bead, step, last: "gt done" });
  if (failure === "conflict") {
    return [
      `git fetch origin ${target}`,
      `git merge origin/${target}`,
      "Resolve every conflict so that both intentions survive; run the checks.",
      "git add -A && git commit --no-edit",
      "gt done",
    ];
  }
  if (failure === "checks") {
    return [
      `git fetch origin ${target} && git merge origin/${target}   (the checks run on the merged result)`,
      "Fix what the log shows, run the checks yourself, commit.",
      "gt done",
    ];
  }
  const finish = stepOfBead(bead)
    ? stepOfRunLines(bead, "gt done")
    : ["When all of it is committed: gt done"];
  return [`Do ${bead.id} now.`, ...finish];
}
