import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { agePhrase, parseWhen } from "../../../../src/commands/bd_support/when.ts";
import { CommandError } from "../../../../src/lib/errors.ts";
import { localTime } from "../../../../src/ports/time.ts";

const now = new Date(2026, 10, 23, 15, 30).getTime();
const hour = 3_600_000;

describe("a moment as people write it", () => {
  it("is a day, an instant, a word or a duration", () => {
    const cases: [text: string, at: number][] = [
      ["2026-11-25", new Date(2026, 10, 25).getTime()],
      ["2026-11-23T16:00:00Z", Date.UTC(2026, 10, 23, 16)],
      ["tomorrow", new Date(2026, 10, 24).getTime()],
      ["today", new Date(2026, 10, 23).getTime()],
      ["yesterday", new Date(2026, 10, 22).getTime()],
      ["next week", new Date(2026, 10, 30).getTime()],
      ["now", now],
      ["2h", now + 2 * hour],
      ["+1d12h", now + 36 * hour],
      ["-2h", now - 2 * hour],
      ["1w", now + 7 * 24 * hour],
    ];
    for (const [text, at] of cases) assertEquals([text, parseWhen(text, { now })], [text, at]);
  });

  it("lies in the past where one looks back", () => {
    assertEquals(parseWhen("2h", { now, back: true }), now - 2 * hour);
    assertEquals(parseWhen("+2h", { now, back: true }), now + 2 * hour);
  });

  it("is refused when it is none", () => {
    for (const text of ["", "soon", "2026", "2026-13-45", "12", "3 days"]) {
      const error = assertThrows(() => parseWhen(text, { now }), CommandError);
      assertEquals([error.code, error.kind], ["bad_time", "usage"]);
    }
  });

  it("is told by how long ago it was", () => {
    const cases: [ago: number, phrase: string][] = [
      [0, "just now"],
      [60_000, "1 minute ago"],
      [59 * 60_000, "59 minutes ago"],
      [hour, "1 hour ago"],
      [49 * hour, "2 days ago"],
      [60 * 24 * hour, "2 months ago"],
      [800 * 24 * hour, "2 years ago"],
      [-3 * hour, "in 3 hours"],
    ];
    for (const [ago, phrase] of cases) assertEquals(agePhrase(now - ago, now), phrase);
    assertEquals(localTime(now), "2026-11-23 15:30");
  });
});
