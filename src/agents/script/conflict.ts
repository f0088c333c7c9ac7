/** Takes the marks of a merge out of a text and keeps both sides, ours first; the common ancestor goes. */
export function keepBoth(text: string): string {
  const kept: string[] = [];
  let side: "none" | "ours" | "base" | "theirs" = "none";
  for (const line of text.split("\n")) {
    if (side === "none" && line.startsWith("<<<<<<< ")) side = "ours";
    else if (side === "ours" && line.startsWith("||||||| ")) side = "base";
    else if ((side === "ours" || side === "base") && line === "=======") side = "theirs";
    else if (side === "theirs" && line.startsWith(">>>>>>> ")) side = "none";
    else if (side !== "base") kept.push(line);
  }
  return kept.join("\n");
}
