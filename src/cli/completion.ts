/**
 * `spanhound completion bash`: a script that completes verbs and options in a shell. It is made from the verbs
 * themselves and runs nothing of this program, so that a key press never waits. Files complete as usual.
 */
import type { Command, Option } from 'commander';
import type { Call, Shell } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { openOutput } from '#cli/output.ts';

type Verb = Readonly<{
  /** With its second word, if it has one: `audit verify`. */
  path: string;
  summary: string;
  options: readonly Option[];
  /** What may stand behind it: its second words, or the choices of its argument. */
  words: readonly string[];
}>;

export async function completion(call: Call, shell: Shell, program: Command): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const script = completionScript(program, shell);
  await output.write(output.form === 'json' ? `${JSON.stringify({ shell, script })}\n` : script);
  return EXIT.done;
}

function completionScript(program: Command, shell: Shell): string {
  const name = program.name();
  const verbs = verbsOf(program);
  if (shell === 'fish') return fishScript(name, verbs);
  return shell === 'zsh'
    ? `autoload -U +X compinit bashcompinit && compinit && bashcompinit\n${bashScript(name, verbs)}`
    : bashScript(name, verbs);
}

/** The program itself is the first, with an empty path. */
function verbsOf(command: Command, path = ''): Verb[] {
  const inner = command.commands.map((child) => ({ child, path: `${path} ${child.name()}`.trim() }));
  const own: Verb = {
    path,
    summary: command.description(),
    options: command.createHelp().visibleOptions(command),
    words: [
      ...command.commands.map((child) => child.name()),
      ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
    ],
  };
  return [own, ...inner.flatMap(({ child, path: below }) => verbsOf(child, below))];
}

/**
 * Finds the verb among the words before the cursor. After an option with choices it offers these, after a dash the
 * verb's options, else the verb's words. Where nothing fits, `-o default` completes files.
 */
function bashScript(name: string, verbs: readonly Verb[]): string {
  const list = (of: string, offered: readonly string[]) => `    '${of}') echo '${offered.join(' ')}' ;;`;
  const words = verbs.flatMap(({ path, words }) => (words.length === 0 ? [] : [list(path, words)]));
  const options = verbs.map(({ path, options }) =>
    list(
      path,
      options.flatMap(({ long }) => long ?? []),
    ),
  );
  const choices = verbs.flatMap(({ path, options }) =>
    options
      .filter(({ argChoices }) => argChoices !== undefined)
      .map(({ long, argChoices = [] }) => list(`${path} ${long}`, argChoices)),
  );
  const paths = verbs.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`]));
  return `_${name}_words() {
  case "$1" in
${words.join('\n')}
  esac
}
_${name}_options() {
  case "$1" in
${options.join('\n')}
  esac
}
_${name}_choices() {
  case "$1" in
${choices.join('\n')}
  esac
}
_${name}() {
  local verb='' word next at
  for ((at = 1; at < COMP_CWORD; at += 1)); do
    word="\${COMP_WORDS[at]}"
    next="$verb $word"
    case "\${next# }" in
      ${paths.join(' | ')}) verb="\${next# }" ;;
    esac
  done
  word="\${COMP_WORDS[COMP_CWORD]}"
  local offered
  offered="$(_${name}_choices "$verb \${COMP_WORDS[COMP_CWORD - 1]}")"
  case "$offered$word" in
    -*) offered="$(_${name}_options "$verb")" ;;
    "$word") offered="$(_${name}_words "$verb")" ;;
  esac
  COMPREPLY=($(compgen -W "$offered" -- "$word"))
}
complete -o bashdefault -o default -F _${name} ${name}
`;
}

function fishScript(name: string, verbs: readonly Verb[]): string {
  const lines = verbs.flatMap(({ path, options, words }) => {
    const [verb = '', second = ''] = path.split(' ');
    const isHere =
      path === ''
        ? '__fish_use_subcommand'
        : `__fish_seen_subcommand_from ${verb}${second === '' ? '' : `; and __fish_seen_subcommand_from ${second}`}`;
    const inner = words.map((word) => {
      const summary = verbs.find((other) => other.path === `${path} ${word}`.trim())?.summary ?? '';
      return `complete -c ${name} -f -n '${isHere}' -a '${word}'${summary === '' ? '' : ` -d ${quoted(summary)}`}`;
    });
    const own = options.map((option) => {
      const form = [option.long && `-l ${option.long.slice(2)}`, option.short && `-s ${option.short.slice(1)}`];
      const value = option.argChoices === undefined ? '' : ` -x -a ${quoted(option.argChoices.join(' '))}`;
      const takes = value === '' && (option.required || option.optional) ? ' -r' : '';
      return `complete -c ${name} -n '${isHere}' ${form.filter(Boolean).join(' ')}${takes}${value} -d ${quoted(option.description)}`;
    });
    return [...inner, ...own];
  });
  return `${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
