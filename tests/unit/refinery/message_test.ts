import { describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { isLandingOf, mergeMessage, squashMessage } from "../../../src/refinery/message.ts";

const subject = { bead: "cs-login", n: 2, title: "Add the\n login  form " };

function bodyOf(message: string): { body: string } {
  return { body: message.split("\n\n").slice(1).join("\n\n").trimEnd() };
}

describe("the message of a landing", () => {
  it("names the bead and its title in one line, and carries the trailers", () => {
    assertEquals(mergeMessage(subject), "Merge cs-login: Add the login form\n\nBead: cs-login\nAttempt: 2\n");
    assertEquals(squashMessage(subject), "Add the login form\n\nBead: cs-login\nAttempt: 2\n");
  });

  it("is recognised by both trailers together, in the last paragraph only", () => {
    assert(isLandingOf(bodyOf(mergeMessage(subject)), subject));
    assert(isLandingOf(bodyOf(squashMessage(subject)), subject));
    assert(!isLandingOf(bodyOf(squashMessage(subject)), { ...subject, n: 3 }));
    assert(!isLandingOf(bodyOf(squashMessage(subject)), { ...subject, bead: "cs-log" }));
    assert(!isLandingOf({ body: "Bead: cs-login\nAttempt: 2\n\nReverts that." }, subject));
    assert(!isLandingOf({ body: "" }, subject));
  });
});
