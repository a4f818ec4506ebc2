/** Bodies of about a size in characters, made of as many small parts as it takes. */

export const MEGABYTE = 1_000_000;

export function many(each: (i: number) => string, size = MEGABYTE): readonly string[] {
  const parts: string[] = [];
  for (let i = 0, length = 0; length < size; i += 1) {
    const part = each(i);
    parts.push(part);
    length += part.length + 1;
  }
  return parts;
}

export const smallTrace = (i: number) => `{"traceID":"${i}","spans":[{"spanID":"a"}]}`;

export const otlpOf = (each: (i: number) => string, size = MEGABYTE) =>
  `{"resourceSpans":[{"scopeSpans":[{"spans":[${many(each, size).join(',')}]}]}]}`;
