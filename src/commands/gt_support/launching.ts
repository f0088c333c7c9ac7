import type { Output } from "../../cli/command.ts";
import type { WaveBead } from "../../work/convoy_waves.ts";
import { convoyWaves } from "../../work/convoy_waves.ts";
import { assertLaunchable, launchConvoy, type LaunchOrder, planLaunch } from "../../work/launch_convoy.ts";
import type { WorkDeps } from "../../work/sling.ts";
import { applyConvoy } from "../../town/convoys/convoy_apply.ts";
import type { ConvoyFile } from "../../town/convoys/convoy_schema.ts";
import { quoteWords } from "../../lib/quote_words.ts";
import { readDesired } from "../../town/desired.ts";
import { waveLines } from "../../ui/convoy_plan_text.ts";

/** What launching a convoy came to, as JSON gives it. */
export interface Launched {
  /** Ids of the beads that were slung now. */
  slung: readonly string[];
  /** Those that are not closed, in waves. */
  waves: readonly (readonly WaveBead[])[];
}

/** Slings what nobody has of a convoy, and prints in which waves it will be done. */
export async function launchAndPrint(
  { ports, town, out }: WorkDeps & { out: Output },
  order: LaunchOrder,
): Promise<Launched> {
  const slung = await launchConvoy({ ports, town }, order);
  const { view } = town.ledger;
  const waves = convoyWaves(view, { convoy: view.beadByKey(order.convoy)!, config: await town.config() });
  out.line(slung.length === 0 ? "Every bead of it is slung or closed already" : `Slung: ${slung.join(", ")}`);
  if (slung.length > 0 && waves.length > 1) {
    for (const line of waveLines(out.style, waves)) {
      out.line(line);
    }
  }
  if (readDesired(ports, town.paths) === "down") {
    out.note("The town is down; the work waits until it is up: gt start");
  }
  return { slung, waves };
}

/**
 * Finds out whether a file could be launched once it is applied, and keeps nothing of that.
 *
 * @throws {CommandError} as applying and launching it would.
 */
export async function assertFileLaunchable(
  { ports, town }: WorkDeps,
  { file, path, order }: { file: ConvoyFile; path: string; order: Omit<LaunchOrder, "convoy"> },
): Promise<void> {
  const config = await town.config();
  let plan: ReturnType<typeof planLaunch> | undefined;
  applyConvoy(town.ledger, {
    file,
    actor: order.by,
    random: ports.random,
    dryRun: true,
    seen: (view, { key }) => {
      plan = planLaunch(view, { order: { ...order, convoy: key }, config, word: quoteWords([path]) });
    },
  });
  await assertLaunchable({ ports, town }, plan!);
}
