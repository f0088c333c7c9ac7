import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { failureText, isFailure } from "../../../../../src/molecules/engine/journal/step_link.ts";

describe("the reason of a step that was closed without success", () => {
  const cases: [string, string][] = [
    ["failed: no ok file", "no ok file"],
    ["Failed - not today", "not today"],
    ["failed, again: no disk", "again: no disk"],
    ["failed", "no reason given"],
    ["failed: failed to compile", "failed to compile"],
    // There it is a part of what is said.
    ["failed to compile", "failed to compile"],
    ["failed-over host is down", "failed-over host is down"],
    ["rejected: too large", "rejected: too large"],
  ];
  for (const [reason, text] of cases) {
    it(`"${reason}" is told as "${text}"`, () => {
      assertEquals([isFailure(reason), failureText(reason)], [true, text]);
    });
  }
});
