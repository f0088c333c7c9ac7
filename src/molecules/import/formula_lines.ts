/** Where the parts of a TOML text stand. */
export interface FormulaLines {
  /** The line of `steps.2.gate.type`, or of the part it stands in; with `near`, the first line from there that holds it. */
  lineOf(path: string, near?: string): number;
  /** The lines of comment right above a table or value, without their marks. */
  commentOf(path: string): readonly string[];
}

/** Finds out where the values of a TOML text were written. */
export function formulaLines(text: string): FormulaLines {
  const source = text.split("\n");
  const places = readPlaces(source);
  const lineOf = (path: string): number => {
    for (let part = path; part !== ""; part = part.slice(0, Math.max(0, part.lastIndexOf(".")))) {
      const line = places.lines.get(part) ?? places.lines.get(`${part}.0`);
      if (line !== undefined) return line;
    }
    return 1;
  };
  return {
    lineOf: (path, near) => {
      const line = lineOf(path);
      const wanted = near?.split("\n")[0];
      if (wanted === undefined || wanted === "") return line;
      const found = source.findIndex((each, at) => at >= line - 1 && each.includes(wanted));
      return found < 0 ? line : found + 1;
    },
    commentOf: (path) => places.comments.get(path) ?? [],
  };
}

/** The comment that a text begins with, up to the first line that is none. */
export function leadingComment(text: string): string[] {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("#"));
  return lines.slice(0, end < 0 ? lines.length : end).map(unmarked);
}

function unmarked(line: string): string {
  return line.trim().replace(/^#\s?/, "");
}

interface Places {
  lines: Map<string, number>;
  comments: Map<string, string[]>;
}

function readPlaces(source: readonly string[]): Places {
  const places: Places = { lines: new Map(), comments: new Map() };
  const counts = new Map<string, number>();
  let table = "";
  let quote = "";
  let comment: string[] = [];
  const found = (path: string, at: number) => {
    if (places.lines.has(path)) return;
    places.lines.set(path, at + 1);
    if (comment.length > 0) places.comments.set(path, comment);
  };
  for (const [at, line] of source.entries()) {
    if (quote !== "") {
      if (line.includes(quote)) quote = "";
      continue;
    }
    if (line.trimStart().startsWith("#")) {
      comment.push(unmarked(line));
      continue;
    }
    const header = /^\s*(\[\[?)\s*([^\]]+?)\s*\]/.exec(line);
    const entry = /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=/.exec(line);
    if (header) {
      table = tablePath(words(header[2]!), { isList: header[1] === "[[", counts });
      found(table, at);
    } else if (entry) {
      found([table, ...words(entry[1]!)].filter(Boolean).join("."), at);
      quote = openQuote(line.slice(line.indexOf("=") + 1));
    }
    comment = [];
  }
  return places;
}

function words(name: string): string[] {
  return name.split(".").map((word) => word.trim().replace(/^["']|["']$/g, ""));
}

/** The path of a table, each list in it with the number of its last element. */
function tablePath(
  names: readonly string[],
  { isList, counts }: { isList: boolean; counts: Map<string, number> },
): string {
  let path = "";
  for (const [at, name] of names.entries()) {
    path = path === "" ? name : `${path}.${name}`;
    if (isList && at === names.length - 1) counts.set(path, (counts.get(path) ?? -1) + 1);
    const count = counts.get(path);
    if (count !== undefined) path = `${path}.${count}`;
  }
  return path;
}

/** The quotes of a text over several lines that this line does not end; empty when there are none. */
function openQuote(value: string): string {
  for (const quote of ['"""', "'''"]) {
    const first = value.indexOf(quote);
    if (first >= 0 && value.indexOf(quote, first + 3) < 0) return quote;
  }
  return "";
}
