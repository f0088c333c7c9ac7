import process from "node:process";

/** SHA-256 of a text in hexadecimal. The module that computes it is loaded at the first call. */
export function sha256(text: string): string {
  const crypto = process.getBuiltinModule("node:crypto");
  return crypto.createHash("sha256").update(text).digest("hex");
}
