import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CommandError } from "../../../../../src/lib/errors.ts";
import { defaultJobs, jobsOf } from "../../../../../src/molecules/engine/driver/jobs.ts";

describe("how many commands run at a time", () => {
  it("is what the flag says, or else as many as there are processors", () => {
    assertEquals(jobsOf(1), 1);
    assertEquals(jobsOf(64), 64);
    assertEquals(jobsOf(undefined), defaultJobs());
  });

  for (const wrong of [0, -1, 1.5, NaN, Infinity]) {
    it(`cannot be ${wrong}: the run would wait for ever`, () => {
      assertThrows(() => jobsOf(wrong), CommandError, "--jobs needs a whole number of at least 1");
    });
  }
});
