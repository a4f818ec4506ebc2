/**
 * Writes pixels as a PNG with a palette. A drawing has a dozen colours and their blends at the edges of letters. One byte
 * per pixel instead of four makes the file less than half the size of the renderer's own.
 *
 *   signature · IHDR · PLTE · IDAT (zlib) · IEND            each chunk: length, type, data, CRC-32
 */

type Size = Readonly<{ width: number; height: number }>;
/** Rows of pixels from the top down, four bytes a pixel: red, green, blue, opacity. Together they are the picture. */
type Bands = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
/**
 * The functions of `node:zlib`: deflate in zlib's format (RFC 1950) and CRC-32. They are parameters, because the web
 * platform's deflate loads streams (10 ms in a new process), and a CRC-32 loop in JavaScript takes as long before it is
 * optimised.
 */
export type Zlib = Readonly<{
  deflateSync(bytes: Uint8Array, options: Readonly<{ level: number }>): Uint8Array;
  crc32(bytes: Uint8Array): number;
}>;

/** Half the time of the default 6, for a file that is 5 % larger. */
const LEVEL = 4;

/** Undefined where the picture has more colours than a palette can hold, so it is not a drawing. Drops transparency. */
export async function indexedPng(
  size: Size,
  bands: Bands,
  { deflateSync, crc32 }: Zlib,
): Promise<Uint8Array | undefined> {
  const { rows, palette } = await indexed(size, bands);
  if (palette.length > PALETTE_SIZE) return undefined;

  const header = new Uint8Array(13);
  const fields = new DataView(header.buffer);
  fields.setUint32(0, size.width);
  fields.setUint32(4, size.height);
  header.set([8, 3, 0, 0, 0], 8); // 8 bits a pixel, palette, deflate, filters by row, not interlaced
  const chunk = (type: string, data: Uint8Array) => chunkOf(type, data, crc32);
  const colours = palette.flatMap((colour) => [colour >> 8, (colour >> 4) & 15, colour & 15]);
  return joined([
    SIGNATURE,
    chunk('IHDR', header),
    chunk(
      'PLTE',
      Uint8Array.from(colours, (level) => level * 17),
    ),
    chunk('IDAT', deflateSync(rows, { level: LEVEL })),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** Each pixel as its palette index; a row begins with its filter. */
async function indexed(
  { width, height }: Size,
  bands: Bands,
): Promise<Readonly<{ rows: Uint8Array; palette: number[] }>> {
  const rows = new Uint8Array((width + 1) * height);
  const palette: number[] = [];
  const indexes = new Int16Array(LEVELS ** 3).fill(-1);
  let above: Uint8Array = new Uint8Array();
  let y = 0;
  for await (const rgba of bands) {
    above = indexBand(rows.subarray(y * (width + 1)), { rgba, width, above, palette, indexes });
    y += rgba.length / (4 * width);
  }
  return { rows, palette };
}

type Band = Readonly<{
  rgba: Uint8Array;
  width: number;
  /** The bytes of the last row of the band above; empty in the first band. */
  above: Uint8Array;
  palette: number[];
  indexes: Int16Array;
}>;

/** Fills the rows. Returns the bytes of the last one as they were, apart from the band's memory. */
function indexBand(rows: Uint8Array, { rgba, width, above, palette, indexes }: Band): Uint8Array {
  const aligned = rgba.byteOffset % 4 === 0 ? rgba : rgba.slice();
  const pixels = new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
  const length = 4 * width;
  const lineAt = (y: number) => aligned.subarray(y * length, (y + 1) * length);
  const place = (pixel: number): number => {
    const colour = (shade(rgba, 4 * pixel) << 8) | (shade(rgba, 4 * pixel + 1) << 4) | shade(rgba, 4 * pixel + 2);
    if (indexes[colour] === -1) indexes[colour] = palette.push(colour) - 1;
    return indexes[colour] ?? 0;
  };
  const height = pixels.length / width;
  for (let y = 0; y < height; y += 1) {
    const filter = y * (width + 1);
    // In bars and white areas a row equals the one above: its difference is all zeros, the initial value.
    if (Buffer.compare(lineAt(y), y > 0 ? lineAt(y - 1) : above) === 0) rows[filter] = UP;
    else indexRow(rows, filter + 1, { pixels, from: y * width, to: (y + 1) * width, place });
  }
  return lineAt(height - 1).slice();
}

/** Signed integers, because the engine would allocate an object for each white pixel if they were unsigned. */
type Row = Readonly<{ pixels: Int32Array; from: number; to: number; place(pixel: number): number }>;

/** A separate function, because the engine optimises it after a few rows, and a nested loop much later. */
function indexRow(rows: Uint8Array, begin: number, { pixels, from, to, place }: Row): void {
  let last = pixels[from] ?? 0;
  let index = place(from);
  for (let pixel = from, at = begin; pixel < to; pixel += 1, at += 1) {
    const whole = pixels[pixel] ?? 0;
    // Most pixels equal the previous one.
    if (whole !== last) {
      last = whole;
      index = place(pixel);
    }
    rows[at] = index;
  }
}

/** A row's filter: its difference from the row above. 0 is the row itself. */
const UP = 2;
const PALETTE_SIZE = 256;
/** Levels per primary colour: nobody sees finer ones at the edge of a letter. */
const LEVELS = 16;
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

function shade(rgba: Uint8Array, at: number): number {
  return (rgba[at] ?? 0) >> 4;
}

function chunkOf(type: string, data: Uint8Array, crc32: Zlib['crc32']): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
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
