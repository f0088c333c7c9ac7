import type { Bench, Figure } from "./bench.ts";

/** How long a call takes that does nothing, beside the same of git. */
export function run(bench: Bench): Figure[] {
  const medians = bench.medians({
    git: () => bench.time(["git", "--version"]),
    version: () => bench.time([bench.gt, "--version"]),
    help: () => bench.time([bench.gt, "--help"]),
    complete: () => bench.time([bench.gt, "complete", "--", "ver"]),
  });
  const git = medians.git!;
  return [
    { what: "git --version", value: git, unit: "ms" },
    {
      what: "gt --version",
      value: medians.version!,
      unit: "ms",
      most: 8 * git,
      because: "8 × git --version",
    },
    { what: "gt --version : git --version", value: medians.version! / git, unit: "×", most: 8 },
    { what: "gt --help", value: medians.help!, unit: "ms" },
    { what: "gt complete -- ver", value: medians.complete!, unit: "ms" },
  ];
}
