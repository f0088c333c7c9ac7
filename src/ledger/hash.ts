import process from "node:process";

/** SHA-256 of a text in hexadecimal. The module that computes it is loaded at the first call. */
export function sha256(text: string): string {
  const crypto = process.getBuiltinModule("node:crypto");
  return crypto.createHash("sha256").update(text).digest("hex");
}

/** SHA-256 in hexadecimal of lines with line ends between them. */
export function sha256OfLines(lines: Iterable<string>): string {
  const hash = process.getBuiltinModule("node:crypto").createHash("sha256");
  let between = "";
  for (const line of lines) {
    hash.update(between + line);
    between = "\n";
  }
  return hash.digest("hex");
}
