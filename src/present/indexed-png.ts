/**
 * Pixels as a PNG with a palette. A drawing has a dozen colours and their mixtures at the edges of letters; one byte a
 * pixel instead of four makes the file less than half as heavy as the renderer's own.
 *
 *   signature · IHDR · PLTE · IDAT (zlib) · IEND            each chunk: length, type, data, CRC-32
 */

type Pixels = Readonly<{ width: number; height: number; rgba: Uint8Array }>;
/** As zlib has it (RFC 1950). Handed in: what the language has of it loads streams, 10 ms in a new process. */
export type Deflate = (bytes: Uint8Array) => Uint8Array;

/** Undefined where the picture has more colours than a palette holds: then it is no drawing. Transparency is dropped. */
export function indexedPng(pixels: Pixels, deflate: Deflate): Uint8Array | undefined {
  const { rows, palette } = indexed(pixels);
  if (palette.length > PALETTE_SIZE) return undefined;

  const header = new Uint8Array(13);
  const fields = new DataView(header.buffer);
  fields.setUint32(0, pixels.width);
  fields.setUint32(4, pixels.height);
  header.set([8, 3, 0, 0, 0], 8); // 8 bits a pixel, palette, deflate, filters by row, not interlaced
  const colours = palette.flatMap((colour) => [colour >> 8, (colour >> 4) & 15, colour & 15]);
  return joined([
    SIGNATURE,
    chunk('IHDR', header),
    chunk(
      'PLTE',
      Uint8Array.from(colours, (level) => level * 17),
    ),
    chunk('IDAT', deflate(rows)),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** Each pixel as its place in the palette; a row begins with its filter: 0, none. */
function indexed({ width, height, rgba }: Pixels): Readonly<{ rows: Uint8Array; palette: number[] }> {
  const rows = new Uint8Array((width + 1) * height);
  const palette: number[] = [];
  const indexes = new Int16Array(LEVELS ** 3).fill(-1);
  const aligned = rgba.byteOffset % 4 === 0 ? rgba : rgba.slice();
  const pixels = new Uint32Array(aligned.buffer, aligned.byteOffset, width * height);
  const lines = Buffer.from(aligned.buffer, aligned.byteOffset, 4 * width * height);
  const place = (pixel: number): number => {
    const colour = (shade(rgba, 4 * pixel) << 8) | (shade(rgba, 4 * pixel + 1) << 4) | shade(rgba, 4 * pixel + 2);
    if (indexes[colour] === -1) indexes[colour] = palette.push(colour) - 1;
    return indexes[colour] ?? 0;
  };
  let last = -1;
  let index = 0;
  for (let y = 0; y < height; y += 1) {
    const end = (y + 1) * (width + 1);
    // Bars, and what is white, are rows of pixels like the one above.
    if (y > 0 && isLikeAbove(lines, y, 4 * width)) {
      rows.copyWithin(end - width, end - 2 * width - 1, end - width - 1);
      continue;
    }
    for (let at = end - width, pixel = y * width; at < end; at += 1, pixel += 1) {
      const whole = pixels[pixel] ?? 0;
      // Most pixels are as the one before.
      if (whole !== last) {
        last = whole;
        index = place(pixel);
      }
      rows[at] = index;
    }
  }
  return { rows, palette };
}

function isLikeAbove(lines: Buffer, y: number, length: number): boolean {
  return lines.compare(lines, (y - 1) * length, y * length, y * length, (y + 1) * length) === 0;
}

const PALETTE_SIZE = 256;
/** Of each primary colour: more cannot be told apart at the edge of a letter. */
const LEVELS = 16;
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

function shade(rgba: Uint8Array, at: number): number {
  return (rgba[at] ?? 0) >> 4;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** For each byte the remainder of its division by the polynomial that PNG prescribes. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? 0xedb88320 ^ (remainder >>> 1) : remainder >>> 1;
  return remainder;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (REMAINDERS[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
