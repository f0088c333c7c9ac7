import process from "node:process";

/** The version of this program, as deno.json has it too. */
export const version = "0.1.0";

/** What `gt version --json` says. */
export interface VersionReport {
  version: string;
  /** Short commit the binary was built from; `dev` when run from the sources. */
  commit: string;
  /** Runtime and its version: `bun 1.4.5`. */
  runtime: string;
}

// The build sets this in front of the bundle; in the sources it does not exist.
declare const GT_COMMIT: string | undefined;

/** Tells which version, commit and runtime this is. */
export function versionReport(): VersionReport {
  const { bun, deno, node } = process.versions;
  return {
    version,
    commit: typeof GT_COMMIT === "string" ? GT_COMMIT : "dev",
    runtime: bun ? `bun ${bun}` : deno ? `deno ${deno}` : `node ${node}`,
  };
}
