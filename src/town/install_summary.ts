import { relative } from "node:path";
import { quoteWords } from "../lib/quote_words.ts";
import type { TownConfig } from "./config/config.ts";
import type { Installed } from "./install.ts";

/** What a person reads after `gt install`: what was done, and what to do next. */
export function installSummary(
  { town, existed, made }: Installed,
  options: { config: TownConfig; here: string },
): string[] {
  const { config, here } = options;
  const done = !existed
    ? `Town "${config.town}" is ready in ${town.root}`
    : made.length > 0
    ? `Town "${config.town}" is complete again: ${made.join(", ")}`
    : `Town "${config.town}" is there already and complete`;
  const inside = relative(town.root, here).split("/")[0] !== "..";
  const enter = inside ? [] : [`  cd ${quoteWords([town.root])}`];
  const rigs = Object.keys(config.rigs);
  const next = rigs.length > 0
    ? ["  gt start                                 steward, coordinator, a witness and a refinery per rig"]
    : [
      "  gt rig add NAME URL-or-path              put a repository under management",
      "  gt start                                 steward, coordinator, a witness and a refinery per rig",
    ];
  return [`✓ ${done}`, "", "Next:", ...enter, ...next];
}
