/**
 * The real Claude Code client, installed from the npm registry into a temporary folder.
 *
 * @module
 */
import { join } from "node:path";
import { capture } from "./project.ts";

/** The version that the tests are known to hold for; the only place that names it. */
export const version = "2.1.197";

/** An installed client. */
export interface Client {
  /** The folder that holds `claude`, for the front of PATH. */
  readonly bin: string;
  /** Removes the temporary folder, at once. */
  remove(): void;
}

/** Whether the client can be had here, and why not. */
export type Installed = { kind: "installed"; client: Client } | { kind: "unavailable"; reason: string };

/** Installs the client into a new folder in `dir`; waits for the registry at most `patienceMs`. */
export async function installClient(
  { patienceMs, dir }: { patienceMs: number; dir?: string },
): Promise<Installed> {
  const place = { prefix: "gt-claude-client-", ...(dir === undefined ? {} : { dir }) };
  const folder = await Deno.realPath(await Deno.makeTempDir(place));
  // The package of the platform is the program itself, so nothing of it has to run to install it.
  const name = `@anthropic-ai/claude-code-${Deno.build.os}-${cpu()}`;
  const remove = () => Deno.removeSync(folder, { recursive: true });
  try {
    const wanted = JSON.stringify({ dependencies: { [name]: version } });
    await Deno.writeTextFile(join(folder, "package.json"), wanted);
    const signal = AbortSignal.timeout(patienceMs);
    const { code, stderr } = await capture([Deno.execPath(), "install"], { cwd: folder, signal });
    if (code === 0) return { kind: "installed", client: { bin: join(folder, "node_modules", name), remove } };
    remove();
    const why = signal.aborted ? `not within ${patienceMs / 1000} s` : errorLine(stderr);
    return { kind: "unavailable", reason: `cannot install ${name}@${version} (${why})` };
  } catch (error) {
    remove();
    throw error;
  }
}

function cpu(): string {
  return Deno.build.arch === "aarch64" ? "arm64" : "x64";
}

/** The line of what an installer said that says what went wrong. */
function errorLine(text: string): string {
  const lines = text.trim().split("\n");
  return lines.find((line) => /^error\b/i.test(line)) ?? lines.at(-1) ?? "";
}
