import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { limitOnScreen, readRefusal, resetTime } from "../../../src/agents/limit_text.ts";

/** 19:14 in Berlin, 13:14 in New York. */
const now = Date.parse("2026-11-23T18:14:00Z");
const iso = (ms: number | undefined) =>
  ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 16);

describe("the time at which a limit ends", () => {
  const cases: [text: string, ends: string | undefined][] = [
    ["You've hit your session limit · resets 9pm (Europe/Berlin)", "2026-11-23T20:00"],
    ["You've hit your session limit · resets 12:50pm (Europe/Paris)", "2026-11-24T11:50"],
    ["You've hit your limit · resets 3:30am (Asia/Calcutta)", "2026-11-23T22:00"],
    ["You've hit your weekly limit · resets Nov 27, 3pm (America/New_York)", "2026-11-27T20:00"],
    ["You've hit your weekly limit · resets Jan 2, 2027, 12am (UTC)", "2027-01-02T00:00"],
    ["You've hit your Opus limit · resets 12am (UTC)", "2026-11-24T00:00"],
    ["Claude AI usage limit reached|1795460400", "2026-11-23T19:00"],
    ["Please try again in 20s", "2026-11-23T18:14"],
    ["You've hit your usage limit. Try again in 2 hours 5 minutes.", "2026-11-23T20:19"],
    ["rate limited, retry after 1h 30m", "2026-11-23T19:44"],
    ["try again in 1 day and 2 hours", "2026-11-24T20:14"],
    ["Your limit resets at 9 p.m. (UTC).", "2026-11-23T21:00"],
    ["resets 9pm (Nowhere/Else)", iso(resetTime("resets 9pm", now))],
    ["API Error: Request rejected (429)", undefined],
    ["try again later", undefined],
    ["resets Foo 3, 3pm", undefined],
  ];
  for (const [text, ends] of cases) {
    it(`is ${ends} in ${JSON.stringify(text)}`, () => assertEquals(iso(resetTime(text, now)), ends));
  }

  it("is right in the night in which clocks are changed", () =>
    assertEquals(
      iso(resetTime("resets 4am (Europe/Berlin)", Date.parse("2026-10-24T22:00:00Z"))),
      "2026-10-25T03:00",
    ));
});

describe("an error of the service", () => {
  const cases: [error: string, text: string, kind: string][] = [
    ["rate_limit", "API Error: Request rejected (429) · try again later", "later"],
    ["rate_limit", "You've hit your session limit · resets 9pm (UTC)", "later"],
    ["rate_limit", "You're out of usage credits. /model to switch models.", "person"],
    ["rate_limit", "You're out of usage credits · resets 9pm (UTC)", "later"],
    ["rate_limit", "You've hit your monthly spend limit", "person"],
    ["overloaded", "API Error: 529 Overloaded", "later"],
    ["server_error", "API Error: 500 Internal server error", "later"],
    ["unknown", "API Error: Connection error.", "later"],
    ["unknown", "Invalid API key · Please run /login", "person"],
    ["authentication_failed", "Invalid API key · Fix external API key", "person"],
    ["billing_error", "Credit balance is too low", "person"],
    ["invalid_request", "Prompt is too long", "turn"],
    ["max_output_tokens", "…", "turn"],
  ];
  for (const [error, text, kind] of cases) {
    it(`${error}: ${JSON.stringify(text)} is for ${kind}`, () =>
      assertEquals(readRefusal({ error, text, at: now }).kind, kind));
  }
});

describe("a screen", () => {
  const says: string[] = [
    "⏺ You've hit your session limit · resets 9pm (Europe/Berlin)",
    "  ■ You’ve hit your usage limit. Upgrade to Pro or try again\n    in 2 hours 5 minutes.\n\n› ",
    "Error: Rate limit exceeded. Please try again in 20s",
    "✕ [API Error: You have exceeded your daily limit]",
    "│ Quota exceeded for metric requests │",
  ];
  for (const text of says) {
    it(`that shows ${JSON.stringify(text)} shows a limit`, () =>
      assertEquals(limitOnScreen(`work\n${text}\n> `, now)?.kind, "later"));
  }

  const not = [
    "$ grep -rn 'rate limit' src\nsrc/api.ts: // rate limit reached: wait\n> ",
    "I added a test for the rate limit.\n> ",
    "- fix: handle 'usage limit reached'",
    "",
  ];
  for (const text of not) {
    it(`that shows ${JSON.stringify(text)} shows none`, () =>
      assertEquals(limitOnScreen(text, now), undefined));
  }

  it("is read over the end of a line", () =>
    assertEquals(iso(limitOnScreen(says[1]!, now)?.until), "2026-11-23T20:19"));
});
