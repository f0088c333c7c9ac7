/** Variables about repositories and users that a caller may have set on purpose; all other `GIT_` ones are dropped. */
const kept = [
  /^GIT_CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)$/,
  /^GIT_(SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|PROXY_COMMAND|ALLOW_PROTOCOL|EXEC_PATH)$/,
  /^GIT_(SSL|HTTP|TRACE|CURL|AUTHOR|COMMITTER)(_|$)/,
];

/**
 * The environment for git: no prompt, plain English messages, and none of the variables that point at a repository.
 *
 * A hook of git hands those on (`GIT_DIR`, `GIT_INDEX_FILE`), and they would silently move every command elsewhere.
 */
export function gitEnvironment(
  variables: Readonly<Record<string, string>>,
  options: { read?: boolean } = {},
): Record<string, string> {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) {
    if (name.startsWith("GIT_") && !kept.some((pattern) => pattern.test(name))) continue;
    clean[name] = value;
  }
  clean.LC_ALL = "C";
  clean.GIT_TERMINAL_PROMPT = "0";
  clean.GIT_EDITOR = "true";
  if (options.read) clean.GIT_OPTIONAL_LOCKS = "0";
  return clean;
}
