import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { typeSafely } from "../../src/agents/typing.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { Json } from "../../src/lib/json.ts";
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

async function type(stage: Stage, options: { lost: number; before?: string }): Promise<string[]> {
  const kept = new Map<string, Json>();
  const ephemeral = {
    get: (kind: string, key: string) => kept.get(kind + key),
    put: (kind: string, key: string, value: Json) => void kept.set(kind + key, value),
    remove: (kind: string, key: string) => void kept.delete(kind + key),
  } as unknown as Ledger["ephemeral"];
  const { ports, sessions } = stage;
  await sessions.spawn(stage.order("gt-w", client(options.lost)));
  await stage.until(() => ports.files.exists(`${stage.folder}/ready`));
  if (options.before) await sessions.typeText("gt-w", options.before);
  const typed = await typeSafely({ ports, town: { ledger: { ephemeral } }, sessions }, {
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
