import { join } from "node:path";
import { type Document, isMap, isScalar, parseDocument, Scalar } from "yaml";
import { CommandError } from "../../lib/errors.ts";
import { waitForLock } from "../../ports/lock.ts";
import type { Ports } from "../../ports/ports.ts";
import type { TownPaths } from "../paths.ts";
import type { TownConfig } from "./config.ts";
import { parseConfig } from "./read_config.ts";

/** The steps to a value of town.yaml: names of keys, positions in lists. */
export type ConfigPath = readonly (string | number)[];

/** The ports that editing needs. */
export type EditPorts = Pick<Ports, "clock" | "files">;

/** A town.yaml that is being changed. */
export interface ConfigEdit {
  set(path: ConfigPath, value: unknown): void;
  /** Removes a key; says whether it was there. */
  remove(path: ConfigPath): boolean;
}

/**
 * Changes town.yaml and keeps its comments and order: one writer at a time, checked before it is written, all or
 * nothing. Returns whether the text is now another one.
 *
 * @throws {CommandError} `config_invalid` when the result, or what was there before, is not valid.
 */
export async function editConfig(
  ports: EditPorts,
  options: {
    paths: TownPaths;
    change: (edit: ConfigEdit) => void;
    /** Throws when what is valid by itself cannot be used. */
    check?: (config: TownConfig) => Promise<void>;
  },
): Promise<boolean> {
  const { config: path, locks } = options.paths;
  const lock = await waitForLock(ports.clock, { file: join(locks, "config.lock") });
  if (!lock) {
    throw new CommandError("refused", `Cannot change "${path}": another process is changing it`, {
      code: "config_busy",
      hints: ["Try again in a moment"],
    });
  }
  try {
    const before = ports.files.readText(path) ?? "";
    const document = parseDocument(before);
    if (document.errors.length > 0) await parseConfig(before, path);
    options.change(editOf(document));
    const after = document.toString({ lineWidth: 0 });
    const config = await parseConfig(after, path);
    await options.check?.(config);
    if (after === before) return false;
    ports.files.writeText(path, after, { flush: true });
    return true;
  } finally {
    lock.release();
  }
}

function editOf(document: Document): ConfigEdit {
  return {
    set(path, value) {
      openMaps(document, path);
      const old = document.getIn(path, true);
      if (isScalar(old) && (typeof value !== "object" || value === null)) {
        if (old.value === value) return;
        // A text keeps the quotation marks it had only while it stays a text.
        if (typeof value !== typeof old.value) delete old.type;
        old.value = value;
      } else document.setIn(path, document.createNode(value));
    },
    remove(path) {
      return document.deleteIn(path);
    },
  };
}

/** Turns the `{}` and the nothing that stand on the way to a value into maps with a line for each key. */
function openMaps(document: Document, path: ConfigPath): void {
  for (let depth = 0; depth < path.length; depth++) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    if (isMap(node) && node.flow && node.items.length === 0) node.flow = false;
    if (!isScalar(node) || node.value !== null) continue;
    const map = document.createNode({});
    if (node instanceof Scalar && node.comment) map.comment = node.comment;
    if (depth === 0) document.contents = map;
    else document.setIn(path.slice(0, depth), map);
  }
}
