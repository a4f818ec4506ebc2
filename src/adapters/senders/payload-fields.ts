/**
 * All values of a body by their names and by the objects that hold them, for a reader that does not know the sender.
 * Lists of names and values, tags, texts with JSON in them and lines such as `Service: cart` are values with names too.
 */

export type Field = Readonly<{
  /** In small letters without separators: `starts_at` and `startsAt` are `startsat`. */
  name: string;
  /** The names of the objects that hold it, outermost first. */
  holders: readonly string[];
  value: string;
  kind: 'text' | 'number' | 'flag' | 'null';
  /** It stood in a text, in a tag or in a list of names, and not in a field of its own. */
  isWritten: boolean;
}>;

/** An alert has a few hundred values; deeper and longer bodies are no alerts. */
const MOST_FIELDS = 3_000;
const MAX_DEPTH = 14;
const LONGEST_TEXT = 20_000;
const LONGEST_JSON = 200_000;

export function fieldsIn(body: unknown): readonly Field[] {
  const fields: Field[] = [];
  visit(body, { name: '', holders: [], depth: 0, isWritten: false }, fields);
  return fields;
}

type Place = Readonly<{ name: string; holders: readonly string[]; depth: number; isWritten: boolean }>;

function visit(value: unknown, place: Place, fields: Field[]): void {
  if (fields.length >= MOST_FIELDS || place.depth > MAX_DEPTH) return;
  if (Array.isArray(value)) visitList(value, place, fields);
  else if (isRecord(value)) visitRecord(value, place, fields);
  else if (typeof value === 'string') visitText(value, place, fields);
  else if (typeof value === 'number') add(fields, place, `${value}`, 'number');
  else if (typeof value === 'boolean') add(fields, place, `${value}`, 'flag');
  else if (value === null) add(fields, place, '', 'null');
}

function visitList(list: readonly unknown[], place: Place, fields: Field[]): void {
  for (const one of list) {
    const [name, value, ...more]: readonly unknown[] = Array.isArray(one) ? one : [];
    if (typeof name === 'string' && typeof value === 'string' && more.length === 0)
      addNamed(fields, place, name, value);
    else visit(one, { ...place, depth: place.depth + 1 }, fields);
  }
}

/** How lists name the name and the value of an entry. */
const NAME_OF = [
  'name',
  'key',
  'label',
  'title',
  'field',
  'tag',
  'tagKey',
  'fieldName',
  'displayName',
  'id',
  'k',
] as const;
const VALUE_OF = ['value', 'val', 'values', 'tagValue', 'fieldValue', 'literal', 'content', 'text', 'v'] as const;

function visitRecord(record: Readonly<Record<string, unknown>>, place: Place, fields: Field[]): void {
  const small = new Map(Object.entries(record).map(([name, value]) => [lettersOf(name), value]));
  const name = NAME_OF.map((one) => small.get(lettersOf(one))).find((one) => typeof one === 'string' && one !== '');
  const value = VALUE_OF.map((one) => small.get(lettersOf(one))).find((one) => one !== undefined && one !== null);
  if (typeof name === 'string' && value !== undefined && small.size <= 6) {
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof first !== 'object') addNamed(fields, place, name, `${first}`);
  }
  const kind = ['type', 'kind', 'entityType', 'resourceType'].map((one) => small.get(lettersOf(one)));
  if (typeof name === 'string' && kind.some((one) => one === 'service' || one === 'SERVICE' || one === 'Service')) {
    addNamed(fields, place, 'service', name);
  }
  // AppOptics lists what violates a condition under the name of its source.
  if (place.name === 'violations') {
    for (const source of Object.keys(record).slice(0, 1)) addNamed(fields, place, 'host', source);
  }
  const inside = place.name === '' ? place.holders : [...place.holders, place.name];
  for (const [written, inner] of Object.entries(record).slice(0, MOST_FIELDS)) {
    const { last, before } = nameParts(written);
    visit(
      inner,
      { name: last, holders: [...inside, ...before], depth: place.depth + 1, isWritten: place.isWritten },
      fields,
    );
  }
}

/** `INCIDENT.STATE` and `service.name` are names in an object; `app.kubernetes.io/name` is the application. */
function nameParts(written: string): Readonly<{ last: string; before: readonly string[] }> {
  const name = written.slice(0, 200);
  if (/kubernetes\.io\/(?:name|instance)$/.test(name)) return { last: 'app', before: [] };
  const parts = name.split(/[./[\]]/).filter((part) => lettersOf(part) !== '');
  return { last: lettersOf(parts.at(-1) ?? name), before: parts.slice(0, -1).map(lettersOf) };
}

export function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Names of fields whose text holds other names. */
const TAGGED = /tag|label|scope|dimension|facet|filter|group|attribute|metadata|selector|series|instance|context/;

function visitText(text: string, place: Place, fields: Field[]): void {
  const inner = jsonInside(text);
  if (inner !== undefined) {
    visit(inner, { ...place, depth: place.depth + 1 }, fields);
    return;
  }
  add(fields, place, text, 'text');
  const shown = text.slice(0, LONGEST_TEXT);
  if (TAGGED.test(place.name)) for (const tag of shown.split(/[,;|\n]/)) addTag(fields, place, tag);
  if (shown.includes('\n') || /^[A-Z][\w ]{1,30}:\s/.test(shown)) {
    for (const line of shown.split(/\n|<br ?\/?>/).slice(0, 200)) addLine(fields, place, line);
  }
  for (const [, braced = ''] of shown.slice(0, 2_000).matchAll(/\{([^{}]{3,500})\}/g)) {
    for (const tag of braced.split(',')) addTag(fields, place, tag);
  }
}

/** A body within a text: as JSON, or as JSON in base64. */
function jsonInside(text: string): unknown {
  const trimmed = text.length > LONGEST_JSON ? '' : text.trim();
  if (/^[[{]/.test(trimmed)) return parsedOrNot(trimmed);
  if (trimmed.length >= 20 && /^(?:eyJ|ey[IA]|W3s|WyJ)/.test(trimmed) && !trimmed.includes('.')) {
    const decoded = Buffer.from(trimmed, 'base64').toString('utf8');
    return /^[[{]/.test(decoded) ? parsedOrNot(decoded) : undefined;
  }
  return undefined;
}

function parsedOrNot(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const TAG = /^[\s"'*-]{0,5}([A-Za-z_][\w.\-/ ]{0,80}?)"?\s{0,2}(?:=~?|:)\s{0,2}["'`]?([^"'`]{1,300}?)["'`]?\s{0,3}$/;

function addTag(fields: Field[], place: Place, tag: string): void {
  const [, name = '', value = ''] = TAG.exec(tag.slice(0, 400).trim()) ?? [];
  if (name !== '' && !value.startsWith('//')) addNamed(fields, place, name, value);
}

/** `Service: cart`, `*Service:* cart`, `Service = cart`, `- service: cart` */
const LINE =
  /^[\s•*·>-]{0,6}([\p{L}][\p{L}\p{N} _.-]{0,40}?)\s{0,2}[*_`]{0,2}(?:[:：=])[*_`]{0,2}\s{0,4}[*_`"]{0,2}(\S[^\n]{0,400}?)[*_`"]{0,2}\s{0,4}$/u;

function addLine(fields: Field[], place: Place, line: string): void {
  const bare = line.replaceAll(/<[^<>]{0,300}>/g, ' ').trim();
  const [, name = '', value = ''] = LINE.exec(bare.slice(0, 500)) ?? [];
  if (name !== '' && !value.startsWith('//')) addNamed(fields, place, name, value);
}

function addNamed(fields: Field[], place: Place, name: string, value: string): void {
  const { last, before } = nameParts(name);
  const holders = place.name === '' ? place.holders : [...place.holders, place.name];
  add(fields, { ...place, name: last, holders: [...holders, ...before], isWritten: true }, value, 'text');
}

/** No value: also a variable of a template that its sender did not fill in. */
const NOTHING =
  /^(?:null|undefined|n\/a|none|\*?unknown\*?|\$\{?[A-Za-z_][\w.]{0,60}\}?|\{{1,2}[ \w.$]{1,60}\}{1,2}|\$[A-Z_.]{2,60}\$|%[A-Z_]{2,60}%|##[A-Z_.]{2,60}##)?$/i;

function add(fields: Field[], { name, holders, isWritten }: Place, value: string, kind: Field['kind']): void {
  if (fields.length >= MOST_FIELDS) return;
  const text = value.slice(0, LONGEST_TEXT).trim();
  const isEmpty = NOTHING.test(text);
  fields.push({ name, holders, value: isEmpty ? '' : text, kind: isEmpty ? 'null' : kind, isWritten });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
