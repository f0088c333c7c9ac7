import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import type { CompletionSource } from "../../../src/cli/command.ts";
import { lookUpNames } from "../../../src/commands/complete_names.ts";
import { initLedger } from "../../../src/ledger/init.ts";
import { createTestEnv } from "../../../src/ports/env.ts";
import { createPorts, type Ports } from "../../../src/ports/ports.ts";

function portsIn(folder: string): Ports {
  return { ...createPorts(["gt"], "gt"), env: createTestEnv({ HOME: folder, PATH: "" }, folder) };
}

async function names(folder: string, source: CompletionSource, prefix = ""): Promise<string[]> {
  return (await lookUpNames(portsIn(folder), { source, prefix })).map(({ value }) => value);
}

/** A town as other commands leave it: a ledger, a configuration, and the folders of two rigs. */
function makeTown(): string {
  const town = Deno.realPathSync(Deno.makeTempDirSync());
  Deno.writeTextFileSync(join(town, "town.yaml"), "name: test\n");
  for (
    const path of ["rigs/csm/workers/1", "rigs/csm/workers/2", "rigs/csm/crew/ann", "rigs/web", "molecules"]
  ) {
    Deno.mkdirSync(join(town, path), { recursive: true });
  }
  Deno.writeTextFileSync(join(town, "molecules", "own.yaml"), "molecule: own\n");
  const ledger = initLedger(portsIn(town), { folder: join(town, ".beads"), prefix: "hq" });
  ledger.write("test", (transaction) => {
    transaction.create("cs-login", { title: "Log in" });
    transaction.create("cs-logout", { title: "Log out" });
    transaction.create("hq-cv-auth", { title: "Auth", issue_type: "convoy" });
    transaction.create("hq-msg-1", { title: "Hello", issue_type: "message" });
  });
  ledger.close();
  return town;
}

describe("names for completion", () => {
  it("are those of the town and its ledger", async () => {
    const town = makeTown();
    try {
      assertEquals(await names(town, "bead", "cs-log"), ["cs-login", "cs-logout"]);
      assertEquals(await names(town, "bead", "logi"), ["cs-login"]);
      assertEquals(await names(town, "convoy"), ["hq-cv-auth"]);
      assertEquals(await names(town, "convoy", "cs"), []);
      assertEquals(await names(town, "message"), ["hq-msg-1"]);
      assertEquals(await names(town, "rig"), ["csm", "web"]);
      assertEquals(await names(town, "worker"), ["worker-1", "worker-2"]);
      assertEquals(await names(town, "target", "c"), ["csm", "crew/ann", "coordinator"]);
      assertEquals(await names(town, "target", "crew/"), ["crew/ann"]);
      assertEquals(await names(town, "bead-or-target", "c"), [
        "cs-login",
        "cs-logout",
        "csm",
        "crew/ann",
        "coordinator",
      ]);
      assertEquals(await names(town, "session", "witness"), ["witness/csm", "witness/web"]);
      assertEquals(await names(town, "molecule", "own"), ["own"]);
    } finally {
      Deno.removeSync(town, { recursive: true });
    }
  });

  it("are none, and no error, outside a town", async () => {
    const folder = Deno.makeTempDirSync();
    try {
      for (
        const source of [
          "agent",
          "bead",
          "convoy",
          "file",
          "message",
          "rig",
          "session",
          "target",
          "worker",
        ] as const
      ) {
        assertEquals(await names(folder, source), [], source);
      }
      assertEquals(await names(folder, "molecule", "worker"), ["worker-work"]);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
});
