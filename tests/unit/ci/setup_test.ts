import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const task = fileURLToPath(new URL("../../../.ci/tasks/setup.ts", import.meta.url));

const git = "echo git version 2.39.5";
const tmux = "echo tmux 3.3a";
/** Notes what it is asked, and makes a tmux when told to install. */
const aptGet = (bin: string) => `
echo "apt-get $*" >> "${bin}/log"
case "$1" in install) printf '#!/bin/sh\\n${tmux}\\n' > "${bin}/tmux"; /bin/chmod +x "${bin}/tmux";; esac`;

/** Runs the task with only these commands on PATH; tells what it said and what was asked of the package manager. */
async function setUp(commands: Record<string, (bin: string) => string>) {
  const bin = Deno.makeTempDirSync();
  try {
    for (const [name, body] of Object.entries(commands)) {
      Deno.writeTextFileSync(join(bin, name), `#!/bin/sh\n${body(bin)}\n`, { mode: 0o755 });
    }
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", task],
      env: { PATH: bin, NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    const log = await Deno.readTextFile(join(bin, "log")).catch(() => "");
    return { code, text: decoder.decode(stdout) + decoder.decode(stderr), log };
  } finally {
    Deno.removeSync(bin, { recursive: true });
  }
}

describe("setting up", () => {
  it("does nothing where git and tmux are there and new enough", async () => {
    assertEquals(await setUp({ git: () => git, tmux: () => tmux, "apt-get": aptGet }), {
      code: 0,
      text: "",
      log: "",
    });
  });

  it("installs what is missing as root", async () => {
    const { code, text, log } = await setUp({ git: () => git, id: () => "echo 0", "apt-get": aptGet });
    assertEquals([code, log], [0, "apt-get --version\napt-get update\napt-get install -y tmux\n"]);
    assertStringIncludes(text, "tmux is not installed");
  });

  it("installs with sudo where that needs no password", async () => {
    const sudo = () => 'if [ "$1" = -n ]; then exit 0; fi; exec "$@"';
    const { code, log } = await setUp({ git: () => git, id: () => "echo 1000", sudo, "apt-get": aptGet });
    assertEquals([code, log], [0, "apt-get --version\napt-get update\napt-get install -y tmux\n"]);
  });

  it("prints the exact command where it may not install", async () => {
    const { code, text, log } = await setUp({
      git: () => "echo git version 2.30.2",
      id: () => "echo 1000",
      sudo: () => "exit 1",
      "apt-get": aptGet,
    });
    assertEquals([code, log], [1, "apt-get --version\n"]);
    assertStringIncludes(text, "git 2.30 is too old: 2.38 or newer is needed");
    assertStringIncludes(text, "hint: run: sudo apt-get update && sudo apt-get install -y git tmux");
  });

  it("says so where it knows no package manager", async () => {
    const { code, text } = await setUp({ git: () => git });
    assertEquals(code, 1);
    assertStringIncludes(text, "no package manager known here");
  });

  it("is not content with a version that stays too old", async () => {
    const { code, text } = await setUp({
      git: () => "echo git version 1.8",
      id: () => "echo 0",
      "apt-get": aptGet,
    });
    assertEquals(code, 1);
    assertStringIncludes(text, "install a newer version by hand");
  });
});
