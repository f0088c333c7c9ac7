import { createTestEnv } from "../../../src/ports/env.ts";
import { createPorts, type Ports } from "../../../src/ports/ports.ts";
import { createTestTerminal } from "../../../src/ports/terminal.ts";

/** A folder whose name has a space and letters beyond ASCII, with a home of its own; gone after `use`. */
export async function inFolder(use: (folder: string, ports: Ports) => Promise<void> | void): Promise<void> {
  const outer = Deno.makeTempDirSync({ prefix: "gt town ü " });
  const folder = Deno.realPathSync(outer);
  Deno.mkdirSync(`${folder}/home`);
  try {
    await use(folder, portsAt(folder, folder));
  } finally {
    Deno.removeSync(outer, { recursive: true });
  }
}

/** Real ports for a call in `cwd`, with no configuration but the test's. */
export function portsAt(home: string, cwd: string, variables: Record<string, string> = {}): Ports {
  const env = createTestEnv({
    PATH: Deno.env.get("PATH") ?? "",
    HOME: `${home}/home`,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    TMPDIR: home,
    ...variables,
  }, cwd);
  return { ...createPorts(["/opt/gt"], "gt"), env, terminal: createTestTerminal() };
}
