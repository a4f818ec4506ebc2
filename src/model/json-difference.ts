/**
 * What differs between two JSON documents, by path. Members are matched by name; items of a list by the member that
 * names them (`id`, `name` …) where every item has one of its own, else by their position between what both lists
 * begin and end with.
 */
import { type JsonNode, quotedName, scalarText, stepText, writeJson } from '#model/json-document.ts';

export type Difference = Readonly<{
  /** A JSONPath: `$.items[?@.id == 7].price`. */
  path: string;
  /** Of the member that holds the value; of an item, the list's. */
  name: string;
}> &
  Readonly<
    | { kind: 'added'; after: JsonNode }
    | { kind: 'removed'; before: JsonNode }
    | { kind: 'changed'; before: JsonNode; after: JsonNode }
  >;

type At = Pick<Difference, 'path' | 'name'>;

/** In the order of the first document; what only the second has stands behind what both have. */
export function differencesBetween(before: JsonNode, after: JsonNode, at: At = WHOLE): readonly Difference[] {
  // Bounded by the depth that `readJson` allows.
  if (before.kind === 'object' && after.kind === 'object') return betweenObjects(before, after, at);
  if (before.kind === 'array' && after.kind === 'array') return betweenLists(before.items, after.items, at);
  return sameNode(before, after) ? [] : [{ kind: 'changed', ...at, before, after }];
}

const WHOLE: At = { path: '$', name: '' };

type ObjectNode = Extract<JsonNode, { kind: 'object' }>;
type Keyed = ReadonlyMap<string, Readonly<{ step: string; name: string; node: JsonNode }>>;

function betweenObjects(before: ObjectNode, after: ObjectNode, at: At): readonly Difference[] {
  return betweenKeyed(membersOf(before), membersOf(after), at);
}

/** Of members that stand twice the last, as every parser takes it. */
function membersOf({ members }: ObjectNode): Keyed {
  return new Map(members.map(({ name, value }) => [name, { step: stepText(name), name, node: value }]));
}

function betweenKeyed(before: Keyed, after: Keyed, at: At): readonly Difference[] {
  const differences: Difference[] = [];
  const below = ({ step, name }: { step: string; name: string }): At => ({ path: at.path + step, name });
  for (const [key, item] of before) {
    const other = after.get(key);
    if (other === undefined) differences.push({ kind: 'removed', ...below(item), before: item.node });
    else for (const difference of differencesBetween(item.node, other.node, below(item))) differences.push(difference);
  }
  for (const [key, item] of after) {
    if (!before.has(key)) differences.push({ kind: 'added', ...below(item), after: item.node });
  }
  return differences;
}

function betweenLists(before: readonly JsonNode[], after: readonly JsonNode[], at: At): readonly Difference[] {
  const key = namingMember(before, after);
  if (key !== undefined) {
    return betweenKeyed(itemsBy(key, before, at.name), itemsBy(key, after, at.name), at);
  }

  const [left, right] = [before.map(canonical), after.map(canonical)];
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < shorter - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  const numbered = (items: readonly JsonNode[]): Keyed =>
    new Map(
      items
        .slice(start, items.length - end)
        .map((node, index) => [`${index}`, { step: stepText(start + index), name: at.name, node }]),
    );
  return betweenKeyed(numbered(before), numbered(after), at);
}

/** The first that every item of both lists has, each with a value of its own. */
const NAMING = ['id', 'uid', 'uuid', 'key', 'spanId', 'spanID', 'span_id', 'traceId', 'traceID', 'trace_id', 'name'];

function namingMember(before: readonly JsonNode[], after: readonly JsonNode[]): string | undefined {
  if (before.length === 0 || after.length === 0) return undefined;
  return NAMING.find((name) => [before, after].every((items) => itemsBy(name, items, '').size === items.length));
}

function itemsBy(member: string, items: readonly JsonNode[], name: string): Keyed {
  const named = new Map<string, { step: string; name: string; node: JsonNode }>();
  for (const node of items) {
    const value = node.kind === 'object' ? node.members.findLast((one) => one.name === member)?.value : undefined;
    if (value?.kind !== 'string' && value?.kind !== 'number') continue;
    const said = value.kind === 'string' ? quotedName(value.text) : value.text;
    named.set(scalarText(value), { step: `[?@.${member} == ${said}]`, name, node });
  }
  return named;
}

/** `1.0` and `1` are the same number, `1.10` and `1.1` too; digits beyond what a double holds are compared as they stand. */
function sameNode(a: JsonNode, b: JsonNode): boolean {
  if (a.kind === 'number' && b.kind === 'number') return a.text === b.text || sameNumber(a.text, b.text);
  return a.kind === b.kind && canonical(a) === canonical(b);
}

const EXACT_DIGITS = 15;

function sameNumber(a: string, b: string): boolean {
  const isExact = (text: string) => text.replace(/\D/g, '').length <= EXACT_DIGITS;
  return isExact(a) && isExact(b) && Number(a) === Number(b);
}

function canonical(node: JsonNode): string {
  return writeJson(node, { indented: false });
}
