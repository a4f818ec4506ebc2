/** The decoder of a body that is small enough to be read as one text. */
import type { BodyDecoder } from '#decode/body-decoder.ts';

/** The text is not kept while `read` makes something of its value. */
export function textBody<Value, Read>(parse: (text: string) => Value, read: (value: Value) => Read): BodyDecoder<Read> {
  const decoder = new TextDecoder();
  let text = '';
  return {
    push: (chunk) => {
      text += decoder.decode(chunk, { stream: true });
    },
    end() {
      const value = parse(text + decoder.decode());
      text = '';
      return read(value);
    },
  };
}
