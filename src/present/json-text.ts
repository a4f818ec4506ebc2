/** JSON documents as they may be shown: without credentials, still JSON. */
import { type JsonNode, type Scalar, withScalars } from '#model/json-document.ts';
import { redact } from '#model/redaction.ts';

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
export function shownScalar(node: Scalar, name: string): string {
  if (node.kind === 'word') return node.text;
  const clean = redact(node.text);
  if (clean !== node.text || name === '') return clean;
  const written = `${JSON.stringify(name)}:${node.kind === 'string' ? JSON.stringify(node.text) : node.text}`;
  const asMember = redact(written);
  if (asMember === written) return node.text;
  const value = asMember.slice(JSON.stringify(name).length + 1);
  const unquoted = /^"(.*)"$/s.exec(value)?.[1];
  // A number loses its place to a text.
  return unquoted === undefined ? value : (stringOf(unquoted) ?? '[redacted:secret]');
}

function stringOf(escaped: string): string | undefined {
  try {
    return JSON.parse(`"${escaped}"`);
  } catch {
    return undefined; // the redaction cut an escape in two
  }
}
