// `perfts completion bash|zsh`: a script for the shell, which asks `perfts --complete SHELL WORD…` what may come next. What may come is in the
// commands' tables; yargs would take a tenth of a second for each key.

import { PerftsError } from '../bytes/errors.ts';
import type { Command } from './command.ts';
import type { Output } from './output.ts';

const SHELLS = ['bash', 'zsh'] as const;
type Shell = (typeof SHELLS)[number];

export const completion: Command = {
  name: 'completion',
  positional: 'shell',
  summary: 'A script that completes command lines of perfts, for bash or zsh',
  options: {},
  examples: [
    ['completion bash', 'for ~/.bashrc, or: eval "$(perfts completion bash)"'],
    ['completion zsh', 'for a file _perfts in one of the folders of $fpath'],
  ],
  run: async (given, out) => {
    const named = given.positional[0] ?? (process.env['SHELL']?.endsWith('zsh') === true ? 'zsh' : 'bash');
    const shell = SHELLS.find((name) => name === named);
    if (shell === undefined) throw new PerftsError('PERFTS_USAGE', `completion knows ${SHELLS.join(' and ')}, not '${named}'`);
    out.write(SCRIPTS[shell]);
    return 0;
  },
};

/** Answers a shell: `words` are SHELL and those behind `perfts`, the last one is being typed. */
export async function complete([shell, ...words]: readonly string[], out: Output): Promise<number> {
  const { completions } = await import('./completions.ts');
  // bash takes `--sort=comm` for three words, and puts what is chosen in place of the last one.
  const whole = shell === 'bash' ? joined(words) : [...words];
  const typed = words.at(-1) ?? '';
  const kept = shell === 'bash' ? (whole.at(-1) ?? '').length - (typed === '=' || typed === ':' ? 0 : typed.length) : 0;
  const { kind, words: found } = completions(whole);
  out.write(`${kind}\n`);
  for (const word of found) out.write(`${word.slice(kept)}\n`);
  return 0;
}

function joined(words: readonly string[]): string[] {
  const whole: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const isPart = (words[i] === '=' || words[i] === ':') && whole.length > 0;
    if (!isPart) whole.push(words[i]!);
    else whole.push(`${whole.pop()!}${words[i]!}${words[++i] ?? ''}`);
  }
  return whole;
}

/** The first line of an answer says what its words are: `words`, `parts` (more may follow without a blank), `files` or `folders`, which the shell lists itself. */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# perfts completion bash
_perfts() {
  local IFS=$'\\n' cur="\${COMP_WORDS[COMP_CWORD]}" kind
  local -a answer
  answer=($(perfts --complete bash "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  kind="\${answer[0]}"
  [[ $cur == [=:] ]] && cur=
  case $kind in
    files) compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur")) ;;
    folders) compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur")) ;;
    parts) compopt -o nospace; COMPREPLY=("\${answer[@]:1}") ;;
    *) COMPREPLY=("\${answer[@]:1}") ;;
  esac
}
complete -F _perfts perfts
`,
  zsh: `#compdef perfts
# perfts completion zsh
_perfts() {
  local kind
  local -a answer
  answer=("\${(@f)$(perfts --complete zsh "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  kind="\${answer[1]}"
  answer=("\${(@)answer[2,-1]}")
  case $kind in
    files) compset -P '--*='; _files ;;
    folders) compset -P '--*='; _files -/ ;;
    parts) compadd -Q -S '' -- $answer ;;
    *) compadd -Q -- $answer ;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _perfts "$@"; else compdef _perfts perfts; fi
`,
};
