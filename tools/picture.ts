/**
 * A picture and its content: an SVG, or the words of a page. Each PNG contains the SHA-256 of its content, so that
 * nobody need compare pixels, which differ between machines.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export type Picture = Readonly<{ shows: string; png(): Promise<Uint8Array> }>;

/** Whether the existing PNG shows this content. */
export function isCurrent({ shows }: Picture, existing: Buffer): boolean {
  return noteIn(existing) === sumOf(shows);
}

/** The PNG with the hash of its content. */
export async function notedPng({ shows, png }: Picture): Promise<Uint8Array> {
  return withNote(await png(), sumOf(shows));
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const KEYWORD = 'Source\0';
/** The signature, and the header chunk with its length, name and sum. */
const AFTER_HEADER = 8 + 4 + 4 + 13 + 4;

/** As a text chunk (PNG, 11.3.3.3) behind the header: the pixels stay as they are. */
export function withNote(png: Uint8Array, note: string): Uint8Array {
  const data = Buffer.from(`tEXt${KEYWORD}${note}`, 'latin1');
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length - 4);
  sum.writeUInt32BE(crc32(data));
  return Buffer.concat([png.subarray(0, AFTER_HEADER), length, data, sum, png.subarray(AFTER_HEADER)]);
}

/** Empty where it has none. */
export function noteIn(png: Buffer): string {
  const name = `tEXt${KEYWORD}`;
  const at = png.indexOf(name, 0, 'latin1');
  return at === -1 ? '' : png.toString('latin1', at + name.length, at + name.length + SUM_CHARS);
}

/** The digits of a SHA-256 in hex. */
const SUM_CHARS = 64;
