import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { passingFileBytes, readFileBytes } from '#adapters/files/bytes.ts';
import { openSession } from '#analyse/open-session.ts';
import { recordedBody } from '#test/recorded-server.ts';
import { type AnalysedFile, type AnalyseFilesRequest, analyseFiles } from '#workflows/traces/analyse-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanhound-analyse-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const serial = file('serial.json', recordedBody('jaeger/hotrod/serial-01'));
const fixed = file('fixed.json.gz', gzipSync(recordedBody('jaeger/hotrod/fixed-01')));
const lines = file('logs.json', recordedBody('loki/hotrod/serial-01'));

function analyse(request: Omit<AnalyseFilesRequest, 'forms'>): Promise<AnalysedFile[]> {
  const settings = { thresholds: {}, links: { trace: '', span: '', logs: '', runbooks: '' }, maxClockSkewUs: 0 };
  return Array.fromAsync(
    analyseFiles(
      { openSession, settings, readFile: readFileBytes, passFile: passingFileBytes },
      { ...request, forms: {} },
    ),
  );
}

function summary(results: readonly AnalysedFile[]): unknown[] {
  return results.map((result) => [
    result.file,
    'error' in result ? result.error.code : result.analysed.report.trace?.spanCount,
  ]);
}

test('gives a report for each file, in order, plain or gzipped', async () => {
  const results = await analyse({ files: [serial, fixed] });
  expect(summary(results)).toEqual([
    [serial, 40],
    [fixed, expect.any(Number)],
  ]);
});

test('gives a report for each trace of a file', async () => {
  const data = ['serial-01', 'serial-02'].flatMap(
    (name) => JSON.parse(`${recordedBody(`jaeger/hotrod/${name}`)}`).data,
  );
  const both = file('both.json', JSON.stringify({ data }));
  expect(await analyse({ files: [both] })).toHaveLength(2);
});

test('a bad file costs nothing but itself', async () => {
  const text = file('notes.txt', 'it was slow\n');
  const empty = file('empty.json', '{"data":[]}');
  const cut = file('cut.json.gz', gzipSync(recordedBody('jaeger/hotrod/serial-01')).subarray(0, 900));
  const results = await analyse({ files: [text, empty, cut, join(folder, 'missing.json'), serial] });
  expect(summary(results)).toEqual([
    [text, 'SH_UNREADABLE'],
    [empty, 'SH_UNREADABLE'],
    [cut, 3], // the spans that came before it was cut
    [join(folder, 'missing.json'), 'SH_UNREADABLE'],
    [serial, 40],
  ]);
});

test('reads logs beside the trace', async () => {
  const [without] = await analyse({ files: [serial] });
  const [with_] = await analyse({ files: [serial], logs: [lines] });
  const skipped = (result: AnalysedFile | undefined) =>
    result && 'analysed' in result ? result.analysed.report.checked.skipped.length : undefined;
  expect(skipped(with_)).toBeLessThanOrEqual(skipped(without) ?? 0);
  expect(with_ && 'analysed' in with_).toBe(true);
});

test('what goes with every file is read once, and gives each the same report as if it were alone', async () => {
  const read: string[] = [];
  const passFile = (path: string) => {
    read.push(path);
    return passingFileBytes(path);
  };
  const readFile = (path: string) => {
    read.push(path);
    return readFileBytes(path);
  };
  const settings = { thresholds: {}, links: { trace: '', span: '', logs: '', runbooks: '' }, maxClockSkewUs: 0 };
  const cut = file('cut-again.json.gz', gzipSync(recordedBody('jaeger/hotrod/serial-01')).subarray(0, 900));
  const request = { files: [serial, cut, fixed, serial], logs: [lines], baselines: [serial] };
  const together = await Array.fromAsync(
    analyseFiles({ openSession, settings, readFile, passFile }, { ...request, forms: {} }),
  );
  expect(read).toEqual([lines, serial, serial, cut, fixed, serial]);
  for (const [at, path] of request.files.entries())
    expect(together.slice(at, at + 1), path).toEqual(await analyse({ ...request, files: [path] }));
});

test('log files that cannot be read spoil the whole call, since every file needs them', async () => {
  await expect(analyse({ files: [serial], logs: [join(folder, 'nope.jsonl')] })).rejects.toMatchObject({
    code: 'SH_UNREADABLE',
    message: expect.stringContaining('nope.jsonl'),
  });
});

test.each([[{ files: ['-', '-'] }], [{ files: ['-'], logs: ['-'] }]])(
  'refuses to read standard input twice: %j',
  async (request) => {
    await expect(analyse(request)).rejects.toMatchObject({ code: 'SH_USAGE' });
  },
);
