/** Draws one trace, once it is analysed. A second argument keeps the picture. */

import { readFileSync, writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import { fontFiles } from '#analyse/fonts.ts';
import { traceBody } from '#decode/trace-body.ts';
import { knownDetectors, titlesOf } from '#detect/known.ts';
import { requestDetectors } from '#detect/request-registry.ts';
import { methodsOf } from '#diagnose/methods.ts';
import { buildTrace } from '#model/trace/build/trace-builder.ts';
import { reportOf } from '#present/json/report.ts';
import { renderPng } from '#present/svg/png.ts';
import { waterfallSvg } from '#present/waterfall/svg.ts';
import { diagnosed } from '#test/diagnosed.ts';
import type { Drawn } from './picture.ts';
import { pieces } from './pieces.ts';

const [, , file = '', out] = process.argv;
const body = traceBody('jaeger-json', 'jaeger');
for (const piece of pieces(readFileSync(file))) body.push(piece);
const [decoded] = body.end();
if (decoded === undefined) throw new Error('no trace was decoded');
const trace = buildTrace(decoded.spans, decoded.traceId);
const analysis = {
  file,
  trace,
  logs: [],
  correlation: undefined,
  judgement: diagnosed(trace),
  checked: { found: [], clear: [], off: [], skipped: [], broken: [] },
  titles: titlesOf(requestDetectors),
  gaps: [],
  links: { trace: '', span: '', logs: '', runbooks: '' },
  queries: [],
};

reportOf({ ...analysis, methods: methodsOf(analysis, knownDetectors(requestDetectors)) });
const begun = performance.now();
const svg = waterfallSvg(analysis);
const svgMs = performance.now() - begun;
const png = await renderPng(svg, fontFiles(svg), { crc32, deflateSync });
const pngMs = performance.now() - begun - svgMs;
const rows = svg.split('<g>').length - 1;
console.log(JSON.stringify({ svgMs, pngMs, rows, bytes: png.length } satisfies Drawn));
if (out !== undefined) writeFileSync(out, png);
