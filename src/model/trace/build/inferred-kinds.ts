/**
 * Infers the kind of a span where its library does not record it: a span that names its callee is a client's. Recorded
 * kinds stay, and so do spans that mention receiving messages.
 */

import type { NameTable } from '#model/text/text-table.ts';
import { serviceNamed } from '#model/trace/service-names.ts';
import { CLIENT, UNSPECIFIED } from '#model/trace/span-kinds.ts';

/** The number of the empty text in every table. */
const NO_TEXT = 0;

/** Operations on a message, in the words of the messaging conventions. */
const TAKES_MESSAGES = /\b(?:process|receive|consume|deliver|handle|settle|poll)(?:e?d|ing)?\b/i;

type Spans = Readonly<{
  kind: Uint8Array;
  parent: Int32Array;
  service: Int32Array;
  operation: Int32Array;
  namedPeer: Int32Array;
  databaseSystem: Int32Array;
  names: Pick<NameTable, 'text'>;
}>;

/** A new column where something is inferred, otherwise the given one. */
export function inferredKinds(spans: Spans): Uint8Array {
  const { kind, parent, service, namedPeer, databaseSystem } = spans;
  if (!kind.includes(UNSPECIFIED)) return kind;
  const inferred = kind.slice();
  const isSelf = namesItself(spans);
  const takesMessages = takesMessagesTest(spans);
  for (let span = 0; span < kind.length; span += 1) {
    const caller = parent[span] ?? -1;
    if (kind[span] !== UNSPECIFIED || caller < 0 || databaseSystem[span] !== NO_TEXT) continue;
    if (service[span] !== service[caller] || namedPeer[span] === NO_TEXT) continue;
    if (!takesMessages(span) && !isSelf(span)) inferred[span] = CLIENT;
  }
  return inferred;
}

/** A server may name its own address. */
function namesItself({ service, namedPeer, names }: Spans): (span: number) => boolean {
  let named: ReturnType<typeof serviceNamed> | undefined;
  const known = new Map<number, string>();
  return (span) => {
    named ??= serviceNamed([...new Set(service)].map((each) => names.text(each)));
    const number = namedPeer[span] ?? NO_TEXT;
    const peer = names.text(number);
    const callee = known.get(number) ?? named(peer) ?? peer;
    known.set(number, callee);
    return callee === names.text(service[span] ?? NO_TEXT);
  };
}

function takesMessagesTest({ operation, names }: Spans): (span: number) => boolean {
  const known = new Map<number, boolean>();
  return (span) => {
    const name = operation[span] ?? NO_TEXT;
    const found = known.get(name) ?? TAKES_MESSAGES.test(names.text(name));
    known.set(name, found);
    return found;
  };
}
