import { askTmux, type Tmux, troubleOf } from "./tmux.ts";
import type { SessionList, SessionRow, SessionTags } from "./session.ts";

/** The town comes last: a path may contain the separator. */
const format = [
  "#{session_name}",
  "#{pane_id}",
  "#{@gt_pane}",
  "#{pane_pid}",
  "#{pane_dead}",
  "#{session_attached}",
  "#{session_created}",
  "#{window_activity}",
  "#{@gt_role}",
  "#{@gt_rig}",
  "#{@gt_bead}",
  "#{@gt_attempt}",
  "#{@gt_town}",
].join("|");

/** Lists the sessions of the server. */
export async function listSessions(tmux: Tmux): Promise<SessionList> {
  const finished = await askTmux(tmux, ["list-panes", "-a", "-F", format]);
  if (finished.code === 0) return { kind: "sessions", sessions: parseSessions(finished.stdout) };
  const trouble = troubleOf(finished);
  return trouble.kind === "absent" ? { kind: "sessions", sessions: [] } : trouble;
}

/** Reads the rows of `tmux list-panes -a`: of each session, the pane it was made with. */
export function parseSessions(text: string): SessionRow[] {
  const rows = new Map<string, SessionRow>();
  for (const line of text.split("\n").filter(Boolean)) {
    const { row, isOwn } = parseRow(line.split("|"));
    const known = rows.get(row.name);
    if (isOwn) rows.set(row.name, row);
    else if (known === undefined) rows.set(row.name, { ...row, pid: undefined, dead: true });
  }
  return [...rows.values()];
}

function parseRow(fields: readonly string[]): { row: SessionRow; isOwn: boolean } {
  const [name = "", pane = "", own = "", pid = "", dead = "", attached = "", created = "", active = ""] =
    fields;
  const row: SessionRow = {
    name,
    tags: parseTags(fields.slice(8)),
    pane: own || pane,
    pid: Number(pid),
    dead: dead === "1",
    attached: Number(attached),
    createdAt: Number(created) * 1000,
    activeAt: Number(active) * 1000,
  };
  return { row, isOwn: own === "" || own === pane };
}

function parseTags(fields: readonly string[]): Partial<SessionTags> {
  const [role = "", rig = "", bead = "", attempt = "", ...town] = fields;
  return {
    ...(role ? { role } : {}),
    ...(rig ? { rig } : {}),
    ...(bead ? { bead } : {}),
    ...(attempt ? { attempt: Number(attempt) } : {}),
    ...(town.join("|") ? { town: town.join("|") } : {}),
  };
}

/** Looks up one session by its name. */
export async function sessionByName(
  tmux: Tmux,
  name: string,
): Promise<
  { kind: "found"; session: SessionRow } | { kind: "absent" } | { kind: "unknown"; reason: string }
> {
  const list = await listSessions(tmux);
  if (list.kind === "unknown") return list;
  const session = list.kind === "sessions" ? list.sessions.find((row) => row.name === name) : undefined;
  return session ? { kind: "found", session } : { kind: "absent" };
}
