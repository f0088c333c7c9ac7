import * as v from "valibot";
import { durationPattern, parseDuration } from "../../lib/duration.ts";
import { namePattern, prefixPattern } from "../names.ts";
import { pricesCheckedOn } from "../costs/price_table.ts";

// The message of each rule names what is expected; `config_problems.ts` adds what was found and where.
const text = () => v.string("text");
const name = () => v.pipe(text(), v.regex(namePattern, "a name of a-z, 0-9 and -, beginning with a letter"));
const prefix = () =>
  v.pipe(text(), v.regex(prefixPattern, "a prefix of a-z, 0-9 and -, beginning with a letter"));
const line = () => v.pipe(text(), v.regex(/\S/, "text that is not empty"));

/** A duration of at least 1 ms in the file, milliseconds in the program. */
function duration(description: string) {
  const expected = "a duration such as 90s, 5m or 2h";
  return v.pipe(
    v.string(expected),
    v.regex(durationPattern, expected),
    v.description(description),
    v.transform((written) => parseDuration(written)!),
  );
}

/** A whole number from `least` on. */
function count(least: number, description: string) {
  const expected = `a whole number, ${least} or more`;
  return v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(least, expected),
    v.description(description),
  );
}

/** An amount of 0 or more. */
function amount(description: string) {
  const expected = "a number, 0 or more";
  return v.pipe(v.number(expected), v.minValue(0, expected), v.description(description));
}

const check = v.strictObject({
  name: v.pipe(line(), v.description("How reports call the check.")),
  run: v.pipe(
    line(),
    v.description("The command, run by sh -e in the refinery's worktree; exit code 0 means green."),
  ),
  timeout: v.exactOptional(
    duration("After how long the check counts as failed; `checks_timeout` by default."),
  ),
}, "a check with `name` and `run`");

const agent = v.strictObject({
  preset: v.exactOptional(
    v.pipe(text(), v.description("The built-in agent this one starts from: `gt agent list` names them.")),
  ),
  command: v.exactOptional(v.pipe(line(), v.description("The program, by name on PATH or by its path."))),
  args: v.exactOptional(
    v.pipe(v.array(text(), "a list of text"), v.description("Arguments before the prompt.")),
  ),
  prompt: v.exactOptional(
    v.pipe(
      v.picklist(["argument", "typed", "none"], '"argument", "typed" or "none"'),
      v.description(
        "How the first prompt reaches the agent: as its last argument, typed once it is ready, or not at all.",
      ),
    ),
  ),
  hooks: v.exactOptional(
    v.pipe(
      v.picklist(["claude-settings", "none"], '"claude-settings" or "none"'),
      v.description(
        "How the agent calls gt at its turn boundaries: by a settings file of Claude Code's kind, or not.",
      ),
    ),
  ),
  resume: v.exactOptional(
    v.pipe(
      text(),
      v.description("The flag that continues an earlier session, followed by the session's id."),
    ),
  ),
  continue: v.exactOptional(
    v.pipe(
      v.array(text(), "a list of words"),
      v.description(
        "For an agent that tells no ids: the words that go on with the last conversation of the folder it works in.",
      ),
    ),
  ),
  ready: v.exactOptional(
    v.pipe(
      text(),
      v.description(
        "For an agent without hooks: a regular expression its screen matches once it takes input.",
      ),
    ),
  ),
  input: v.exactOptional(
    v.pipe(
      text(),
      v.description(
        "For an agent without hooks: a regular expression of the line in which it takes input; its first group is what has been typed there.",
      ),
    ),
  ),
  env: v.exactOptional(
    v.pipe(
      v.record(text(), v.string("text (put numbers in quotes)"), "variables and their values"),
      v.description("Variables the agent runs with."),
    ),
  ),
}, "an agent's settings");

const rig = v.strictObject({
  url: v.pipe(
    line(),
    v.description("The repository's remote: a URL, or a folder, which may be relative to the town."),
  ),
  prefix: v.pipe(prefix(), v.description("What the ids of the rig's beads begin with: `cs` in `cs-login`.")),
  branch: v.optional(
    v.pipe(line(), v.description("The branch that work starts from and is merged into.")),
    "main",
  ),
  checks: v.optional(
    v.pipe(
      v.array(check, "a list of checks"),
      v.description("What must be green before anything is merged."),
    ),
    [],
  ),
  setup: v.optional(
    v.pipe(
      v.array(line(), "a list of commands"),
      v.description("Commands run once in every new worktree before the agent starts, such as `npm ci`."),
    ),
    [],
  ),
  merge: v.optional(
    v.pipe(
      v.picklist(["merge", "squash", "rebase"], '"merge", "squash" or "rebase"'),
      v.description(
        "How a branch lands: a merge commit, one squashed commit, or its commits on top of the target.",
      ),
    ),
    "merge",
  ),
  agent: v.exactOptional(
    v.pipe(text(), v.description("The agent of this rig's workers; the town's by default.")),
  ),
  molecule: v.exactOptional(
    v.pipe(
      text(),
      v.description(
        "The workflow a bead of this rig is worked by unless another is named; none for none. By default " +
          "worker-work as a suggestion: `gt done` closes what is left of its steps.",
      ),
    ),
  ),
  keep_branches: v.optional(
    v.pipe(
      v.boolean("true or false"),
      v.description("Leave a worker's branch on the remote after it has been merged."),
    ),
    false,
  ),
}, "a rig's settings");

const limits = v.strictObject({
  workers: v.optional(count(1, "How many workers run at once in the whole town."), 4),
  attempts: v.optional(count(1, "How often a bead is tried before it counts as failed."), 5),
  restarts: v.optional(count(0, "How often a session is restarted within one attempt."), 3),
  doorbells: v.optional(count(0, "How often an idle worker is nudged before its session is restarted."), 2),
  start_timeout: v.optional(
    duration("How long an agent may take from its start to its first sign of life."),
    "90s",
  ),
  idle_after: v.optional(
    duration("How long a worker may be idle with work on its hook before it is nudged."),
    "60s",
  ),
  stall_after: v.optional(
    duration("How long a worker may give no sign (hook, commit, output) before it counts as stalled."),
    "20m",
  ),
  retry_after: v.optional(
    duration("The wait before the first restart of a session; doubles with each, up to 5m."),
    "5s",
  ),
  setup_timeout: v.optional(duration("How long the setup commands of a worktree may take together."), "10m"),
  stop_grace: v.optional(duration("How long agents get to finish their turn at `gt shutdown`."), "10s"),
}, "limits");

const thresholds = {
  warn: v.exactOptional(amount("From so much on you are told.")),
  soft: v.exactOptional(amount("From so much on nothing new is begun; what is under way goes on.")),
  hard: v.exactOptional(amount("From so much on what is under way is stopped, until there is more room.")),
};

const budgets = v.strictObject({
  unit: v.optional(
    v.pipe(
      v.picklist(["usd", "tokens"], '"usd" or "tokens"'),
      v.description("What they are in: US dollars at list prices, or tokens but those read from a cache."),
    ),
    "usd",
  ),
  town: v.optional(
    v.pipe(
      v.strictObject({
        per: v.optional(
          v.pipe(
            v.picklist(["day", "month", "ever"], '"day", "month" or "ever"'),
            v.description("How long the town's budget is for."),
          ),
          "day",
        ),
        ...thresholds,
      }, "a budget"),
      v.description("What all agents together may use."),
    ),
    {},
  ),
  convoy: v.optional(
    v.pipe(
      v.strictObject(thresholds, "a budget"),
      v.description(
        "What the beads of each convoy may use together; a convoy's `metadata.budget` comes before it.",
      ),
    ),
    {},
  ),
  bead: v.optional(
    v.pipe(
      v.strictObject(thresholds, "a budget"),
      v.description("What each bead may use; its `metadata.budget` comes before it."),
    ),
    {},
  ),
}, "budgets");

const guard = v.strictObject({
  allow: v.optional(
    v.pipe(
      v.array(
        v.picklist(
          ["push", "force", "branches", "worktrees", "outside"],
          '"push", "force", "branches", "worktrees" or "outside"',
        ),
        "a list of rules",
      ),
      v.description(
        "What agents may do after all: push to the target, force-push, leave or delete branches, make or remove worktrees, change files outside of theirs.",
      ),
    ),
    [],
  ),
  writable: v.optional(
    v.pipe(
      v.array(
        v.pipe(text(), v.regex(/^[~/]/, "a folder that begins with / or ~")),
        "a list of folders",
      ),
      v.description("Folders outside of their worktree in which agents may change files."),
    ),
    [],
  ),
  deny: v.optional(
    v.pipe(
      v.array(
        v.strictObject({
          command: v.pipe(
            line(),
            v.description("A regular expression for the command, its words parted by single spaces."),
          ),
          reason: v.pipe(line(), v.description("What the agent is told: why not, and what to do instead.")),
        }, "a rule with `command` and `reason`"),
        "a list of rules",
      ),
      v.description("Commands of your own that agents may not run."),
    ),
    [],
  ),
}, "the guard's settings");

const coordinator = v.strictObject({
  agent: v.exactOptional(v.pipe(text(), v.description("The coordinator's agent; the town's by default."))),
}, "the coordinator's settings");

const sync = v.strictObject({
  remote: v.exactOptional(v.pipe(line(), v.description("The git remote the ledger is synchronised with."))),
  interval: v.optional(duration("How often the steward synchronises the ledger."), "5m"),
}, "settings of the synchronisation");

const price = v.strictObject({
  model: v.pipe(line(), v.description("What the model's name begins with; the longest that fits counts.")),
  from: v.exactOptional(
    v.pipe(
      text(),
      v.regex(/^\d{4}-\d{2}-\d{2}$/, "a day such as 2026-03-01, in quotes"),
      v.description("The day from which the price holds; always by default."),
    ),
  ),
  input: amount("US dollars for a million tokens that no cache had."),
  output: amount("US dollars for a million tokens of answers."),
  cache_read: v.exactOptional(
    amount("For a million tokens read from a cache; a tenth of `input` by default."),
  ),
  cache_write: v.exactOptional(
    amount("For a million tokens kept for five minutes; 1.25 times `input` by default."),
  ),
  cache_write_1h: v.exactOptional(amount("For a million tokens kept for an hour; twice `input` by default.")),
  long: v.exactOptional(amount("What all of it is multiplied by for requests of more than 100,000 tokens.")),
}, "a price with `model`, `input` and `output`");

/** The rules of town.yaml. The descriptions are its documentation: `gt config schema` prints them. */
export const townSchema = v.strictObject({
  town: v.pipe(line(), v.description("The town's name.")),
  prefix: v.optional(
    v.pipe(prefix(), v.description("What the ids of the town's own beads begin with: convoys, messages.")),
    "hq",
  ),
  agent: v.exactOptional(
    v.pipe(text(), v.description("The agent that does the work; `claude` by default where it is on PATH.")),
  ),
  agents: v.optional(
    v.pipe(
      v.record(name(), agent, "agents by name"),
      v.description("Agents of your own, and changes to the built-in ones."),
    ),
    {},
  ),
  coordinator: v.optional(v.pipe(coordinator, v.description("The session you talk to.")), {}),
  guard: v.optional(
    v.pipe(guard, v.description("What agents may not run, for those that ask before each command.")),
    {},
  ),
  limits: v.optional(v.pipe(limits, v.description("How much, how often and how long.")), {}),
  checks_timeout: v.optional(
    duration("After how long a check without a timeout of its own counts as failed."),
    "15m",
  ),
  budgets: v.optional(v.pipe(budgets, v.description("How much agents may use, and what happens then.")), {}),
  prices: v.optional(
    v.pipe(
      v.array(price, "a list of prices"),
      v.description(
        `What tokens cost; these come before the list prices that gt knows, which are of ${pricesCheckedOn}.`,
      ),
    ),
    [],
  ),
  sync: v.optional(v.pipe(sync, v.description("How the ledger reaches other machines.")), {}),
  rigs: v.optional(
    v.pipe(
      v.record(name(), rig, "rigs by name"),
      v.description("The repositories under management; `gt rig add` adds one."),
    ),
    {},
  ),
}, "the keys of a town");
