/** Redacts JSON documents, which stay JSON. */

import { TELLS_NOTHING, type Telling, tellingOf } from '#model/redaction/json-secrets.ts';
import { redactNamed } from '#model/redaction/redaction.ts';
import type { JsonNode, Scalar } from '#utilities/json-document.ts';

/** Redacts credentials in every scalar, by their form or by the names of members. */
export function shownJson(node: JsonNode, telling: Telling = TELLS_NOTHING): JsonNode {
  // Bounded by the depth that the reader allows.
  if (node.kind === 'array') return { kind: 'array', items: node.items.map((item) => shownJson(item, telling)) };
  if (node.kind === 'object') {
    const tellingMember = tellingOf(node.members, telling);
    const members = node.members.map(({ name, value }) => ({ name, value: shownJson(value, tellingMember(name)) }));
    return { kind: 'object', members };
  }
  const text = shownScalar(node, telling);
  return text === node.text ? node : { kind: 'string', text };
}

/** The redacted text of a scalar; the same text where nothing is secret. */
function shownScalar({ kind, text }: Scalar, { name, around }: Telling): string {
  return kind === 'word' ? text : redactNamed(name, text, { around });
}
