/** Numbers that a diff replaces: time-outs, sizes, counts. */
import type { DiffLine } from '#model/changes/diff-lines.ts';
import { codeWords } from '#model/text/code-words.ts';

/**
 * A number that replaces another one, with the words of its line and of the blocks around it. Times in milliseconds,
 * sizes in bytes, CPUs in cores.
 */
export type Limit = Readonly<{ before: number; after: number; words: readonly string[]; text: string }>;

const UNITS: Readonly<Record<string, number>> = {
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  nanosecond: 1e-6,
  microsecond: 1e-3,
  millisecond: 1,
  ms: 1,
  second: 1_000,
  sec: 1_000,
  s: 1_000,
  minute: 60_000,
  min: 60_000,
  m: 60_000,
  hour: 3_600_000,
  h: 3_600_000,
  day: 86_400_000,
};
/** A number in a name is no quantity: `mariadb-11-4`. */
const QUANTITY =
  /(?<![\w.#]|[A-Za-z]-(?:\d{1,6}-){0,3})(\d{1,12}(?:\.\d{1,6})?)\s{0,2}(?:\*\s{0,2}(?:time\.|TimeUnit\.)?)?(nanosecond|microsecond|millisecond|second|minute|hour|day|ms|sec|min|[kmg](?:i|b|ib)|s|m|h|k|g)?(?:s)?(?!\w|\.\d)/gi;

/** `400m` is 0.4 of a CPU, 400 MB of memory, or 400 minutes. */
const OF_CPU: Readonly<Record<string, number>> = { m: 1e-3 };
const OF_MEMORY: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** Every number of a text, in the units of `Limit`. */
export function quantitiesIn(text: string): number[] {
  const units = {
    ...UNITS,
    ...(/cpu/i.test(text) && OF_CPU),
    ...(/mem|heap|buffer|shm|_dict\b|zone=/i.test(text) && OF_MEMORY),
  };
  return Array.from(
    text.replaceAll(/(?<=\d)_(?=\d)/g, '').matchAll(QUANTITY),
    ([, number, unit = '']) => Number(number) * (units[unit.toLowerCase().replace('ib', 'i')] ?? 1),
  );
}

/** `-Xms1g -Xmx2g` → `-min heap 1g`, `-max heap 2g`: each option of a JVM is a limit of its own. */
function withJvmNames(text: string): string[] {
  if (!/-X(?:m[xsn]|X:\w)/.test(text)) return [text];
  return text
    .split(/\s(?=-[XD])/)
    .map((option) => option.replace(/-Xmx(?=\d)/, '-max heap ').replace(/-X(?:ms|mn)(?=\d)/, '-min heap '));
}

/** The name and the entries of a map in one line. */
const IN_MAP = /^([^{}]{0,80}\{)([^{}]*)\}/;

/**
 * `limits: { cpu: 500m, memory: 1Gi }` → `limits: { cpu: 500m` and `limits: { memory: 1Gi`: `m` means one thing of a CPU
 * and another thing of a memory.
 */
function withResources(text: string): string[] {
  const [, name = '', entries = ''] = IN_MAP.exec(text) ?? [];
  const isOfBoth = /\bcpu\b/i.test(entries) && /\bmem(?:ory)?\b/i.test(entries);
  return isOfBoth ? entries.split(',').map((entry) => `${name}${entry}`) : [text];
}

/** Half of the words are equal: it is the same line. */
const ALIKE = 0.5;
/** In a longer hunk too much moves to pair lines. */
const MOST_PAIRED = 100;

/** Pairs each removed line with the most similar added line of the same hunk. */
export function limitsIn(lines: readonly DiffLine[]): Limit[] {
  const limits: Limit[] = [];
  const parts = partsOf(lines.filter(({ text }) => text !== ''));
  for (const { added, removed } of parts) {
    if (added.length + removed.length > MOST_PAIRED) continue;
    const numbered = added.map(({ text, around }) => {
      return { text, around, words: new Set(nameWords(text)), quantities: quantitiesIn(text) };
    });
    for (const { text } of removed) limits.push(...limitOf(text, numbered));
  }
  return limits;
}

/** `around`: the first lines of the blocks that hold it. */
type Placed = Readonly<{ text: string; around: string }>;

function partsOf(lines: readonly DiffLine[]): readonly Readonly<{ added: Placed[]; removed: Placed[] }>[] {
  const parts: { added: Placed[]; removed: Placed[] }[] = [{ added: [], removed: [] }];
  let blocks: DiffLine[] = [];
  let naming: DiffLine | undefined;
  for (const line of lines) {
    const { mark, indent } = line;
    if (mark === 'place' || mark === 'file') {
      parts.push({ added: [], removed: [] });
      blocks = [];
      naming = undefined;
      continue;
    }
    naming = namingAt(line, naming);
    blocks = blocks.filter((block) => block.indent < indent).slice(-MOST_BLOCKS);
    const around = [...blocks, ...namesOf(line, naming)].map(({ text }) => text).join('\n');
    const own = withJvmNames(line.text)
      .flatMap(withResources)
      .map((text) => ({ text, around }));
    if (mark === '+') parts.at(-1)?.added.push(...own);
    else if (mark === '-') parts.at(-1)?.removed.push(...own);
    blocks.push(line);
  }
  return parts;
}

/** A value whose name stands on a line of its own: `name = "max_connections"` in Terraform, CloudFormation, Helm. */
const ONLY_VALUE = /^["']?(?:parameter_?)?value["']?\s{0,3}[:=]/i;
const ONLY_NAME = /^(?:-\s{1,3})?["']?(?:(?:parameter|setting|option|config)_?)?(?:name|key)["']?\s{0,3}[:=]/i;

/** The last line with a name at the depth of this line or outside of it. */
function namingAt(line: DiffLine, before: DiffLine | undefined): DiffLine | undefined {
  if (ONLY_NAME.test(line.text)) return line;
  return before === undefined || line.indent < before.indent ? undefined : before;
}

function namesOf({ text, indent }: DiffLine, naming: DiffLine | undefined): readonly DiffLine[] {
  return naming?.indent === indent && ONLY_VALUE.test(text) ? [naming] : [];
}

/** Further out, a block is the whole file. */
const MOST_BLOCKS = 2;

type Numbered = Placed & Readonly<{ words: ReadonlySet<string>; quantities: readonly number[] }>;

function limitOf(before: string, added: readonly Numbered[]): Limit[] {
  const was = quantitiesIn(before);
  if (was.length === 0 || /#[\da-f]{3,8}\b/i.test(before)) return [];
  const words = new Set(nameWords(before));
  let best: Numbered | undefined;
  let most = ALIKE;
  const options: Limit[] = [];
  for (const line of added) {
    const shared = [...line.words].filter((word) => words.has(word)).length;
    const alike = shared / Math.max(1, line.words.size + words.size - shared);
    if (alike < most) continue;
    if (line.quantities.length !== was.length) {
      options.push(...optionsOf(before, line));
      continue;
    }
    best = line;
    most = alike;
  }
  const at = was.findIndex((value, place) => value !== best?.quantities[place]);
  if (best === undefined || at < 0) return options;
  const named = [...codeWords(best.text), ...codeWords(best.around)];
  return [{ before: was[at] ?? 0, after: best.quantities[at] ?? 0, words: named, text: best.text }];
}

/** The options of a URL, a connection string or a command: `?maxPoolSize=50&w=1`, `--threads=8`. */
const OPTION = /([A-Za-z][\w.-]{2,60})=(\d{1,9}[a-zA-Z]{0,2})(?![\w.])/g;

/** With an option more or less, a number belongs to its name and not to its place in the line. */
function optionsOf(before: string, { text, around }: Placed): Limit[] {
  const optionsIn = (line: string) =>
    new Map(Array.from(line.matchAll(OPTION), ([, name = '', value = '']) => [name, quantitiesIn(value)[0] ?? 0]));
  const were = optionsIn(before);
  return [...optionsIn(text)].flatMap(([name, after]): Limit[] => {
    const was = were.get(name);
    if (was === undefined || was === after) return [];
    return [{ before: was, after, words: [...codeWords(name), ...codeWords(around)], text: `${name}=${after}` }];
  });
}

/** Every name, including common ones, without units where there are others: `minute: 60` has no other name. */
function nameWords(text: string): string[] {
  const all = text.match(/(?<!\w)[A-Za-z_]\w+/g) ?? [];
  const names = all.filter((name) => !/^(?:time|nano|micro|milli)?(?:seconds?|minutes?|hours?|ms)$/i.test(name));
  return names.length > 0 ? names : all;
}
