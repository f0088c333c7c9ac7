import { type Client, installClient } from "../../.ci/tasks/claude_client.ts";

/** How long the registry may take, in ms. */
const patienceMs = 120_000;

/** The client that the task has installed already, or one of our own. @throws {Error} where it cannot be had. */
export async function haveClient(): Promise<Client> {
  const bin = Deno.env.get("GT_CLAUDE_BIN");
  if (bin !== undefined) return { bin, remove() {} };
  const installed = await installClient({ patienceMs });
  if (installed.kind === "installed") return installed.client;
  throw new Error(installed.reason);
}
