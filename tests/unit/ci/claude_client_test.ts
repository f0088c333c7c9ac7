import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { installClient } from "../../../.ci/tasks/claude_client.ts";

describe("installing the client", () => {
  it("does not wait for the registry for ever, says why, and leaves nothing behind", async () => {
    const dir = await Deno.makeTempDir();
    try {
      const installed = await installClient({ patienceMs: 1, dir });
      const reason = installed.kind === "unavailable" ? installed.reason : "";
      assertMatch(reason, /^cannot install @anthropic-ai\/claude-code-\S+@[\d.]+ \(not within 0\.001 s\)$/);
      assertEquals([...Deno.readDirSync(dir)], []);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  });
});
