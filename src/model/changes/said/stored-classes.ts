/**
 * Programs keep objects in caches and queues by the names of their classes. A release that names them otherwise writes what
 * its older copies, and other services, cannot read.
 *
 *   -  pickle.dumps(Quote(id))         Can't get attribute 'QuoteV2' on <module 'quotes.models'>
 *   +  pickle.dumps(QuoteV2(id))       ◄── only the new release has this class
 */
import type { Touched } from '#model/changes/said/values.ts';

/**
 * How readers name the class that they lack, in lower case: Python's pickle, Ruby's Marshal, PHP's unserialize, Java's and
 * Spring's serialization, Jackson's type ids, Kryo, Go's gob, Protocol Buffers' `Any`, Json.NET.
 */
const SAID_CLASS =
  /\bcan['’]t get attribute ['"]([\w.]{2,160})['"] on <?module|\bundefined class\/module ([\w:]{2,160})|\bclass definition ["“]([\w\\]{2,160})["”]|\binvalidclassexception: ([\w.$]{2,160})|\b([\w.$]{2,160}); local class incompatible|\bunable to find class: ([\w.$]{2,160})|\bcould not resolve type id ['"]([\w.$:]{2,160})['"]|\bname not registered for interface: ["']\*?([\w./*-]{2,160})["']|\bunable to resolve ["'](?:type\.googleapis\.com\/)?([\w./-]{2,160})["']: ["']?not found|\bcannot find (?:descriptor for )?(?:message )?type(?: url)?:? ["']?(?:type\.googleapis\.com\/)?([\w./-]{2,160})|\berror resolving type specified in json ['"]([\w.+]{2,160})/g;
/** Java finds no such class while it reads what is stored. */
const SAID_BY_READER =
  /\b(?:serializationexception|failed to deserialize payload|deserializ\w{2,10}|readobject|objectinputstream|unserializ\w{2,10})\b/;
const SAID_MISSING = /\bclassnotfoundexception: ([\w.$]{2,160})/g;
/** Java names the class whose form is another, and both versions have it. */
const SAYS_OTHER_FORM = /\blocal class incompatible\b|\binvalidclassexception\b/;
const SHORTEST = 3;

/** The class that it brings or gives another form; empty where the failure names none. `failure`: in lower case. */
export function classStored({ added, removed, context, all }: Touched, failure: string): string {
  const [now, before, whole] = [added, `${removed}\n${context}`, all].map((text) => text.toLowerCase());
  const isOfForm = SAYS_OTHER_FORM.test(failure);
  for (const name of classesIn(failure)) {
    const isIn = (text = '') => hasWord(text, name);
    if (isIn(now) && !isIn(before)) return `it writes “${name}”, and only its own version can read that`;
    if (isOfForm && isIn(whole)) return `it changes the form of “${name}”, which the other version cannot read`;
  }
  return '';
}

function classesIn(failure: string): readonly string[] {
  const missing = SAID_BY_READER.test(failure) ? failure.matchAll(SAID_MISSING) : [];
  const names = [...failure.matchAll(SAID_CLASS), ...missing].map(([, ...parts]) =>
    lastPart(parts.find((one) => one !== undefined) ?? ''),
  );
  return [...new Set(names)].filter((name) => name.length >= SHORTEST);
}

/** `shop.rooms.Room`, `Shop::Room` and `App\Room` are `Room`. */
function lastPart(name: string): string {
  return (
    name
      .split(/[.:\\/$*+]+/)
      .filter((part) => part !== '')
      .at(-1) ?? ''
  );
}

/** The whole name, and not only a part of a longer one. */
function hasWord(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!/\w/.test(text[at - 1] ?? ' ') && !/\w/.test(text[at + name.length] ?? ' ')) return true;
  return false;
}
