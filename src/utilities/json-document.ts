/**
 * A JSON document as written: members in their order, repeated ones included, numbers with every digit. `JSON.parse`
 * rounds `9007199254740993`, puts `"10"` before `"b"`, and reports the position of a mistake only as an offset.
 * Nothing here recurses over the input. A document nested deeper than any that people write is refused, so that code
 * may recurse over the tree.
 */

export type JsonNode = Readonly<
  | { kind: 'object'; members: readonly JsonMember[] }
  | { kind: 'array'; items: readonly JsonNode[] }
  | { kind: 'string'; text: string }
  /** The original digits. */
  | { kind: 'number'; text: string }
  | { kind: 'word'; text: 'true' | 'false' | 'null' }
>;

export type JsonMember = Readonly<{ name: string; value: JsonNode }>;

/** The position where a text stops being JSON. Lines and columns count from 1, columns in UTF-16 units. */
export type JsonMistake = Readonly<{ offset: number; line: number; column: number; expected: string; found: string }>;

export type ReadJson = Readonly<{ documents: readonly JsonNode[] } | { mistake: JsonMistake }>;

/** A deeper document is an attack, or comes from a program in a loop. */
const MOST_DEEP = 500;

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])/y;
const WORD = /(?:true|false|null)(?!\w)/y;
/** Quotes, escapes, and no control characters. */
const INSIDE = String.raw`[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*`;
const STRING = new RegExp(`"${INSIDE}"`, 'y');
const STRING_BEGUN = new RegExp(`"${INSIDE}`, 'y');

/** All documents of a text, one after another: a single one, or JSON lines. An empty text is a mistake at its end. */
export function readJson(text: string): ReadJson {
  const reader = openReader(text);
  const documents: JsonNode[] = [];
  while (documents.length === 0 || !reader.isAtEnd()) {
    const read = reader.document();
    if (typeof read === 'string') return { mistake: mistakeAt(text, reader.at(), read) };
    documents.push(read);
  }
  return { documents };
}

/** The way to a node: names of members and indexes of items. */
export type Place = readonly (string | number)[];

/** `$.error.context['active connections'][0]`: RFC 9535's notation, short where a name allows it. */
export function pathText(place: Place): string {
  return place.reduce<string>((path, step) => path + stepText(step), '$');
}

export function stepText(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`;
  return /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `[${quotedName(step)}]`;
}

/** Undefined where there is no such node. Of repeated members the last one counts, as for every parser. */
export function nodeAt(document: JsonNode, place: Place): JsonNode | undefined {
  let node: JsonNode | undefined = document;
  for (const step of place) {
    if (node?.kind === 'object') node = node.members.findLast(({ name }) => name === `${step}`)?.value;
    else node = node?.kind === 'array' && /^(?:0|[1-9]\d*)$/.test(`${step}`) ? node.items[Number(step)] : undefined;
  }
  return node;
}

/** Every node with its place, in the order in which they stand, parents first. */
export function* nodesIn(document: JsonNode): Generator<Readonly<{ place: Place; node: JsonNode }>> {
  const open: { place: Place; node: JsonNode }[] = [{ place: [], node: document }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    const { place, node } = next;
    if (node.kind === 'object') {
      for (const { name, value } of [...node.members].reverse()) open.push({ place: [...place, name], node: value });
    } else if (node.kind === 'array') {
      for (let index = node.items.length - 1; index >= 0; index -= 1) {
        open.push({ place: [...place, index], node: node.items[index] as JsonNode });
      }
    }
  }
}

/**
 * The document with every scalar replaced by `change`, which gets the name of its member (for an array's item, the
 * array's name). Members keep their order.
 */
export function withScalars(document: JsonNode, change: (node: Scalar, name: string) => JsonNode, name = ''): JsonNode {
  // Bounded by the depth that the reader allows.
  switch (document.kind) {
    case 'object':
      return {
        kind: 'object',
        members: document.members.map(({ name: own, value }) => ({
          name: own,
          value: withScalars(value, change, own),
        })),
      };
    case 'array':
      return { kind: 'array', items: document.items.map((item) => withScalars(item, change, name)) };
    default:
      return change(document, name);
  }
}

export type Scalar = Extract<JsonNode, { kind: 'string' | 'number' | 'word' }>;

/** By name, in the order of their UTF-16 units, in every object. */
export function withSortedMembers(document: JsonNode): JsonNode {
  if (document.kind === 'array') return { kind: 'array', items: document.items.map(withSortedMembers) };
  if (document.kind !== 'object') return document;
  const members = document.members.map(({ name, value }) => ({ name, value: withSortedMembers(value) }));
  return { kind: 'object', members: members.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)) };
}

/** Two spaces a level; on one line without `indented`. Ends without a new line. */
export function writeJson(document: JsonNode, { indented }: Readonly<{ indented: boolean }>): string {
  const parts: string[] = [];
  const newLine = (depth: number) => (indented ? `\n${'  '.repeat(depth)}` : '');
  type Open = { text: string } | { node: JsonNode; depth: number };
  const open: Open[] = [{ node: document, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if ('text' in next) parts.push(next.text);
    else for (const piece of piecesOf(next.node, next.depth, newLine).reverse()) open.push(piece);
  }
  return parts.join('');

  function piecesOf(node: JsonNode, depth: number, line: typeof newLine): Open[] {
    if (node.kind !== 'object' && node.kind !== 'array') return [{ text: scalarText(node) }];
    const [left, right] = node.kind === 'object' ? ['{', '}'] : ['[', ']'];
    const inner: readonly Readonly<{ before: string; value: JsonNode }>[] =
      node.kind === 'object'
        ? node.members.map(({ name, value }) => ({ before: `${quoted(name)}:${indented ? ' ' : ''}`, value }))
        : node.items.map((value) => ({ before: '', value }));
    if (inner.length === 0) return [{ text: `${left}${right}` }];
    return [
      { text: left },
      ...inner.flatMap(({ before, value }, index): Open[] => [
        { text: `${index === 0 ? '' : ','}${line(depth + 1)}${before}` },
        { node: value, depth: depth + 1 },
      ]),
      { text: `${line(depth)}${right}` },
    ];
  }
}

/** As JSON writes it. What a terminal would act upon or not show is escaped, which means the same to every parser. */
export function scalarText(node: Scalar): string {
  return node.kind === 'string' ? quoted(node.text) : node.text;
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(UNSEEN, (char) =>
    Array.from({ length: char.length }, (_, unit) => `\\u${char.charCodeAt(unit).toString(16).padStart(4, '0')}`).join(
      '',
    ),
  );
}

const UNSEEN = /[\u007f-\u009f]|\p{Cf}|[\u2028\u2029]/gu;

/** In single quotes, as RFC 9535 writes names. */
export function quotedName(name: string): string {
  return `'${quoted(name).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

type Frame = { object: JsonMember[]; name: string } | { array: JsonNode[] };

function openReader(text: string) {
  let at = 0;
  const skip = () => {
    SPACE.lastIndex = at;
    SPACE.test(text);
    at = SPACE.lastIndex;
  };
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  if (text.startsWith('\ufeff')) at = 1;

  /** A scalar, or what was expected instead. */
  function scalar(): Scalar | string {
    const string = take(STRING);
    if (string !== undefined) return { kind: 'string', text: JSON.parse(string) };
    if (text[at] === '"') return unfinishedString();
    const number = take(NUMBER);
    if (number !== undefined) return { kind: 'number', text: number };
    const word = take(WORD);
    if (word !== undefined) return { kind: 'word', text: word as 'true' };
    return 'a value';
  }

  /** The place inside the string, and not its beginning, is where to look. */
  function unfinishedString(): string {
    take(STRING_BEGUN);
    return text[at] === '\\' ? 'an escape such as \\n or \\u0041' : 'the end of the string';
  }

  /** The name of a member and its colon. */
  function name(): Readonly<{ name: string }> | string {
    skip();
    const string = take(STRING);
    if (string === undefined) return text[at] === '"' ? unfinishedString() : 'a name in double quotes';
    skip();
    if (text[at] !== ':') return 'a colon';
    at += 1;
    return { name: JSON.parse(string) };
  }

  function document(): JsonNode | string {
    const frames: Frame[] = [];
    for (;;) {
      skip();
      let value: JsonNode | string | undefined = opened(frames);
      if (value === undefined) continue;
      if (value === '') value = scalar();
      if (typeof value === 'string') return value;
      const ended = closed(frames, value);
      if (ended !== undefined) return ended;
    }
  }

  /** Undefined: a frame was opened and its first value follows. '': here stands a scalar. */
  function opened(frames: Frame[]): JsonNode | string | undefined {
    const sign = text[at];
    if (sign !== '{' && sign !== '[') return '';
    if (frames.length >= MOST_DEEP) return `no more than ${MOST_DEEP} levels`;
    at += 1;
    skip();
    if (sign === '[') {
      if (text[at] !== ']') {
        frames.push({ array: [] });
        return undefined;
      }
      at += 1;
      return { kind: 'array', items: [] };
    }
    if (text[at] === '}') {
      at += 1;
      return { kind: 'object', members: [] };
    }
    const first = name();
    if (typeof first === 'string') return first;
    frames.push({ object: [], name: first.name });
    return undefined;
  }

  /** Puts a value into its frame and ends what ends there. The document, a mistake, or undefined: another value follows. */
  function closed(frames: Frame[], value: JsonNode): JsonNode | string | undefined {
    let done = value;
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      add(frame, done);
      skip();
      if (text[at] === ',') return followed(frame);
      const end = 'array' in frame ? ']' : '}';
      if (text[at] !== end) return `a comma or ${end}`;
      at += 1;
      frames.pop();
      done = nodeOf(frame);
    }
    return done;
  }

  function followed(frame: Frame): string | undefined {
    at += 1;
    if ('array' in frame) return undefined;
    const next = name();
    if (typeof next === 'string') return next;
    frame.name = next.name;
    return undefined;
  }

  return {
    document,
    at: () => at,
    isAtEnd() {
      skip();
      return at >= text.length;
    },
  };
}

function add(frame: Frame, value: JsonNode): void {
  if ('array' in frame) frame.array.push(value);
  else frame.object.push({ name: frame.name, value });
}

function nodeOf(frame: Frame): JsonNode {
  return 'array' in frame ? { kind: 'array', items: frame.array } : { kind: 'object', members: frame.object };
}

/** A person sees what stands there; a whole line would be too much, and may hold a secret. */
function mistakeAt(text: string, offset: number, expected: string): JsonMistake {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  const char = text.codePointAt(offset);
  const found = char === undefined ? 'the end' : JSON.stringify(String.fromCodePoint(char));
  return { offset, line, column: offset - start + 1, expected, found };
}
