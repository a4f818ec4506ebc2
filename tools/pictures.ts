/**
 * The pictures of `docs/images` that need no browser, from the product's current output. `npm run generate` draws them.
 */
import { readFileSync } from 'node:fs';
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

export async function drawnPictures(): Promise<ReadonlyMap<string, Picture>> {
  const fishbone = (await ofSample('stock-lock-wait', {})).report.methods?.fishbone;
  const waterfall = (await ofSample('sequential-dashboard', { svg: true })).svg;
  const request = await windowPresented(cascadeWithItsCause, { requestId: REQUEST_ID, forms: { svg: true } });
  return new Map([
    drawn('docs/images/waterfall.png', waterfall),
    drawn('docs/images/request.png', request.svg),
    drawn('docs/images/fishbone.png', fishbone && fishboneSvg(fishbone)),
  ]);
}

function drawn(path: string, svg: string | undefined): [path: string, picture: Picture] {
  if (svg === undefined) throw new Error(`${path} has nothing to show`);
  return [path, { shows: svg, png: () => drawPng(svg) }];
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
