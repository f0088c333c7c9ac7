import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { version } from "../../../src/cli/version.ts";

describe("the version", () => {
  it("is the one in deno.json", () => {
    const file = new URL("../../../deno.json", import.meta.url);
    assertEquals(JSON.parse(Deno.readTextFileSync(file)).version, version);
  });
});
