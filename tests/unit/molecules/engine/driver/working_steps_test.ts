import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { createJobs, type WorkingSteps } from "../../../../../src/molecules/engine/driver/working_steps.ts";

describe("the commands of a run and of those nested in it", () => {
  /** Runs that begin steps a, b, … as soon as they are told that there is room. */
  function runsOf(limit: number, count: number) {
    const jobs = createJobs(limit);
    const told: number[] = [];
    const runs = Array.from({ length: count }, () => jobs.ofRun());
    const asks = (who: number) => runs[who]!.hasRoom(() => void told.push(who));
    return { runs, told, asks };
  }

  it("are counted together", () => {
    const { runs: [one, other], asks } = runsOf(2, 2);
    assertEquals(asks(0), true);
    one!.add("a");
    one!.add("a");
    other!.add("a");
    assertEquals([asks(0), asks(1)], [false, false]);
    one!.delete("a");
    one!.delete("a");
    assertEquals([asks(0), one!.has("a"), other!.has("a")], [true, false, true]);
  });

  it("count where they were at work before, whether there is room for them or not", () => {
    const jobs = createJobs(2);
    const [found, other] = [jobs.ofRun(["a", "b", "c"]), jobs.ofRun()];
    found.delete("a");
    assertEquals(other.hasRoom(() => {}), false);
    found.delete("b");
    assertEquals(other.hasRoom(() => {}), true);
  });

  it("begin in turns: who waits longest is told first, and its room is nobody else's", () => {
    const { runs, told, asks } = runsOf(1, 3);
    runs[0]!.add("a");
    assertEquals([asks(1), asks(2), asks(0)], [false, false, false]);
    runs[0]!.delete("a");
    assertEquals([asks(0), asks(2)], [false, false]);
    runs[0]!.share();
    assertEquals([told, asks(1)], [[1], true]);
    runs[1]!.add("a");
    assertEquals(asks(1), false);
    runs[1]!.delete("a");
    runs[1]!.share();
    assertEquals([told, asks(2)], [[1, 2], true]);
  });

  it("leave their room to the others where their run needs none, or its driver leaves", () => {
    const { runs, told, asks } = runsOf(1, 3);
    runs[0]!.add("a");
    assertEquals([asks(1), asks(2)], [false, false]);
    runs[0]!.end();
    assertEquals(told, [1]);
    runs[1]!.withdraw();
    runs[1]!.share();
    assertEquals([told, asks(2)], [[1, 2], true]);
  });

  it("are never more than may be, and all have their turn", () => {
    fc.assert(fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.nat()),
      (limit, wanted, chances) => {
        const jobs = createJobs(limit);
        const atWork: { who: number; step: string }[] = [];
        const due = new Set(wanted.keys());
        const left = [...wanted];
        const runs: WorkingSteps[] = wanted.map(() => jobs.ofRun());
        let most = 0;
        const turn = (who: number) => {
          due.delete(who);
          let isShort = false;
          while (left[who]! > 0 && !isShort) {
            isShort = !runs[who]!.hasRoom(() => void due.add(who));
            if (isShort) break;
            const step = `s${left[who]!--}`;
            runs[who]!.add(step);
            atWork.push({ who, step });
          }
          most = Math.max(most, atWork.length);
          if (!isShort) runs[who]!.withdraw();
          runs[who]!.share();
        };
        for (const chance of chances) {
          const choices = due.size + atWork.length;
          if (choices === 0) break;
          const at = chance % choices;
          if (at < due.size) turn([...due][at]!);
          else {
            const [{ who, step }] = atWork.splice(at - due.size, 1) as [typeof atWork[number]];
            runs[who]!.delete(step);
            turn(who);
          }
        }
        assertEquals(left, left.map(() => 0));
        assertEquals(most <= limit, true);
      },
    ));
  });
});
