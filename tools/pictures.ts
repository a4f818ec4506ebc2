/**
 * The pictures of `docs/images`, from the product's current output. Each PNG contains the SHA-256 of its content, so that
 * a check need not compare pixels, which differ between machines.
 *
 *   node tools/pictures.ts            draws those that are drawn, and with Chromium those of the playground
 *   node tools/pictures.ts --check    says which of the drawn ones are out of date; `npm run test:browser` does the rest
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { drawPng } from '#analyse/draw-png.ts';
import { openSession } from '#analyse/open-session.ts';
import type { AnalysedTrace, Forms, Session } from '#analyse/session.ts';
import type { BodyKind } from '#model/trace/build/body.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import { fishboneSvg } from '#present/pictures/fishbone-svg.ts';
import { cascadeWithItsCause, REQUEST_ID } from '#test/guide-timelines.ts';
import { windowPresented } from '#test/window.ts';
import type { Picture } from './picture.ts';

const ROOT = new URL('../', import.meta.url);

/** The pictures that need no browser. */
export async function drawnPictures(): Promise<readonly Picture[]> {
  const fishbone = (await ofSample('stock-lock-wait', {})).report.methods?.fishbone;
  const waterfall = (await ofSample('sequential-dashboard', { svg: true })).svg;
  const request = await windowPresented(cascadeWithItsCause, { requestId: REQUEST_ID, forms: { svg: true } });
  return [
    drawn('docs/images/waterfall.png', waterfall),
    drawn('docs/images/request.png', request.svg),
    drawn('docs/images/fishbone.png', fishbone && fishboneSvg(fishbone)),
  ];
}

function drawn(path: string, svg: string | undefined): Picture {
  if (svg === undefined) throw new Error(`${path} has nothing to show`);
  return { path, shows: svg, png: () => drawPng(svg) };
}

async function ofSample(name: string, forms: Forms): Promise<AnalysedTrace> {
  const links = { trace: '', span: '', logs: '', runbooks: '' };
  const session = openSession({ thresholds: {}, links, maxClockSkewUs: MAX_CLOCK_SKEW_US });
  try {
    await feed(session, 'trace', `samples/${name}/traces.json`);
    await feed(session, 'logs', `samples/${name}/logs.jsonl`);
    const [only] = await session.reports(forms);
    if (only === undefined) throw new Error(`there is no trace in samples/${name}`);
    return only;
  } finally {
    await session.close();
  }
}

async function feed(session: Session, kind: BodyKind, path: string): Promise<void> {
  session.body(path, { kind, format: 'auto', source: path, file: '', query: { text: '', url: '' } });
  await session.bytes(path, readFileSync(new URL(path, ROOT)));
  await session.end(path);
}

/** Whether the existing picture has this content. */
export function isCurrent({ path, shows }: Picture): boolean {
  return noteIn(readFileSync(new URL(path, ROOT))) === sumOf(shows);
}

export async function write({ path, shows, png }: Picture): Promise<void> {
  writeFileSync(new URL(path, ROOT), withNote(await png(), sumOf(shows)));
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

if (import.meta.main) {
  process.chdir(fileURLToPath(ROOT));
  const pictures = await drawnPictures();
  if (process.argv.includes('--check')) {
    for (const picture of pictures.filter((each) => !isCurrent(each))) {
      console.error(`${picture.path} is out of date. Run: node tools/pictures.ts`);
      process.exitCode = 1;
    }
  } else {
    const { pagePictures } = await import('./page-pictures.ts');
    for await (const picture of pagePictures()) await write(picture).then(() => console.log(picture.path));
    for (const picture of pictures) await write(picture).then(() => console.log(picture.path));
  }
}
