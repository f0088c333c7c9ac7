import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { socketPath } from "../../../src/sessions/socket.ts";

describe("the socket of a town", () => {
  it("lies in the town while its path fits, counted in bytes", () => {
    assertEquals(socketPath("/home/ada/town"), "/home/ada/town/.gt/tmux.sock");
    const fits = `/${"a".repeat(84)}`;
    assertEquals(socketPath(fits), `${fits}/.gt/tmux.sock`);
    for (const long of [`${fits}a`, `/${"ü".repeat(43)}`]) {
      assert(socketPath(long, { temporary: "/t", user: 7 }).startsWith("/t/gt-7/"), long);
    }
  });

  it("is otherwise named by the town alone", () => {
    const [one, two] = ["a", "b"].map((letter) => `/${letter.repeat(120)}`);
    assertEquals(socketPath(one!), socketPath(one!));
    assertNotEquals(socketPath(one!), socketPath(two!));
    assert(socketPath(one!).length < 100);
    assertEquals(socketPath(one!, { temporary: "/t", user: 7 }), "/t/gt-7/7a5871e9346c0006.sock");
  });
});
