/** Parses the body of a webhook. Undefined where it is not JSON, which the reader refuses. */
export function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
