/** A shell that completion scripts are made for. */
export type CompletionShell = "bash" | "zsh" | "fish";

/** The script that makes a shell ask `<name> complete` for what could stand at the cursor. */
export function completionScript(name: string, shell: CompletionShell): string {
  return { bash, zsh, fish }[shell].trim().replaceAll("@NAME@", name);
}

/** Bash breaks words at `=` and `:`; the answer must leave out what stands before the break. */
const bash = String.raw`
_@NAME@_complete() {
  local IFS=$'\n' line word="\${COMP_WORDS[COMP_CWORD]}" files=
  [[ $word == "=" ]] && word=
  COMPREPLY=()
  while read -r line; do
    if [[ $line == ":files" ]]; then files=1; else COMPREPLY+=("\${line%%$'\t'*}"); fi
  done < <(@NAME@ complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    while read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$word")
  fi
}
complete -F _@NAME@_complete @NAME@
`.replaceAll("\\$", "$");

const zsh = String.raw`
#compdef @NAME@
_@NAME@() {
  local line files= flag=
  local -a values described
  [[ $PREFIX == --*=* ]] && flag="\${PREFIX%%=*}="
  while IFS= read -r line; do
    if [[ $line == ":files" ]]; then files=1; continue; fi
    values+=("$flag\${line%%$'\t'*}")
    described+=("\${line/$'\t'/  -- }")
  done < <(@NAME@ complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( $#values )) && compadd -l -d described -a values
  if [[ -n $files ]]; then
    [[ -n $flag ]] && compset -P '*='
    _files
  fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _@NAME@ "$@"; else compdef _@NAME@ @NAME@; fi
`.replaceAll("\\$", "$");

const fish = String.raw`
function __@NAME@_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l flag (string match -r -- '^--[^=]+=' "$current")
    for line in (@NAME@ complete -- $words[2..-1] "$current" 2>/dev/null)
        if test "$line" = ":files"
            for path in (__fish_complete_path (string replace -r -- '^--[^=]+=' '' "$current"))
                echo "$flag$path"
            end
        else
            echo "$flag$line"
        end
    end
end
complete -c @NAME@ -f -a '(__@NAME@_complete)'
`;
