/** What the name of a rig or an agent looks like; it becomes a folder and part of session names. */
export const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** What the prefix of ids looks like, without the `-` that ends it. */
export const prefixPattern = namePattern;

/** The agents this program knows without being told; `agents/presets.ts` says what they are. */
export const presetNames = [
  "claude",
  "codex",
  "gemini",
  "opencode",
  "cursor-agent",
  "copilot",
  "amp",
  "aider",
  "shell",
  "script",
] as const;

/** The name of a built-in agent. */
export type PresetName = typeof presetNames[number];

/** Whether a word names a built-in agent. */
export function isPreset(name: string): name is PresetName {
  return (presetNames as readonly string[]).includes(name);
}

/** Makes a prefix out of a name that none of `taken` is: `csm` stays, `web-app` becomes `wa`, then `webapp`, `wa2`. */
export function derivePrefix(name: string, taken: ReadonlySet<string>): string {
  const parts = name.split("-");
  const joined = parts.join("");
  const initials = parts.map((part) => part[0]).join("");
  const candidates = parts.length > 1 ? [initials, joined] : [joined.slice(0, 8), joined];
  for (const candidate of candidates) if (!taken.has(candidate)) return candidate;
  for (let n = 2;; n++) {
    const candidate = `${candidates[0]}${n}`;
    if (!taken.has(candidate)) return candidate;
  }
}
