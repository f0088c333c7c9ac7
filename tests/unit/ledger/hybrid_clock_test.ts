import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { isLater, nextStamp } from "../../../src/ledger/hybrid_clock.ts";

describe("the hybrid clock", () => {
  it("follows the wall when that is ahead", () => {
    assertEquals(nextStamp(100, { last: [50, 7], floor: [0, 0] }), [100, 0]);
  });

  it("counts on within one millisecond and when the wall went back", () => {
    assertEquals(nextStamp(100, { last: [100, 7], floor: [0, 0] }), [100, 8]);
    assertEquals(nextStamp(40, { last: [100, 7], floor: [0, 0] }), [100, 8]);
  });

  it("does not follow a clock that runs more than a minute ahead", () => {
    assertEquals(nextStamp(1_000, { last: [61_001, 3], floor: [0, 0] }), [1_000, 0]);
    assertEquals(nextStamp(1_000, { last: [61_000, 3], floor: [0, 0] }), [61_000, 4]);
  });

  it("is always after what happened to the same bead, however far ahead that is", () => {
    const stamp = nextStamp(1_000, { last: [900, 0], floor: [90_000_000, 2] });
    assertEquals(stamp, [90_000_000, 3]);
    assertEquals(isLater(stamp, [90_000_000, 2]), true);
  });

  it("never leaves what a log can hold, whatever stamp somebody else wrote", () => {
    const end = 8.64e15;
    assertEquals(nextStamp(1_000, { last: [0, 0], floor: [5_000, end] }), [5_001, 0]);
    assertEquals(nextStamp(1_000, { last: [0, 0], floor: [end, end] }), [end, end]);
  });
});
