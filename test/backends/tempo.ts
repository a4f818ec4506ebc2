/**
 * A real Tempo in Jaeger's place: HotROD sends to it, a trace is opened by its id, an alert is answered from many requests
 * beside healthy ones, and what Tempo counts over all of them stands in the evidence; or that it does not count does.
 */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reportOf, spanhound } from './command-line.ts';
import type { Context } from './context.ts';
import { until } from './feed.ts';
import { type Jaeger, startTempo } from './servers.ts';
import { FAULT_MS, HEALTHY_MS, NOBODY, USUAL, underLoad, WELL } from './windows.ts';

/** What came is searchable when it was written to disk; what is counted, when that was read back. */
const SEARCHABLE_MS = 60_000;
/** Tempo writes each second what is idle. */
const SETTLED_MS = 3_000;
/** More than the users of a check ask for. */
const SEARCHED = 2_000;

export async function checkTempo({ folder, check }: Context): Promise<void> {
  await check('tempo: HotROD, requests for a customer that is not there', async () => {
    const own = join(folder, 'tempo-window');
    await mkdir(own, { recursive: true });
    const tempo = await startTempo(own);
    if (tempo === undefined)
      return console.log('  skip  Tempo: its binary is not there (test/backends/build.sh builds it)');
    try {
      if (!(await underLoad(own, tempo.otlpUrl, { flags: WELL, customers: USUAL, ms: HEALTHY_MS }))) {
        return console.log('  skip  HotROD: its binary is not there (test/backends/build.sh builds it)');
      }
      const beganMs = Date.now();
      await underLoad(own, tempo.otlpUrl, { flags: WELL, customers: [NOBODY, NOBODY, '123'], ms: FAULT_MS });
      await until('failed requests in Tempo', async () => (await failed(tempo, beganMs)).length > 0, SEARCHABLE_MS);
      await until('all requests in Tempo', noMoreCome(tempo, beganMs), SEARCHABLE_MS);
      await until('Tempo counts', async () => (await counted(tempo, beganMs)) > 0, SEARCHABLE_MS);
      await findsTheCulprit(own, tempo, beganMs);
      await opensATrace(own, tempo, beganMs);
    } finally {
      await tempo.stop();
    }
  });

  await check('tempo: one that does not count', async () => {
    const own = join(folder, 'tempo-silent');
    await mkdir(own, { recursive: true });
    const tempo = await startTempo(own, { counts: false });
    if (tempo === undefined)
      return console.log('  skip  Tempo: its binary is not there (test/backends/build.sh builds it)');
    try {
      const beganMs = Date.now();
      if (!(await underLoad(own, tempo.otlpUrl, { flags: WELL, customers: USUAL, ms: FAULT_MS }))) return;
      await until('requests in Tempo', async () => (await found(tempo, '{ }', beganMs)).length > 0, SEARCHABLE_MS);
      const { gaps } = await windowReport(own, tempo, beganMs);
      const problems = gaps.map(({ problem }) => problem).join('\n');
      assert.match(problems, /counted no request/);
    } finally {
      await tempo.stop();
    }
  });
}

async function findsTheCulprit(folder: string, tempo: Jaeger, beganMs: number): Promise<void> {
  const report = await windowReport(folder, tempo, beganMs);
  const { compared, gaps } = report;
  assert.ok((compared?.requests ?? 0) >= 10, `compared: ${JSON.stringify(compared)}, gaps: ${JSON.stringify(gaps)}`);
  assert.match(report.diagnosis?.service ?? '', /^(?:mysql|customer)$/, `${report.diagnosis?.verdict}`);
  // Every question was answered; that there is more than was read is no failure.
  const failed = gaps.filter(({ source, problem }) => source === 'tempo' && !problem.includes('more traces'));
  assert.deepEqual(failed, []);
}

async function opensATrace(folder: string, tempo: Jaeger, beganMs: number): Promise<void> {
  const [id = ''] = await failed(tempo, beganMs);
  const answered = await spanhound(folder, ['trace', id, '--json'], { TEMPO_URL: tempo.url });
  const { subject } = reportOf(answered);
  assert.equal(subject.traceId.replace(/^0+/, ''), id.replace(/^0+/, ''));
  const unknown = await spanhound(folder, ['trace', '00000000000000000000000000000abc'], { TEMPO_URL: tempo.url });
  assert.equal(unknown.code, 3, unknown.stderr);
}

async function windowReport(folder: string, tempo: Jaeger, fromMs: number) {
  const window = ['--from', new Date(fromMs).toISOString(), '--to', new Date().toISOString()];
  const args = ['investigate', '--service', 'frontend', ...window, '--json'];
  const answered = await spanhound(folder, args, { TEMPO_URL: tempo.url });
  await writeFile(join(folder, 'report.json'), answered.stdout);
  return reportOf(answered);
}

/** Holds when two looks, some seconds apart, find the same number of requests. */
function noMoreCome(tempo: Jaeger, beganMs: number): () => Promise<boolean> {
  const known = { requests: 0 };
  return async () => {
    await sleep(SETTLED_MS);
    const { length } = await found(tempo, '{ resource.service.name = "frontend" }', beganMs);
    const isSame = length > 0 && length === known.requests;
    known.requests = length;
    return isSame;
  };
}

function failed(tempo: Jaeger, fromMs: number): Promise<readonly string[]> {
  return found(tempo, '{ resource.service.name = "frontend" && status = error }', fromMs);
}

async function found(tempo: Jaeger, query: string, fromMs: number): Promise<readonly string[]> {
  const answer = await fetch(`${tempo.url}/api/search?${asked(query, fromMs)}`);
  const { traces } = (await answer.json()) as { traces?: { traceID: string }[] };
  return (traces ?? []).map(({ traceID }) => traceID);
}

async function counted(tempo: Jaeger, fromMs: number): Promise<number> {
  const query = '{ kind = server && status = error } | count_over_time()';
  const answer = await fetch(`${tempo.url}/api/metrics/query_range?${asked(query, fromMs)}&step=60s`);
  const { series } = (await answer.json()) as { series?: unknown[] };
  return series?.length ?? 0;
}

function asked(q: string, fromMs: number): URLSearchParams {
  const seconds = (ms: number) => `${Math.floor(ms / 1_000)}`;
  const [start, end] = [seconds(fromMs), seconds(Date.now() + 1_000)];
  return new URLSearchParams({ q, start, end, limit: `${SEARCHED}` });
}
