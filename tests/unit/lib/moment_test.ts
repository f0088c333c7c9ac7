import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseMoment } from "../../../src/lib/moment.ts";

describe("a moment", () => {
  it("is RFC 3339 with its zone, a day in UTC, or seconds", () => {
    const moment = Date.UTC(2030, 0, 31, 9);
    const same = [
      "2030-01-31T09:00:00Z",
      "2030-01-31 10:00:00.000+01:00",
      "2030-01-31t09:00z",
      `${moment / 1000}`,
    ];
    assertEquals(same.map(parseMoment), same.map(() => moment));
    assertEquals(parseMoment("2028-02-29"), Date.UTC(2028, 1, 29));
    assertEquals(parseMoment("1.5"), 1_500);
  });

  it("is nothing that depends on who reads it, nor a day that there never was", () => {
    const none = [
      "tomorrow",
      "March 5 2020",
      "2030-01-31T09:00:00",
      "2026-02-31",
      "2027-02-29T00:00:00Z",
      "12:00",
      "",
      "-5",
    ];
    assertEquals(none.map(parseMoment), none.map(() => undefined));
  });
});
