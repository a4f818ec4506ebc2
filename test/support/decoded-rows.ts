import { tracesInText } from '#decode/recognise.ts';
import type { DecodedTrace } from '#decode/trace-body.ts';

/** What a decoder that parses the whole body reads, row by row. */
export function decodedRows(body: string | Uint8Array, source = 'body'): readonly DecodedTrace[] {
  return tracesInText(typeof body === 'string' ? body : new TextDecoder().decode(body), 'auto', source);
}
