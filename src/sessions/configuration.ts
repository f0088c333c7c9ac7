/** Names of the sessions that the keys jump to. */
export interface JumpNames {
  /** Session of the coordinator: `gt-coordinator`. */
  coordinator: string;
  /** What comes before the rig's name: `gt-witness-`. */
  witness: string;
  /** What comes before the rig's name: `gt-refinery-`. */
  refinery: string;
}

/**
 * The configuration of a town's tmux server; nothing is taken from the user's own.
 *
 * The status line starts no process: an idle town stays idle. `rigs` are the names of the town's rigs.
 */
export function tmuxConfiguration(options: { names: JumpNames; rigs: readonly string[] }): string {
  const { names, rigs } = options;
  return [
    ...settings,
    "# Ctrl-a (Ctrl-b works too), then g, then c, w or r: coordinator, witness, refinery.",
    "set -g prefix C-a",
    "set -g prefix2 C-b",
    "bind C-a send-prefix",
    "bind C-b send-prefix -2",
    "bind g switch-client -T gt",
    `bind -T gt c switch-client -t ${quote(`=${names.coordinator}`)}`,
    `bind -T gt w ${jump(names.witness, rigs)}`,
    `bind -T gt r ${jump(names.refinery, rigs)}`,
    "",
  ].join("\n");
}

const settings = [
  "set -s escape-time 10",
  "set -s exit-empty on",
  "set -s focus-events on",
  "set -s set-clipboard on",
  "set -as terminal-features ',*:RGB'",
  "set -g default-terminal screen-256color",
  "set -g update-environment ''",
  "set -g default-size 200x50",
  "set -g history-limit 20000",
  "set -g mouse on",
  "set -g base-index 0",
  "set -g pane-base-index 0",
  "set -g remain-on-exit off",
  "set -g detach-on-destroy off",
  "set -g destroy-unattached off",
  "set -g allow-rename off",
  "set -g automatic-rename off",
  "set -g renumber-windows off",
  "set -g status on",
  "set -g status-interval 60",
  "set -g status-style 'bg=colour236,fg=colour250'",
  "set -g status-left-length 60",
  "set -g status-left '#[bold] #{session_name} #[nobold]#{?@gt_bead,#{@gt_bead} ,}'",
  "set -g status-right '#{?client_prefix,PREFIX ,}%H:%M '",
  "set -g window-status-format ''",
  "set -g window-status-current-format ''",
];

/** The session's own rig first; else the only rig there is; else a list to choose from. */
function jump(prefix: string, rigs: readonly string[]): string {
  const own = `run-shell -C "switch-client -t '=${prefix}#{@gt_rig}'"`;
  const [only, ...more] = rigs;
  const other = only !== undefined && more.length === 0
    ? `switch-client -t '=${prefix}${only}'`
    : `choose-tree -Zs -f '#{m:${prefix}*,#{session_name}}'`;
  return `if-shell -F '#{@gt_rig}' { ${own} } { ${other} }`;
}

function quote(word: string): string {
  return `'${word}'`;
}
