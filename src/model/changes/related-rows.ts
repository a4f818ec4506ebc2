/**
 * Related rows that are read for each item of a loop: an ORM asks the database once for each of them.
 *
 *   json.pictures @album.pictures do |p|
 *     json.url p.url
 *   + json.faces p.faces.map(&:name)          ◄── a statement for each picture
 *   end
 */
import type { DiffLine } from '#model/changes/diff-lines.ts';
import { type Effect, effect } from '#model/changes/effect.ts';

/** How a language names the item of a loop, and how it reads rows that belong to it. */
const LANGUAGES: readonly Readonly<{ item: RegExp; reads: RegExp }>[] = [
  {
    // ActiveRecord and Sequel: Ruby, ERB, Slim, Haml, Jbuilder.
    item: /(?:\bdo|\{)\s{0,3}\|\s{0,3}([a-z_]\w{0,40})(?:\s{0,3},[^|\n]{1,60})?\|/,
    reads:
      /(?<![\w.])([a-z_]\w{0,40})\.([a-z_]\w{1,60})\.(?:map|each\w{0,12}|count|size|any\?|none\?|first|last|pluck|sum|where|order|to_a|ids|exists\?)(?![\w?])/,
  },
  {
    // Django and Tortoise: Python and templates.
    item: /\bfor\s{1,3}([a-z_]\w{0,40})(?:\s{0,2},\s{0,2}\w{1,40})?\s{1,3}in\b/,
    reads:
      /(?<![\w.])([a-z_]\w{0,40})\.([a-z_]\w{1,60})\.(?:all|count|first|last|exists|order_by|aggregate)\b(?!\s{0,2}=)/,
  },
  {
    // Eloquent and Doctrine: PHP, Blade.
    item: /\bforeach\s{0,3}\([^\n]{1,200}\bas\s{1,3}(?:\$\w{1,40}\s{0,3}=>\s{0,3})?\$(\w{1,40})\s{0,3}\)/,
    reads:
      /\$(\w{1,40})->(\w{2,60})(?:\(\))?->(?:map|pluck|count|first|last|sum|each|isEmpty|isNotEmpty|implode|toArray|get)\(/,
  },
  {
    // Entity Framework with lazy loading, NHibernate: C#, Razor.
    item: /\bforeach\s{0,3}\(\s{0,3}(?:var|[A-Z]\w{1,60})\s{1,3}([a-z_]\w{0,40})\s{1,3}in\b/,
    reads:
      /(?<![\w.])([a-z_]\w{0,40})\.([A-Z]\w{1,60})\.(?:Select|Count|Any|Sum|First|Last|Where|OrderBy|ToList)\w{0,12}\(/,
  },
];

export function relatedRows(lines: readonly DiffLine[]): Effect[] {
  const [found = ''] = LANGUAGES.flatMap((language) => readInLoops(lines, language));
  return effect('eager-gone', found && `it reads ${found} for each item of a loop`);
}

type Loop = Readonly<{ name: string; indent: number }>;

function readInLoops(lines: readonly DiffLine[], { item, reads }: (typeof LANGUAGES)[number]): readonly string[] {
  let open: readonly Loop[] = [];
  return lines
    .filter(({ mark, text }) => mark !== '-' && text !== '' && text !== '{')
    .flatMap((line) => {
      open = [...stillOpen(open, line), ...loopsIn(line, item)];
      const [, of = '', relation = ''] = line.mark === '+' ? (reads.exec(line.text) ?? []) : [];
      return open.some(({ name }) => name === of) ? [`${of}.${relation}`] : [];
    });
}

function stillOpen(open: readonly Loop[], { mark, indent }: DiffLine): readonly Loop[] {
  return mark === 'place' || mark === 'file' ? [] : open.filter((one) => indent > one.indent);
}

function loopsIn({ text, indent }: DiffLine, item: RegExp): readonly Loop[] {
  const [, name] = item.exec(text) ?? [];
  return name === undefined ? [] : [{ name, indent }];
}
