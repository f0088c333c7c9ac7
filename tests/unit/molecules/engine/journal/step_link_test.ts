import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  failureText,
  isFailure,
  isLikeFailure,
} from "../../../../../src/molecules/engine/journal/step_link.ts";

describe("the reason of a step that was closed without success", () => {
  const cases: [string, string][] = [
    ["failed: no ok file", "no ok file"],
    ["Failed - not today", "not today"],
    [" failed : no disk", "no disk"],
    ["failed", "no reason given"],
    ["Failed.", "no reason given"],
    ["failed: failed to compile", "failed to compile"],
    ["rejected: too large", "rejected: too large"],
    ["cancelled: no longer wanted", "cancelled: no longer wanted"],
    ["cancelled", "cancelled"],
    ["won't fix — as designed", "won't fix — as designed"],
  ];
  for (const [reason, text] of cases) {
    it(`"${reason}" is told as "${text}"`, () => {
      assertEquals([isFailure(reason), isLikeFailure(reason), failureText(reason)], [true, false, text]);
    });
  }
});

describe("the reason of a step that was done", () => {
  const like = [
    "Failed tests are mended",
    "failed to compile at first",
    "failed-over hosts are back",
    "Rejected inputs are handled",
    "Cancelled, refunded and shipped orders work",
    "Timeout of the login is 5 minutes now",
    "timeout: 5 minutes",
  ];
  for (const reason of like) {
    it(`may begin with a word for failure: "${reason}"`, () => {
      assertEquals([isFailure(reason), isLikeFailure(reason)], [false, true]);
    });
  }

  it("may be anything else", () => {
    for (const reason of ["Closed", "Nothing failed: all is well", "succeeded", undefined]) {
      assertEquals([isFailure(reason), isLikeFailure(reason)], [false, false]);
    }
  });
});
