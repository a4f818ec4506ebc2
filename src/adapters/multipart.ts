/** Several parts in one body: a form with one file, as browsers send it, and a file behind what is said about it. */
import { createHash } from 'node:crypto';

export type SentForm = Readonly<{ contentType: string; body: Uint8Array }>;

/** Names and values are our own: they hold no quotes and no line breaks. */
export function multipart(
  fields: Readonly<Record<string, string>>,
  file: Readonly<{ field: string; name: string; contentType: string; bytes: Uint8Array }>,
): SentForm {
  const boundary = boundaryFor(file.bytes);
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="${file.field}"; filename="${file.name}"\r\ncontent-type: ${file.contentType}\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(parts.join('') + head), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}

/** `multipart/related`: what is said about the file, then the file. RFC 2387 */
export function related(about: object, file: Readonly<{ contentType: string; bytes: Uint8Array }>): SentForm {
  const boundary = boundaryFor(file.bytes);
  const said = `--${boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify(about)}\r\n`;
  const head = `--${boundary}\r\ncontent-type: ${file.contentType}\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(said + head), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return { contentType: `multipart/related; boundary=${boundary}`, body };
}

/** No file has its own digest in it. */
function boundaryFor(bytes: Uint8Array): string {
  return `spanhound-${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`;
}
