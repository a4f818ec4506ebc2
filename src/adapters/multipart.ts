/** A form with one file, as browsers send it. */
import { createHash } from 'node:crypto';

export type SentForm = Readonly<{ contentType: string; body: Uint8Array }>;

/** Names and values are our own: they hold no quotes and no line breaks. */
export function multipart(
  fields: Readonly<Record<string, string>>,
  file: Readonly<{ field: string; name: string; contentType: string; bytes: Uint8Array }>,
): SentForm {
  // No file has its own digest in it.
  const boundary = `spanhound-${createHash('sha256').update(file.bytes).digest('hex').slice(0, 32)}`;
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="${file.field}"; filename="${file.name}"\r\ncontent-type: ${file.contentType}\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(parts.join('') + head), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}
