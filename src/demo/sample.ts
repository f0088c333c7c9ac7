/**
 * The demonstration: a temporary town on a sample repository, its work, its accidents, and the proof of the result.
 *
 * It uses the program as a person would, by calling its commands; what it shows is read from the ledger.
 *
 * @module
 */

/** One bead of the demonstration. */
export interface SampleBead {
  id: string;
  title: string;
  /** Ids of the beads it depends on. */
  needs?: readonly string[];
  /** What the script agent does, as YAML. */
  script: string;
  /** The accident that the demonstration arranges for it. */
  accident?: "conflict" | "kill";
}

/** The files the sample repository begins with. Its check is plain shell, so that nothing has to be installed. */
export const sampleFiles: Readonly<Record<string, string>> = {
  "README.md":
    "# A sample site\n\n`/bin/sh check.sh` checks that every page in menu.txt exists and has a title.\n",
  "menu.txt": "home: pages/home.txt\n",
  "pages/home.txt": "title: Home\n\nWelcome.\n",
  "check.sh": [
    "#!/bin/sh",
    "# Every page that the menu names exists and has a title.",
    "set -eu",
    "while IFS= read -r line; do",
    '  case "$line" in "<<<<<<<"*|"======="*|">>>>>>>"*) echo "conflict marker in menu.txt"; exit 1 ;; esac',
    '  page="${line#*: }"',
    '  IFS= read -r first < "$page"',
    '  case "$first" in "title: "*) ;; *) echo "$page has no title"; exit 1 ;; esac',
    "done < menu.txt",
    "echo ok",
    "",
  ].join("\n"),
};

/** The command that the sample's rig checks each merge with. */
export const sampleCheck = "/bin/sh check.sh";

/** The beads of the demonstration: at least four, one per worker beyond that. */
export function sampleBeads(workers: number): SampleBead[] {
  const beads: SampleBead[] = [
    {
      id: "site-login",
      title: "Add the login page",
      script: page("login", { menu: true, wait: "400ms" }),
    },
    {
      id: "site-session",
      title: "Add the session page",
      accident: "conflict",
      // Ends later than login, so that its line of the menu meets another one there.
      script: [
        "first:",
        ...page("session", { menu: true, wait: "2500ms" }).split("\n").map((line) => `  ${line}`),
        "rework:",
        "  - merge: { take: both }",
        "  - done: true",
      ].join("\n"),
    },
    {
      id: "site-search",
      title: "Add the search page",
      accident: "kill",
      script: [
        "first:",
        "  - edit: { path: pages/search.txt, content: 'title: Search' }",
        "  - commit: Begin the search page",
        "  - hang: true",
        "resumed:",
        "  - edit: { path: pages/search.txt, append: 'Find anything.' }",
        "  - commit: Finish the search page",
        "  - done: true",
      ].join("\n"),
    },
    {
      id: "site-profile",
      title: "Add the profile page, which needs login and session",
      needs: ["site-login", "site-session"],
      script: page("profile", { menu: true, wait: "300ms" }),
    },
    {
      id: "site-help",
      title: "Add the help page",
      script: page("help", { menu: false, wait: "800ms" }),
    },
  ];
  for (let extra = beads.length; extra < workers; extra++) {
    const name = `extra-${extra - 3}`;
    beads.push({
      id: `site-${name}`,
      title: `Add page ${name}`,
      script: page(name, { menu: false, wait: "500ms" }),
    });
  }
  return beads;
}

/** The script of a worker that writes a page, puts it in the menu, commits and submits. */
function page(name: string, options: { menu: boolean; wait: string }): string {
  const title = name[0]!.toUpperCase() + name.slice(1);
  return [
    `- edit: { path: pages/${name}.txt, content: 'title: ${title}' }`,
    `- commit: Write the ${name} page`,
    ...(options.menu ? [`- edit: { path: menu.txt, append: '${name}: pages/${name}.txt' }`] : []),
    `- wait: ${options.wait}`,
    ...(options.menu ? [`- commit: Put ${name} in the menu`] : []),
    "- done: true",
  ].join("\n");
}
