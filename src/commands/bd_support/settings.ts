import type { BeadKey, View } from "../../ledger/ledger.ts";
import { SETTINGS_KEY } from "../../ledger/operation.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Json } from "../../lib/json.ts";

/** The one name of a setting that older tools know by another. */
export function settingName(text: string): string {
  const name = text.trim();
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
    throw new CommandError(
      "usage",
      `Cannot use setting "${text}": a name has letters, digits, dots and dashes`,
      {
        code: "bad_setting",
      },
    );
  }
  return name === "issue_prefix" || name === "issue-prefix" ? "prefix" : name;
}

/** A value as the setting takes it. @throws {CommandError} `bad_prefix`. */
export function settingValue(name: string, text: string): string {
  if (name !== "prefix") return text;
  const prefix = text.toLowerCase().replace(/-$/, "");
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(prefix)) return prefix;
  throw new CommandError("usage", `Cannot use prefix "${text}": it needs letters, digits and single dashes`, {
    code: "bad_prefix",
    hints: ["bd config set prefix cs"],
  });
}

/** Every setting that has a value, by name. */
export function allSettings(view: View): Record<string, Json> {
  const names = new Set<string>();
  for (const { f } of view.history(SETTINGS_KEY as BeadKey)) {
    for (const name of Object.keys((f.set ?? {}) as Record<string, Json>)) names.add(name);
  }
  const settings: Record<string, Json> = {};
  for (const name of [...names].sort()) {
    const value = view.setting(name);
    if (value !== undefined) settings[name] = value;
  }
  return settings;
}
