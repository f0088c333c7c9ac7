import { closeBead } from "../../beads/close.ts";
import { awaitedBy, eachGate, type GateState, gateState } from "../../beads/gates.ts";
import { resolveBead } from "../../beads/ids.ts";
import type { Context } from "../../cli/command.ts";
import type { Bead, Ledger, Transaction } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Json, JsonObject } from "../../lib/json.ts";
import { present } from "../../lib/present.ts";
import { printable } from "../../lib/printable.ts";
import { decideGate } from "../../molecules/engine/gates/gate_decision.ts";
import { gateOf } from "../../molecules/engine/gates/gate_standing.ts";

/** The outcome of a check for one gate. */
interface Checked {
  gate: Bead;
  outcome: "resolved" | "open" | "escalated" | "waiting" | "error";
  reason: string;
}

/** How long GitHub may take for one answer, in ms. */
const ASK_MS = 30_000;

/** Looks at every open gate, or those that are named, opens those that may open, and tells. Returns the exit code. */
export async function checkGates(context: Context, ledger: Ledger): Promise<number> {
  const { args, flags, out, actor } = context;
  const { view } = ledger;
  const names = args.gate as readonly string[];
  const dry = flags["dry-run"] === true;
  const gates = names.length > 0
    ? names.map((name) => gateNamed(view, name))
    : view.atOnce(() => [...eachGate(view, { all: false })]);
  const checked: Checked[] = [];
  for (const gate of gates) {
    checked.push(await checkedGate(context, { view, gate }));
  }
  const passed = checked.filter(({ outcome }) => outcome === "resolved");
  if (!dry && passed.length > 0) {
    ledger.write(actor, (transaction) => {
      for (const { gate, reason } of passed) closeBead(transaction, { key: gate.key, reason, force: true });
    });
  }
  const { style } = out;
  const signs = {
    resolved: style.green("✓"),
    open: style.dim("✓"),
    escalated: style.red("!"),
    waiting: "◆",
    error: style.red("✗"),
  };
  for (const { gate, outcome, reason } of checked) {
    out.line(
      `${signs[outcome]} ${style.cyan(printable(gate.id))} ${printable(gate.title)}  ${
        style.dim(printable(reason))
      }`,
    );
  }
  const count = (outcome: Checked["outcome"]) => checked.filter((one) => one.outcome === outcome).length;
  out.line(
    style.dim(
      `${checked.length} looked at · ${count("resolved")} ${dry ? "may open" : "opened"} · ` +
        `${count("escalated")} late or failed · ${count("error")} not known`,
    ),
  );
  out.result({
    checked: checked.length,
    resolved: count("resolved"),
    escalated: count("escalated"),
    errors: count("error"),
    dry_run: dry,
    gates: checked.map(({ gate: { id, title }, outcome, reason }) => ({ id, title, outcome, reason })),
  });
  return count("error") > 0 ? 1 : 0;
}

/** Opens a gate by somebody's word; the same again changes nothing, and is not `fresh`. @throws {CommandError} */
export function openGate(
  transaction: Transaction,
  { name, reason, context }: { name: string; reason: string | undefined; context: Context },
): { bead: Bead; fresh: boolean } {
  const gate = gateNamed(transaction, name);
  const { actor, ports } = context;
  if (gateOf(gate)) {
    // A workflow waits at it, which hears who has decided.
    const role = ports.env.get("GT_ROLE");
    const said = present({ text: reason, role });
    return decideGate(transaction, { gate: gate.id, kind: "approved", by: actor, ...said });
  }
  if (gate.status === "closed") {
    if (reason === undefined || reason === gate.close_reason) return { bead: gate, fresh: false };
    throw new CommandError(
      "refused",
      `Cannot open "${gate.id}": it is over, ${gate.close_reason ?? "closed"}`,
      {
        code: "gate_closed",
        hints: [`Add to it: bd comment ${gate.id} TEXT`],
      },
    );
  }
  const said = reason ?? `Resolved by ${actor}`;
  return { bead: closeBead(transaction, { key: gate.key, reason: said, force: true }), fresh: true };
}

/** What a gate waits for, for a person. */
export function awaitedPhrase(gate: Bead): string {
  const { type, id, until } = awaitedBy(gate);
  const late = until === undefined ? "" : ` until ${new Date(until).toISOString()}`;
  return `waits for ${[type, id].filter(Boolean).join(" ")}${late}`;
}

function gateNamed(view: Transaction | Ledger["view"], name: string): Bead {
  const bead = resolveBead(view, name);
  if (bead.issue_type === "gate") return bead;
  throw new CommandError("refused", `Cannot open "${bead.id}": it is a ${bead.issue_type}, not a gate`, {
    code: "not_a_gate",
    hints: ["bd gate list"],
  });
}

async function checkedGate(
  context: Context,
  { view, gate }: { view: Ledger["view"]; gate: Bead },
): Promise<Checked> {
  if (gate.status === "closed") {
    return { gate, outcome: "open", reason: `it is over already, ${gate.close_reason ?? "closed"}` };
  }
  const state = gateState(view, { gate, now: context.ports.clock.now() });
  return await settled(context, { gate, state });
}

async function settled(
  context: Context,
  { gate, state }: { gate: Bead; state: GateState },
): Promise<Checked> {
  switch (state.kind) {
    case "passed":
      return { gate, outcome: "resolved", reason: state.reason };
    case "late":
      return { gate, outcome: "escalated", reason: state.reason };
    case "waiting":
      return { gate, outcome: "waiting", reason: state.reason };
    case "ask":
      return { gate, ...await askGitHub(context, state) };
  }
}

/** Asks GitHub through its own command, which knows who asks. */
async function askGitHub(
  { ports }: Context,
  { of, id }: { of: "gh:run" | "gh:pr"; id: string },
): Promise<Omit<Checked, "gate">> {
  const argv = of === "gh:pr"
    ? ["gh", "pr", "view", id, "--json", "state"]
    : /^\d+$/.test(id)
    ? ["gh", "run", "view", id, "--json", "status,conclusion"]
    : ["gh", "run", "list", "--workflow", id, "--limit", "1", "--json", "status,conclusion"];
  try {
    const { code, stdout, stderr } = await ports.processes.run(argv, { timeoutMs: ASK_MS, keep: 65_536 });
    if (code !== 0) return { outcome: "error", reason: stderr.trim().split("\n").at(-1) ?? "gh failed" };
    const answer = [JSON.parse(stdout) as Json].flat()[0] as JsonObject | undefined;
    return of === "gh:pr" ? outcomeOfPull(answer) : outcomeOfRun(answer);
  } catch (error) {
    const missing = (error as { code?: string }).code === "ENOENT";
    return { outcome: "error", reason: missing ? "gh is not on PATH" : (error as Error).message };
  }
}

function outcomeOfPull(answer: JsonObject | undefined): Omit<Checked, "gate"> {
  if (answer?.state === "MERGED") return { outcome: "resolved", reason: "it is merged" };
  if (answer?.state === "CLOSED") return { outcome: "escalated", reason: "it was closed without a merge" };
  return { outcome: "waiting", reason: "it is not merged yet" };
}

function outcomeOfRun(answer: JsonObject | undefined): Omit<Checked, "gate"> {
  if (answer?.status !== "completed") return { outcome: "waiting", reason: "it has not ended yet" };
  if (answer.conclusion === "success") return { outcome: "resolved", reason: "it succeeded" };
  return { outcome: "escalated", reason: `it ended with ${String(answer.conclusion)}` };
}
