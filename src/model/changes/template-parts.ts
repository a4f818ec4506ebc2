/**
 * A part of a page that now shows more: a card, a row, a list's item. A page shows such a part once for each element, and
 * templates load what they show: Blade, ERB, HEEx, Twig, Jinja, Razor, Vue, Svelte.
 *
 *   views/components/card.blade.php      + <x-voices :instrument="$instrument" />
 */
import type { Change } from '#model/changes/change.ts';
import { diffLines } from '#model/changes/diff-lines.ts';
import { type Effect, effect, type Sides } from '#model/changes/effect.ts';

const PART =
  /(?:^|\/)(?:components?|partials?)\/[\w./-]{1,80}\.(?:blade\.php|erb|heex|haml|slim|twig|jinja2?|html?|vue|svelte|hbs|cshtml|razor|ejs|gohtml|leaf)$|(?:^|\/)(?:_[\w-]{1,60}|[\w-]{0,60}(?:card|row|item|tile|cell|entry|teaser|partial))\.(?:blade\.php|html\.(?:erb|heex|twig)|erb|heex|haml|slim|twig|jinja2?|html?|vue|svelte|hbs|cshtml|razor|ejs|gohtml|leaf)$/i;
/** What runs: a component, an expression, an inclusion. */
const DYNAMIC =
  /<x-[\w.-]|<livewire\b|\{\{|\{%|<%|@(?:include|each|foreach|component|livewire|await|inject|model)\b|(?:^|\s):[\w-]{1,40}="|="\$|\$\{|#\{|\{#(?:each|await)\b/m;

/** Whether the lines of a template run something. */
export function isDynamicPart(path: string, text: string): boolean {
  return PART.test(path) && DYNAMIC.test(text);
}

/** What a change puts into such a part: its effects; none where it puts nothing new that runs. */
export function partEffects(
  { files = [], diff }: Pick<Change, 'diff'> & Partial<Pick<Change, 'files'>>,
  { added, removed }: Sides,
): Effect[] {
  const named = diffLines(diff).flatMap(({ mark, text }) => (mark === 'file' ? [text] : []));
  const part = [...files, ...named].find((path) => isDynamicPart(path, added));
  if (part === undefined || isDynamicPart(part, removed)) return [];
  const name = part.split('/').at(-1) ?? part;
  return effect('calls-in-loop', `it puts more into ${name}, which a page shows once for each element`);
}
