/** What the body of a webhook says; undefined where it is no JSON, which whoever reads it refuses. */
export function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
