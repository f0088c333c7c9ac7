import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { callWords, gtWords } from "./program.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A line for the shell, from a block ```sh or a comment `<!-- test: … -->`. */
interface Line {
  text: string;
  number: number;
}

/** Lines that call the project's tasks: they fetch their tools and are what `.ci/run` is for. */
const task = /^npx -y deno@[\d.]+ task (\S+)$/;

function shellLines(path: string): Line[] {
  const lines: Line[] = [];
  let inside: string | undefined;
  Deno.readTextFileSync(join(root, path)).split("\n").forEach((text, at) => {
    const fence = /^```(\w*)$/.exec(text);
    const comment = /^<!-- test: (.*) -->$/.exec(text)?.[1];
    if (fence) inside = inside === undefined ? fence[1]! : undefined;
    else if (comment !== undefined) lines.push({ text: comment, number: at + 1 });
    else if (inside === "sh" && text.trim() !== "") lines.push({ text, number: at + 1 });
  });
  return lines;
}

function documents(): string[] {
  const docs = [...Deno.readDirSync(join(root, "docs"))].map(({ name }) => `docs/${name}`);
  return ["README.md", ...docs.filter((name) => name.endsWith(".md")).sort()];
}

/** A home with a repository `~/code/app`, and a clone of this project in which the build has been run. */
async function makeHome(): Promise<{ home: string; clone: string; env: Record<string, string> }> {
  const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "gt-docs-" }));
  const clone = join(home, "gt");
  await Deno.mkdir(join(clone, "dist"), { recursive: true });
  const words = gtWords.map((word) => `'${word}'`).join(" ");
  await Deno.writeTextFile(join(clone, "dist", "gt"), `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  await Deno.writeTextFile(join(clone, "dist", "bd"), `#!/bin/sh\nexec ${words} --as bd "$@"\n`, {
    mode: 0o755,
  });
  const env = {
    HOME: home,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    LANG: "C.UTF-8",
    TERM: "xterm",
    npm_config_update_notifier: "false",
  };
  const app = join(home, "code", "app");
  await Deno.mkdir(app, { recursive: true });
  await Deno.writeTextFile(join(app, "package.json"), '{ "name": "app", "scripts": { "test": "true" } }\n');
  await bash("git init -q -b main && git add . && git -c user.name=t -c user.email=t@t commit -qm begin", {
    cwd: app,
    env,
  });
  return { home, clone, env };
}

async function bash(script: string, options: { cwd: string; env: Record<string, string> }) {
  const ended = await callWords(["bash", "-c", script], options);
  assertEquals(ended.code, 0, `${ended.stdout}\n${ended.stderr}`);
  return ended.stdout;
}

/** One script of all lines; a line that fails ends it and is named. */
function scriptOf(path: string, lines: readonly Line[]): string {
  const steps = lines.filter(({ text }) => !task.test(text)).map(({ text, number }) =>
    `at=${path}:${number}\n${text}`
  );
  return ["set -eu", `trap '[ $? = 0 ] || echo "failed at $at" >&2' EXIT`, ...steps].join("\n");
}

describe("the documents", () => {
  it("have shell lines that work when pasted, one after the other", async () => {
    for (const path of documents()) {
      const lines = shellLines(path);
      if (lines.every(({ text }) => task.test(text))) continue;
      const { home, clone, env } = await makeHome();
      try {
        const said = await bash(scriptOf(path, lines), { cwd: clone, env });
        if (path === "README.md") {
          assertStringIncludes(said, "Merge app-list: List the languages in the README");
          assertEquals(await bash("git status --porcelain", { cwd: join(home, "code", "app"), env }), "");
        }
      } finally {
        await callWords([...gtWords, "--town", join(home, "town"), "shutdown", "--now"], { cwd: home, env });
        await Deno.remove(home, { recursive: true });
      }
    }
  });

  it("name only tasks there are, and the same two commands as .ci/run", () => {
    const { tasks } = JSON.parse(Deno.readTextFileSync(join(root, "deno.json")));
    for (const path of documents()) {
      for (const { text } of shellLines(path)) {
        const name = task.exec(text)?.[1];
        assert(name === undefined || name in tasks, `${path}: there is no task ${name}`);
      }
    }
    const commands = Deno.readTextFileSync(join(root, ".ci", "run")).split("\n").filter((line) =>
      task.test(line)
    );
    const first = shellLines("README.md").slice(0, commands.length).map(({ text }) => text);
    assertEquals(first, commands);
  });

  it("link only to files there are", () => {
    for (const path of documents()) {
      const text = Deno.readTextFileSync(join(root, path));
      for (const [, target] of text.matchAll(/\]\(([^)#:]+)\)/g)) {
        assert(Deno.statSync(join(root, path, "..", target!)).isFile, `${path}: ${target}`);
      }
    }
  });
});
