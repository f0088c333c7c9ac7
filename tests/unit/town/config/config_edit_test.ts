import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { CommandError } from "../../../../src/lib/errors.ts";
import { type ConfigEdit, editConfig } from "../../../../src/town/config/config_edit.ts";
import { configPath, configValues, readValue, valueAt } from "../../../../src/town/config/config_values.ts";
import { townPaths } from "../../../../src/town/paths.ts";
import { inFolder } from "../town_fixture.ts";

const written = `# Our town.
town: Köln # by the river

limits:
  # more would melt the laptop
  workers: 2
  stall_after: "20m"

# Repositories.
rigs: {}
`;

function edited(change: (edit: ConfigEdit) => void, before = written): Promise<string> {
  return new Promise((resolve, reject) =>
    inFolder(async (folder, ports) => {
      const paths = townPaths(folder);
      ports.files.writeText(paths.config, before);
      await editConfig(ports, { paths, change });
      resolve(ports.files.readText(paths.config)!);
    }).catch(reject)
  );
}

describe("changing town.yaml", () => {
  it("keeps comments, order and quotation marks", async () => {
    const after = await edited((edit) => {
      edit.set(["limits", "workers"], 6);
      edit.set(["limits", "stall_after"], "30m");
    });
    assertEquals(after, written.replace("workers: 2", "workers: 6").replace('"20m"', '"30m"'));
  });

  it("writes one line for each key of what was empty", async () => {
    const after = await edited((edit) => edit.set(["rigs", "csm"], { url: "/r", prefix: "cs" }));
    assertEquals(after, written.replace("rigs: {}", "rigs:\n  csm:\n    url: /r\n    prefix: cs"));
  });

  it("makes the maps above a new key", async () => {
    const after = await edited((edit) => edit.set(["coordinator", "agent"], "shell"));
    assertStringIncludes(after, "coordinator:\n  agent: shell\n");
  });

  it("fills a map that has no keys yet", async () => {
    const after = await edited((edit) => edit.set(["limits", "workers"], 3), "town: a\nlimits: # how many\n");
    assertStringIncludes(after, "workers: 3");
    assertStringIncludes(after, "# how many");
  });

  it("refuses a result that is not valid and leaves the file alone", async () => {
    await inFolder(async (folder, ports) => {
      const paths = townPaths(folder);
      ports.files.writeText(paths.config, written);
      const error = await assertRejects(() =>
        editConfig(ports, { paths, change: (edit) => edit.set(["limits", "workers"], "many") })
      ) as CommandError;
      assertEquals(error.code, "config_invalid");
      assertEquals(ports.files.readText(paths.config), written);
    });
  });

  it("loses no change when two are made at once", async () => {
    await inFolder(async (folder, ports) => {
      const paths = townPaths(folder);
      ports.files.writeText(paths.config, written);
      await Promise.all(
        ["workers", "attempts", "restarts"].map((key) =>
          editConfig(ports, { paths, change: (edit) => edit.set(["limits", key], 7) })
        ),
      );
      const after = ports.files.readText(paths.config)!;
      for (const key of ["workers", "attempts", "restarts"]) assertStringIncludes(after, `${key}: 7`);
    });
  });
});

describe("keys and values of the configuration", () => {
  it("refuses a key that does not exist, and names the near one", () => {
    let error: CommandError | undefined;
    try {
      configPath("limits.wrokers");
    } catch (thrown) {
      error = thrown as CommandError;
    }
    assertEquals(error?.code, "config_key_unknown");
    assertEquals(error?.hints[0], 'did you mean "limits.workers"?');
  });

  it("accepts keys below names the user has chosen", () => {
    assertEquals(configPath("rigs.csm.checks.0.run"), ["rigs", "csm", "checks", "0", "run"]);
    assertEquals(configPath("agents.mine.env.TOKEN"), ["agents", "mine", "env", "TOKEN"]);
  });

  it("reads a value as the type its key has", () => {
    assertEquals(readValue(["limits", "workers"], "6"), 6);
    assertEquals(readValue(["town"], "2024"), "2024");
    assertEquals(readValue(["rigs", "a", "setup"], "[npm ci]"), ["npm ci"]);
  });

  it("answers with the file's value, else the default", () => {
    assertEquals(valueAt(written, ["limits", "workers"]), 2);
    assertEquals(valueAt(written, ["limits", "attempts"]), 5);
    assertEquals(valueAt(written, ["agent"]), undefined);
  });

  it("lists values with where they are from", () => {
    const values = new Map(configValues(written).map((entry) => [entry.key, entry]));
    assertEquals(values.get("limits.workers")?.source, "file");
    assertEquals(values.get("limits.attempts")?.source, "default");
    assertEquals(values.get("town")?.value, "Köln");
  });
});
