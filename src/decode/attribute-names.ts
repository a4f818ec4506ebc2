/**
 * The names of all attributes in a body. Most names that a detector looks for are in none of its spans: the few distinct
 * names show that without parsing any span.
 */
import type { ByteTable } from '#decode/byte-table.ts';
import type { AttributeNames, NameTest } from '#model/trace/columns.ts';
import { namesOf } from '#model/trace/semconv.ts';

/** With more distinct names, testing them all may take longer than parsing spans. */
const MOST_TESTED = 2_000;

/** `keys` has the name of every attribute, and grows while the body is read. */
export function attributeNames(keys: ByteTable): AttributeNames {
  const names = new Set<string>();
  let read = 0; // number 0 is the empty text, which a tag without a name has
  const known = new Map<string | NameTest, boolean>();

  const readMore = (): void => {
    if (read === keys.size()) return;
    for (; read < keys.size(); read += 1) names.add(keys.text(read));
    known.clear();
  };
  const once = (asked: string | NameTest, answer: () => boolean): boolean => {
    readMore();
    const before = known.get(asked);
    if (before !== undefined) return before;
    const found = answer();
    known.set(asked, found);
    return found;
  };
  return {
    mayHold: (name) => once(name, () => namesOf(name).some((each) => names.has(each))),
    mayPass: (test) => once(test, () => names.size > MOST_TESTED || [...names].some((name) => test.test(name))),
  };
}
