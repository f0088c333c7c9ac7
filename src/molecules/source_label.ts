/** Where a molecule is from, as a position names it: the path of its file, or `built-in NAME`. */
export function sourceLabel({ source, name }: { source: string; name?: string }): string {
  return source === "built-in" && name !== undefined ? `built-in ${name}` : source;
}
