import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { cronProblem } from "../../../../../src/molecules/language/cron_line.ts";
import { nextCron } from "../../../../../src/molecules/engine/gates/cron.ts";

/** The next moment after one in UTC, as RFC 3339. */
function next(line: string, after: string, timezone?: string): string | undefined {
  const at = nextCron(line, { after: Date.parse(after), ...(timezone === undefined ? {} : { timezone }) });
  return at === undefined ? undefined : new Date(at).toISOString().slice(0, 16);
}

describe("the next time of a cron line", () => {
  it("is the first minute that matches, never the one that is going on", () => {
    assertEquals(next("* * * * *", "2026-01-01T10:00:00Z"), "2026-01-01T10:01");
    assertEquals(next("*/15 * * * *", "2026-01-01T10:14:59Z"), "2026-01-01T10:15");
    assertEquals(next("5,10-12/2 8 * * *", "2026-01-01T08:05:00Z"), "2026-01-01T08:10");
    assertEquals(next("30 2 1 jan *", "2026-01-01T02:30:00Z"), "2027-01-01T02:30");
  });

  it("takes days of the month or of the week where both are given", () => {
    assertEquals(next("0 9 13 * fri", "2026-03-01T00:00:00Z"), "2026-03-06T09:00");
    assertEquals(next("0 9 * * 7", "2026-03-02T00:00:00Z"), "2026-03-08T09:00");
    assertEquals(next("0 9 13 * *", "2026-03-01T00:00:00Z"), "2026-03-13T09:00");
  });

  it("goes by the clocks of its time zone, also on the days when they are changed", () => {
    assertEquals(next("0 9 * * *", "2026-07-01T00:00:00Z", "Europe/Berlin"), "2026-07-01T07:00");
    assertEquals(next("0 9 * * *", "2026-12-01T00:00:00Z", "Europe/Berlin"), "2026-12-01T08:00");
    // 02:30 does not exist on 29 March 2026 there, and comes twice on 25 October.
    assertEquals(next("30 2 * * *", "2026-03-28T12:00:00Z", "Europe/Berlin"), "2026-03-29T01:00");
    assertEquals(next("30 2 * * *", "2026-10-24T12:00:00Z", "Europe/Berlin"), "2026-10-25T00:30");
    assertEquals(next("30 2 * * *", "2026-10-25T00:30:00Z", "Europe/Berlin"), "2026-10-26T01:30");
    assertEquals(next("0 9 * * *", "2026-07-01T00:00:00Z", "Asia/Kolkata"), "2026-07-01T03:30");
  });

  it("comes in a leap year, and never for a day that no month has", () => {
    assertEquals(next("0 0 29 2 *", "2025-01-01T00:00:00Z"), "2028-02-29T00:00");
    assertEquals(next("0 0 31 2 *", "2025-01-01T00:00:00Z"), undefined);
  });

  it("is found for every line that the linter has nothing against", () => {
    const number = fc.integer({ min: 0, max: 61 }).map(String);
    const word = fc.oneof(number, fc.constantFrom("jan", "DEC", "mon", "Sat", "x", ""));
    const range = fc.oneof(fc.constant("*"), word, fc.tuple(word, word).map((ends) => ends.join("-")));
    const part = fc.oneof(range, fc.tuple(range, number).map((parts) => parts.join("/")));
    const field = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(","));
    const line = fc.array(fc.oneof(fc.constant("*"), fc.constant("1"), field), { minLength: 5, maxLength: 5 })
      .map((fields) => fields.join(" "));
    let good = 0;
    fc.assert(
      fc.property(line, (text) => {
        if (cronProblem(text) !== undefined) return;
        good++;
        nextCron(text, { after: 0 });
      }),
      { numRuns: 3_000 },
    );
    assert(good > 300, `${good} lines`);
  });
});
