/** Variables that say who the caller is; a server that inherited them would tell every session that it is the same. */
const personal =
  /^(TMUX|TMUX_PANE|STY|WINDOW|COLUMNS|LINES|CLAUDECODE|CLAUDE_CODE_ENTRYPOINT|GT_(TOWN|ROLE|RIG|WORKER|BEAD|ATTEMPT|AGENT|ACTOR|SESSION|CREW)|GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR|OBJECT_DIRECTORY|CONFIG_PARAMETERS))$/;

/** The environment for tmux: the caller's without what belongs to the caller's own session or repository. */
export function sessionEnvironment(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !personal.test(name)));
}
