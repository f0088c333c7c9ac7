/** Which program a call is for, and the words it stands for. */
export interface CalledAs {
  program: "gt" | "bd";
  args: readonly string[];
}

const groupWords = new Set(["attach", "list", "logs", "show", "start", "status", "stop"]);

/**
 * Reads the name the program was called by: `bd`, `coordinator` and `worker` are links to `gt`.
 *
 * `coordinator` is `gt coordinator attach`; `worker` lists the workers, `worker 3` attaches to one. Where no link can
 * be made, `--as NAME` in front of the other arguments does the same.
 */
export function readCall(name: string, args: readonly string[]): CalledAs {
  if (args[0] === "--as" && args[1] !== undefined) return readCall(args[1], args.slice(2));
  const first = args[0];
  const bare = first === undefined || first.startsWith("-") || groupWords.has(first);
  switch (name.replace(/\.exe$/i, "")) {
    case "bd":
      return { program: "bd", args };
    case "coordinator":
    case "mayor":
      return { program: "gt", args: ["coordinator", ...(first === undefined ? ["attach"] : []), ...args] };
    case "worker":
    case "polecat":
      return {
        program: "gt",
        args: bare
          ? ["worker", ...(first === undefined ? ["list"] : []), ...args]
          : ["attach", workerName(first), ...args.slice(1)],
      };
    default:
      return { program: "gt", args };
  }
}

function workerName(word: string): string {
  return /^\d+$/.test(word) ? `worker-${word}` : word;
}
