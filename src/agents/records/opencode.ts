import { join } from "node:path";
import { askDatabase } from "../../ports/foreign_database.ts";
import type { TranscriptEvent } from "../transcript.ts";
import { countOf, objectOf, recordLine } from "./record_line.ts";
import type { ClientRecords } from "./client_records.ts";

/** Of opencode: the tables `session` and `message` of `opencode.db`; times there are ms since the epoch. */
export const opencodeRecords: ClientRecords = {
  home(variables) {
    const home = variables("HOME");
    const share = variables("XDG_DATA_HOME") ??
      (home === undefined ? undefined : join(home, ".local", "share"));
    return share === undefined ? undefined : join(share, "opencode");
  },
  find(_files, { home, cwd, since }) {
    const transcript = join(home, "opencode.db");
    const sql =
      "SELECT id, time_created, time_updated FROM session WHERE directory = ? AND parent_id IS NULL AND time_updated >= ? ORDER BY time_updated DESC";
    return askDatabase(transcript, { sql, values: [cwd, since] }).map((row) => ({
      ...{ id: String(row.id), transcript },
      ...{ startedAt: Number(row.time_created), changedAt: Number(row.time_updated) },
    }));
  },
  hasAnswer: (_files, { id, transcript }) =>
    opencodeEvents({ id, transcript }).some(({ kind }) => kind === "tokens"),
};

/** Everything that was said in a conversation of opencode, by its subagents too. @throws {Error} when it cannot be read. */
export function opencodeEvents({ id, transcript }: { id: string; transcript: string }): TranscriptEvent[] {
  const sql =
    "SELECT m.id, m.time_created, m.data, m.session_id FROM message m JOIN session s ON s.id = m.session_id WHERE s.id = ?1 OR s.parent_id = ?1 ORDER BY m.time_created";
  return askDatabase(transcript, { sql, values: [id] }).flatMap((row): TranscriptEvent[] => {
    const data = recordLine(String(row.data));
    const at = Number(row.time_created);
    if (data?.role === "user") return row.session_id === id ? [{ at, kind: "turn" }] : [];
    const tokens = objectOf(data?.tokens);
    const cache = objectOf(tokens?.cache);
    if (data?.role !== "assistant" || !tokens || countOf(tokens.input) + countOf(tokens.output) === 0) {
      return [];
    }
    return [{
      ...{ at, kind: "tokens", message: String(row.id) },
      model: typeof data.modelID === "string" ? data.modelID : "unknown",
      tokens: {
        input: countOf(tokens.input),
        output: countOf(tokens.output) + countOf(tokens.reasoning),
        cache_read: countOf(cache?.read),
        cache_write: countOf(cache?.write),
        cache_write_1h: 0,
      },
    }];
  });
}
