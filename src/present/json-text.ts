/** JSON documents as they may be shown: without credentials, still JSON. */
import { type JsonNode, type Scalar, withScalars } from '#model/json-document.ts';
import { redactNamed } from '#model/redaction.ts';

export type ShownJson = Readonly<{ document: JsonNode; redacted: number }>;

/** Every scalar without the credentials in it, be they known by their form or by the name of their member. */
export function shownJson(document: JsonNode): ShownJson {
  let redacted = 0;
  const clean = withScalars(document, (node, name) => {
    const text = shownScalar(node, name);
    if (text === node.text) return node;
    redacted += 1;
    return { kind: 'string', text };
  });
  return { document: clean, redacted };
}

/** The text of a scalar, as it may be shown; the same text where there is nothing to hide. */
export function shownScalar({ kind, text }: Scalar, name: string): string {
  return kind === 'word' ? text : redactNamed(name, text);
}
