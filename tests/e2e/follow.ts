import { gtWords } from "./program.ts";
import type { TestTown } from "./town_fixture.ts";

/** A call of gt that goes on until it is interrupted. */
export interface Following {
  /** What it has printed so far. */
  text(): string;
  /** Sends SIGINT and returns the exit code. */
  interrupt(): Promise<number>;
}

/** Starts gt and collects what it prints. */
export function follow(words: readonly string[], town: Pick<TestTown, "folder" | "env">): Following {
  const child = new Deno.Command(gtWords[0]!, {
    args: [...gtWords.slice(1), ...words],
    cwd: town.folder,
    env: town.env,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  const reading = (async () => {
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) text += chunk;
  })();
  return {
    text: () => text,
    async interrupt() {
      child.kill("SIGINT");
      await reading;
      return (await child.status).code;
    },
  };
}
