/**
 * A terminal program without hooks, as agents are: it takes lines, and after each is in a turn for a while, may ask
 * something, and may find half a line in its input that a person typed. Writes down what it was sent, and what harmed it.
 *
 * Arguments: `tui` (its input line always shows) or `lines`, a seed, and the file to write to.
 *
 * @module
 */

const [kind, seed, log] = Deno.args as [string, string, string];
const encoder = new TextEncoder();
let state = Number(seed);
let input = "";
let mode: "turn" | "question" | "half-typed" | "idle" = "turn";
let lost = 0;
let taken = 0;

function chance(of: number): number {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return Math.floor(state / 65_536) % of;
}

function note(word: string, text: string): void {
  Deno.writeTextFileSync(log, `${word} ${text}\n`, { append: true });
}

/** Draws everything anew; a program of lines has no input line while it works. */
function draw(sign = ""): void {
  const rows = [`● ${taken} answers so far`, ""];
  if (mode === "question") rows.push("Do you want to proceed?", "❯ 1. Yes", "  2. No");
  else if (mode !== "turn") rows.push(`❯ ${input}`);
  else if (kind === "tui") rows.push(`✻ Working (${sign})`, "❯ ");
  else rows.push(`✻ Working (${sign})`);
  Deno.stdout.writeSync(encoder.encode(`\x1b[2J\x1b[H${rows.join("\r\n")}`));
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function turn(): Promise<void> {
  mode = "turn";
  // Some ask the moment they have taken a line: nobody ever sees their input empty after it.
  if (taken > 0 && chance(2) === 0) await stand("question");
  mode = "turn";
  const saysHow = chance(2) === 0;
  for (let tick = chance(8); tick >= 0; tick--) {
    draw(saysHow ? "esc to interrupt" : `${tick} to go`);
    await wait(100);
  }
  if (chance(3) === 0) await stand("question");
  if (chance(3) === 0) await stand("half-typed");
  [mode, input, lost] = ["idle", "", chance(3)];
  draw();
}

/** Shows something that must not be typed over, long enough to be taken for a rest. */
async function stand(what: "question" | "half-typed"): Promise<void> {
  mode = what;
  input = what === "half-typed" ? "please look at" : "";
  draw();
  await wait(1_500);
}

function key(letter: string): void {
  if (mode !== "idle") return note("harm", `"${letter}" in mode ${mode}`);
  if (letter !== "\r" && letter !== "\n") input += letter;
  else if (lost > 0) lost--;
  else {
    note("sent", input);
    input = "";
    taken++;
    turn();
    return;
  }
  draw();
}

Deno.stdin.setRaw(true);
await turn();
const decoder = new TextDecoder();
for await (const chunk of Deno.stdin.readable) {
  for (const letter of decoder.decode(chunk)) key(letter);
}
