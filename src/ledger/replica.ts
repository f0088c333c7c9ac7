import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Random } from "../ports/random.ts";
import { isReplicaName } from "./log_files.ts";

/** The name of this folder's replica, or undefined when it has none or was copied from another place. */
export function readReplica(folder: string): string | undefined {
  const name = replicaNameIn(folder, readReplicaText(folder));
  // Without log and index nobody knows which numbers this name has used, here or elsewhere.
  const used = name !== undefined &&
    (existsSync(join(folder, "ops", name)) || existsSync(join(folder, "index.db")));
  return used ? name : undefined;
}

/** Whether somebody has removed the folder of a ledger that is open, or put another in its place. */
export function isGone(folder: string): boolean {
  return readReplica(folder) === undefined;
}

/** What the file that names the replica says right now; two texts differ when somebody has named it in between. */
export function readReplicaText(folder: string): string {
  try {
    return readFileSync(join(folder, "replica"), "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return "";
    throw error;
  }
}

/** The name in such a text, if it was made for this folder. */
export function replicaNameIn(folder: string, text: string): string | undefined {
  const [name = "", home = ""] = text.split("\n");
  return isReplicaName(name) && home === homeOf(folder) ? name : undefined;
}

/** Gives this folder a replica name of its own and records where it lives. */
export function makeReplica(folder: string, random: Random): string {
  const name = replicaName(random);
  setReplica(folder, name);
  return name;
}

/** Makes this folder the replica of a name, and records where it lives. */
export function setReplica(folder: string, name: string): void {
  const path = join(folder, "replica");
  const fresh = `${path}.${process.pid}.tmp`;
  writeFileSync(fresh, `${name}\n${homeOf(folder)}\n`);
  renameSync(fresh, path);
}

/** Eight random letters and digits: fewer than one collision in a million among a thousand replicas. */
export function replicaName(random: Random): string {
  let name = "";
  for (const byte of random.bytes(8)) name += "abcdefghijklmnopqrstuvwxyz0123456789"[byte % 36];
  return name;
}

/** What a copy cannot have in common with its original: the folder's place on the disk, and the machine. */
function homeOf(folder: string): string {
  const { dev, ino } = statSync(folder);
  return `${dev}:${ino}:${machine()}`;
}

function machine(): string {
  try {
    const id = readFileSync("/etc/machine-id", "utf8").trim();
    if (id) return id;
  } catch {
    // Not every system has one.
  }
  return hostname();
}
