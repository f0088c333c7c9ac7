import { formatDuration, parseDuration } from "../../lib/duration.ts";
import { parseMoment } from "../../lib/moment.ts";
import { present } from "../../lib/present.ts";
import type { Gate, GateCondition } from "../definition.ts";
import { cronProblem } from "./cron_line.ts";
import { child, type Field, keyPlaceOf, placeOf } from "./field.ts";
import type { WrittenGate } from "./schema_gate.ts";
import { shownValue } from "./schema_parts.ts";
import type { Uses } from "./uses.ts";

type Of<Type extends WrittenGate["type"]> = Field<Extract<WrittenGate, { type: Type }>>;

/** Reports that somebody is to be told of a gate after its time is over, which is in ms. */
export function checkEscalation(gate: Field<WrittenGate>, timeout: number): void {
  const escalate = child(gate, "escalate");
  const after = escalate && child(escalate, "after");
  if (!after || parseDuration(after.value)! < timeout) return;
  const message = `after: nobody is told after ${after.value}, when its time of ${
    formatDuration(timeout)
  } is over`;
  gate.file.report.error(placeOf(after), { rule: "value", message });
}

/** A gate. */
export function readGate(field: Field<WrittenGate>, uses: Uses): Gate {
  const { on_timeout: onTimeout = "fail" } = field.value;
  const escalate = child(field, "escalate");
  return {
    condition: readCondition(field, uses),
    onTimeout,
    ...present({
      escalate: escalate && {
        after: parseDuration(escalate.value.after)!,
        to: uses.text(child(escalate, "to"), { key: "to" }) ?? { text: "overseer" },
      },
    }),
  };
}

function readCondition(field: Field<WrittenGate>, uses: Uses): GateCondition {
  switch (field.value.type) {
    case "human": {
      const gate = field as Of<"human">;
      const message = uses.text(child(gate, "message"), { key: "message", trim: true });
      return {
        type: "human",
        approvers: uses.texts(child(gate, "approvers"), { needed: "approvers" }),
        ...present({ message }),
      };
    }
    case "timer":
      return readTimer(field as Of<"timer">, uses);
    case "cron":
      return readCron(field as Of<"cron">);
    case "bead":
      return { type: "bead", bead: uses.text(child(field as Of<"bead">, "bead")!, { needed: "bead" }) };
    case "mail": {
      const gate = field as Of<"mail">;
      return {
        type: "mail",
        ...present({ from: uses.text(child(gate, "from")), subject: uses.text(child(gate, "subject")) }),
      };
    }
    case "gh:run": {
      const gate = field as Of<"gh:run">;
      return {
        type: "gh:run",
        run: uses.text(child(gate, "run")!, { needed: "run" }),
        every: parseDuration(gate.value.every ?? "15s")!,
        ...present({ repo: uses.text(child(gate, "repo")) }),
      };
    }
    case "gh:pr": {
      const gate = field as Of<"gh:pr">;
      const { state = "merged" } = gate.value;
      return {
        type: "gh:pr",
        pr: uses.text(child(gate, "pr")!, { needed: "pr" }),
        state,
        every: parseDuration(gate.value.every ?? "15s")!,
        ...present({ repo: uses.text(child(gate, "repo")) }),
      };
    }
    case "command":
      return readCommand(field as Of<"command">, uses);
  }
}

function readTimer(gate: Of<"timer">, uses: Uses): GateCondition {
  const [wait, until] = [child(gate, "for"), child(gate, "until")];
  if (!wait === !until) {
    const message = 'a timer has either "for" or "until"';
    gate.file.report.error(until ? keyPlaceOf(until) : placeOf(gate), { rule: "value", message });
  }
  if (!until) return { type: "timer", for: parseDuration(wait?.value ?? "0s")! };
  const moment = uses.text(until, { key: "until" });
  if (!moment.text.includes("{{") && parseMoment(moment.text.trim()) === undefined) {
    const message = `until: expected a moment as in RFC 3339, 2030-01-31T09:00:00Z, or seconds since 1970, ` +
      `found ${shownValue(moment.text)}`;
    gate.file.report.error(placeOf(until), { rule: "value", message });
  }
  return { type: "timer", until: moment };
}

function readCron(gate: Of<"cron">): GateCondition {
  const schedule = child(gate, "schedule")!;
  const problem = cronProblem(schedule.value);
  if (problem !== undefined) {
    gate.file.report.error(placeOf(schedule), { rule: "cron", message: `schedule: ${problem}` });
  }
  const timezone = child(gate, "timezone");
  if (timezone && !isTimezone(timezone.value)) {
    const message = `timezone: there is no time zone "${timezone.value}"; one is called Europe/Berlin`;
    gate.file.report.error(placeOf(timezone), { rule: "cron", message });
  }
  return { type: "cron", schedule: schedule.value, ...present({ timezone: gate.value.timezone }) };
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function readCommand(gate: Of<"command">, uses: Uses): GateCondition {
  const { every = "10s", factor = 1.5, max_every: maxEvery = "5m" } = gate.value;
  return {
    type: "command",
    command: uses.text(child(gate, "command")!, { key: "command", use: "shell", needed: "command" }),
    every: parseDuration(every)!,
    factor,
    maxEvery: parseDuration(maxEvery)!,
  };
}
