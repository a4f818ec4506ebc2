/** JSON documents as they may be shown: without credentials, still JSON. */
import type { JsonNode, Scalar } from '#model/json-document.ts';
import { TELLS_NOTHING, type Telling, tellingOf } from '#model/redaction/json-secrets.ts';
import { redactNamed } from '#model/redaction.ts';

export type ShownJson = Readonly<{ document: JsonNode; redacted: number }>;

/** Every scalar without the credentials in it, be they known by their form or by the names of members. */
export function shownJson(document: JsonNode, telling: Telling = TELLS_NOTHING): ShownJson {
  let redacted = 0;
  // Bounded by the depth that the reader allows.
  const clean = (node: JsonNode, told: Telling): JsonNode => {
    if (node.kind === 'array') return { kind: 'array', items: node.items.map((item) => clean(item, told)) };
    if (node.kind === 'object') {
      const tellingMember = tellingOf(node.members, told);
      const members = node.members.map(({ name, value }) => ({ name, value: clean(value, tellingMember(name)) }));
      return { kind: 'object', members };
    }
    const text = shownScalar(node, told);
    if (text === node.text) return node;
    redacted += 1;
    return { kind: 'string', text };
  };
  return { document: clean(document, telling), redacted };
}

/** The text of a scalar, as it may be shown; the same text where there is nothing to hide. */
function shownScalar({ kind, text }: Scalar, { name, around }: Telling): string {
  return kind === 'word' ? text : redactNamed(name, text, { around });
}
