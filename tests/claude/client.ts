/**
 * The real Claude Code client, installed from the npm registry into a temporary folder.
 *
 * @module
 */
import { join } from "node:path";
import { capture } from "../../.ci/tasks/project.ts";

/** The version the tests are known to hold for. */
const version = "2.1.197";

/** An installed client. */
export interface Client {
  /** The folder that holds `claude`, for the front of PATH. */
  readonly bin: string;
  remove(): Promise<void>;
}

/** Installs the client. @throws {Error} with what the installer said, where it cannot be had or does not start. */
export async function installClient(): Promise<Client> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "gt-claude-client-" }));
  const remove = () => Deno.remove(folder, { recursive: true });
  try {
    // The package of the platform is the program itself, so nothing of it has to run to install it.
    const name = `@anthropic-ai/claude-code-${Deno.build.os}-${cpu()}`;
    await Deno.writeTextFile(
      join(folder, "package.json"),
      JSON.stringify({ dependencies: { [name]: version } }),
    );
    const installed = await capture([Deno.execPath(), "install"], { cwd: folder });
    if (installed.code !== 0) throw new Error(`Cannot install ${name}@${version}: ${installed.stderr}`);
    const bin = join(folder, "node_modules", name);
    const started = await capture(["env", `HOME=${folder}`, join(bin, "claude"), "--version"]);
    if (!started.stdout.startsWith(version)) {
      throw new Error(`${name}@${version} does not start here: ${started.stderr}${started.stdout}`);
    }
    return { bin, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function cpu(): string {
  return Deno.build.arch === "aarch64" ? "arm64" : "x64";
}
