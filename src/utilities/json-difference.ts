/**
 * The differences between two JSON documents, by path. Members are matched by name; items of a list by their
 * identifying member (`id`, `name` …) where every item has its own, else by their position between the common beginning
 * and end of both lists.
 */

import { TELLS_NOTHING, type Telling, tellingOf } from '#model/redaction/json-secrets.ts';
import { type JsonNode, quotedName, scalarText, stepText, writeJson } from '#utilities/json-document.ts';

export type Difference = Readonly<{
  /** A JSONPath: `$.items[?@.id == 7].price`. */
  path: string;
  /** The name of the value's member; for an item, the list's. */
  name: string;
  /** Decides whether the values are secret. */
  telling: Telling;
}> &
  Readonly<
    | { kind: 'added'; after: JsonNode }
    | { kind: 'removed'; before: JsonNode }
    | { kind: 'changed'; before: JsonNode; after: JsonNode }
  >;

type At = Pick<Difference, 'path' | 'name' | 'telling'>;

/** In the order of the first document; additions of the second come after the common members. */
export function differencesBetween(before: JsonNode, after: JsonNode, at: At = WHOLE): readonly Difference[] {
  // Bounded by the depth that `readJson` allows.
  if (before.kind === 'object' && after.kind === 'object') return betweenObjects(before, after, at);
  if (before.kind === 'array' && after.kind === 'array') return betweenLists(before.items, after.items, at);
  return sameNode(before, after) ? [] : [{ kind: 'changed', ...at, before, after }];
}

const WHOLE: At = { path: '$', name: '', telling: TELLS_NOTHING };

type ObjectNode = Extract<JsonNode, { kind: 'object' }>;
type Item = Readonly<{ step: string; name: string; telling: Telling; node: JsonNode }>;
type Keyed = ReadonlyMap<string, Item>;

function betweenObjects(before: ObjectNode, after: ObjectNode, at: At): readonly Difference[] {
  return betweenKeyed(membersOf(before, at), membersOf(after, at), at);
}

/** Of repeated members the last one counts, as for every parser. */
function membersOf({ members }: ObjectNode, at: At): Keyed {
  const telling = tellingOf(members, at.telling);
  return new Map(
    members.map(({ name, value }) => [name, { step: stepText(name), name, telling: telling(name), node: value }]),
  );
}

function betweenKeyed(before: Keyed, after: Keyed, at: At): readonly Difference[] {
  const differences: Difference[] = [];
  const below = ({ step, name, telling }: Item): At => ({ path: at.path + step, name, telling });
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
    return betweenKeyed(itemsBy(key, before, at), itemsBy(key, after, at), at);
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
        .map((node, index) => [
          `${index}`,
          { step: stepText(start + index), name: at.name, telling: at.telling, node },
        ]),
    );
  return betweenKeyed(numbered(before), numbered(after), at);
}

/** The first that every item of both lists has, each with a value of its own. */
const NAMING = ['id', 'uid', 'uuid', 'key', 'spanId', 'spanID', 'span_id', 'traceId', 'traceID', 'trace_id', 'name'];

function namingMember(before: readonly JsonNode[], after: readonly JsonNode[]): string | undefined {
  if (before.length === 0 || after.length === 0) return undefined;
  return NAMING.find((name) => [before, after].every((items) => itemsBy(name, items, WHOLE).size === items.length));
}

function itemsBy(member: string, items: readonly JsonNode[], { name, telling }: At): Keyed {
  const named = new Map<string, Item>();
  for (const node of items) {
    const value = node.kind === 'object' ? node.members.findLast((one) => one.name === member)?.value : undefined;
    if (value?.kind !== 'string' && value?.kind !== 'number') continue;
    const said = value.kind === 'string' ? quotedName(value.text) : value.text;
    named.set(scalarText(value), { step: `[?@.${member} == ${said}]`, name, telling, node });
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
