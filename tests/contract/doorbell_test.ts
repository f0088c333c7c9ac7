import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { mailLine, ringDoorbell } from "../../src/agents/doorbell.ts";
import type { Agent } from "../../src/agents/presets.ts";
import { noteTerminal } from "../../src/agents/terminal_agent.ts";
import { typeSafely } from "../../src/agents/typing.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { Json } from "../../src/lib/json.ts";
import type { Ports } from "../../src/ports/ports.ts";
import type { Town } from "../../src/town/town.ts";
import { onStage, type Stage } from "./tmux_fixture.ts";

/** A terminal program with an input line: it takes keys one by one, and loses the first `lost` times that Enter is pressed. */
const client = (lost: number) => `
stty -echo -icanon min 1; buffer=; lost=${lost}; touch "$PWD/ready"
show() { printf '\\r\\033[K❯ %s' "$buffer"; }
show
while :; do
  key=$(dd bs=1 count=1 2>/dev/null; printf x); key=\${key%x}
  case $key in
    '
'|'') if [ $lost -gt 0 ]; then lost=$((lost - 1)); else printf '%s\\n' "$buffer" >> "$PWD/sent"; buffer=; fi;;
    *) buffer=$buffer$key;;
  esac
  show
done`;

const line = "Mail has come. See: gt mail inbox";

function emptyLedger(): Ledger {
  const kept = new Map<string, Json>();
  const ephemeral = {
    get: (kind: string, key: string) => kept.get(kind + key),
    put: (kind: string, key: string, value: Json) => void kept.set(kind + key, value),
    remove: (kind: string, key: string) => void kept.delete(kind + key),
  };
  return { ephemeral } as unknown as Ledger;
}

async function type(stage: Stage, options: { lost: number; before?: string }): Promise<string[]> {
  const { ports, sessions } = stage;
  await sessions.spawn(stage.order("gt-w", client(options.lost)));
  await stage.until(() => ports.files.exists(`${stage.folder}/ready`));
  if (options.before) await sessions.typeText("gt-w", options.before);
  const typed = await typeSafely({ ports, town: { ledger: emptyLedger() }, sessions }, {
    ...{ session: "gt-w", text: line, isTyped: false },
  });
  return [typed.kind, ports.files.readText(`${stage.folder}/sent`) ?? ""];
}

describe("a line for a program in a terminal", () => {
  it("is sent, once", () =>
    onStage(async (stage) => {
      assertEquals(await type(stage, { lost: 0 }), ["taken", `${line}\n`]);
    }));

  it("is sent once when the first Enter is lost", () =>
    onStage(async (stage) => {
      assertEquals(await type(stage, { lost: 1 }), ["taken", `${line}\n`]);
    }));

  it("is not sent together with what a person has typed", () =>
    onStage(async (stage) => {
      assertEquals(await type(stage, { lost: 0, before: "half a l" }), ["disturbed", ""]);
    }));
});

const program = fileURLToPath(new URL("silent_agent.ts", import.meta.url));

/** Rings an agent without hooks `times` times, again and again until each has rung; returns what the agent wrote down. */
async function ringSilent(
  stage: Stage,
  { name, kind, times }: { name: string; kind: "tui" | "lines"; times: number },
): Promise<string[]> {
  const { ports, sessions, folder } = stage;
  const log = join(folder, `${name}.txt`);
  const argv = [Deno.execPath(), "run", "-A", "--no-check", program, kind, name.replace(/\D/g, ""), log];
  await sessions.spawn(stage.order(name, "", { argv }));
  const town = { ledger: emptyLedger(), paths: { locks: folder } } as Town;
  const agent = { name: "silent", hooks: "none", promptMode: "argument", env: {} } as unknown as Agent;
  const caller = { role: "worker" as const, actor: "worker-1", session: name };
  noteTerminal({ ports, town }, { agent, caller, cwd: folder });
  for (let rung = 0; rung < times;) {
    const deps = { ports: ports as Ports, town, sessions };
    if ((await ringDoorbell(deps, { session: name, text: mailLine })).kind === "rung") rung++;
  }
  return (ports.files.readText(log) ?? "").trimEnd().split("\n");
}

describe("the doorbell of an agent without hooks", () => {
  it("rings each time, over no turn, question or half line", () =>
    onStage(async (stage) => {
      const agents = [1, 2].flatMap((seed) =>
        (["tui", "lines"] as const).map((kind) => ({ name: `gt-${kind}-${seed}`, kind, times: 2 }))
      );
      const seen = await Promise.all(agents.map((agent) => ringSilent(stage, agent)));
      for (const lines of seen) assertEquals(lines, [`sent ${mailLine}`, `sent ${mailLine}`]);
    }));
});
