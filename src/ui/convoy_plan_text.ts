import { printable } from "../lib/printable.ts";
import type { Style } from "../lib/style.ts";
import type { ConvoyApplied, ConvoyStep } from "../town/convoys/convoy_apply.ts";
import type { WaveBead } from "../work/convoy_waves.ts";

/** What applying a file changes, a line each. */
export function changeLines(style: Style, steps: readonly ConvoyStep[]): string[] {
  return steps.map(({ kind, id, what }) =>
    `${style.green("+")} ${kind.replace("-", " ")} ${style.bold(printable(id))} ${style.dim(printable(what))}`
  );
}

/** What stays although the file does not say so, and how it goes. */
export function stayingLines({ unnamed, unnamedDeps }: ConvoyApplied): string[] {
  return [
    ...unnamed.map((id) => `${id} is in the convoy, but not in the file; it stays`),
    ...unnamedDeps.map(({ bead, on }) =>
      `${bead} waits for ${on}, which the file does not say; that stays until bd dep remove ${bead} ${on}`
    ),
  ];
}

/** The waves of a convoy, a line for each bead. */
export function waveLines(style: Style, waves: readonly (readonly WaveBead[])[]): string[] {
  return waves.flatMap((beads, number) => [
    style.bold(`Wave ${number + 1}`),
    ...beads.map(({ id, title, rig, agent, molecule, after, waits_for: outside }) => {
      const place = [rig, agent, molecule].filter((word) => word !== undefined).join(", ");
      const waits = [...after, ...outside];
      const remarks = [
        ...(place === "" ? [] : [place]),
        ...(waits.length === 0 ? [] : [`after ${waits.join(", ")}`]),
      ];
      const said = remarks.length === 0 ? "" : `  ${style.dim(printable(remarks.join("; ")))}`;
      return `  ${style.cyan(printable(id))} ${printable(title)}${said}`;
    }),
  ]);
}
