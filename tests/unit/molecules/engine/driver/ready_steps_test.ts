import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  createReadySteps,
  type ReadyStep,
  type Tried,
} from "../../../../../src/molecules/engine/driver/ready_steps.ts";

/** `fan-out:index:group`, where no fan-out is given the step itself, where no group is given none. */
function step(text: string): ReadyStep {
  const [fanOut, index, group] = text.split(":");
  return { id: text, index: Number(index), fanOut: Number(fanOut), ...(group ? { group } : {}) };
}

/** What is tried, and with what success; all others begin. */
function tried(
  ready: ReturnType<typeof createReadySteps>,
  answers: (id: string) => Tried = () => "started",
): string[] {
  const asked: string[] = [];
  ready.startThose(({ id }) => {
    asked.push(id);
    return answers(id);
  });
  return asked;
}

function readySteps(...ids: string[]): ReturnType<typeof createReadySteps> {
  const ready = createReadySteps();
  for (const id of ids) ready.add(step(id));
  return ready;
}

describe("steps that may begin", () => {
  it("are tried in the order of the molecule, whatever order and group they come in, and once", () => {
    const ready = readySteps("7:9:b", "7:8:a", "1:1:a", "7:11:a", "7:10:b", "7:8:a", "0:0");
    assertEquals(ready.size, 6);
    assertEquals(tried(ready), ["0:0", "1:1:a", "7:8:a", "7:9:b", "7:10:b", "7:11:a"]);
    assertEquals([ready.size, tried(ready)], [0, []]);
  });

  it("of other groups go on where one has no place, and those of the same wait without being asked", () => {
    const ready = readySteps("7:8:a", "7:9:a", "7:10:b", "7:11:a", "7:12:b");
    const held = (id: string) => id.endsWith("a") ? "held" : "started";
    assertEquals(tried(ready, held), ["7:8:a", "7:10:b", "7:12:b"]);
    ready.add(step("7:2:a"));
    assertEquals(tried(ready), ["7:2:a", "7:8:a", "7:9:a", "7:11:a"]);
  });

  it("of other fan-outs go on where one is full, and none where nothing more may begin", () => {
    const ready = readySteps("3:8:a", "3:9:b", "4:10:a", "4:11:b", "5:5");
    const answers: Record<string, Tried> = { "3:8:a": "crowded", "4:11:b": "full" };
    assertEquals(tried(ready, (id) => answers[id] ?? "gone"), ["3:8:a", "4:10:a", "4:11:b"]);
    assertEquals(tried(ready), ["3:8:a", "3:9:b", "4:11:b", "5:5"]);
  });
});
