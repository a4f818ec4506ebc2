import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readFileBytes } from '#adapters/files/bytes.ts';
import { files } from '#adapters/files/client.ts';
import type { LogQuery } from '#gather/sources.ts';
import { textOf } from '#test/bytes.ts';
import { later } from '#test/later.ts';
import { testLogSource } from '#test/log-source-contract.ts';
import { recordedBody } from '#test/recorded-server.ts';
import { testTraceSource } from '#test/trace-source-contract.ts';

const TRACE_ID = 'ac7a085ac1e7444f87fffebd9299acd6';
const SPANS = 40;

/** A folder that is gone after its use. */
function folderWith(contents: Readonly<Record<string, string | Buffer>>): { folder: string; close(): Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-files-'));
  for (const [path, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return { folder, close: async () => rmSync(folder, { recursive: true }) };
}

const JAEGER = recordedBody('jaeger/hotrod/serial-01');
const OTHER = recordedBody('jaeger/hotrod/fixed-01');

for (const [name, contents] of Object.entries({
  'A folder of plain files': { 'serial.json': JAEGER, 'fixed.json': OTHER },
  'A folder of gzipped files': { 'serial.json.gz': gzipSync(JAEGER), 'fixed.json.gz': gzipSync(OTHER) },
  'A folder of gzip without the name': { 'serial.json': gzipSync(JAEGER) },
  'A folder of cases': {
    'serial/case.json': '{}',
    'serial/traces.json.gz': gzipSync(JAEGER),
    'fixed/traces-1.json': OTHER,
  },
  'A case folder': { 'case.json': '{}', 'traces.json': JAEGER, 'logs.jsonl': '' },
})) {
  testTraceSource(name, {
    traceId: TRACE_ID,
    unknownId: '00000000000000000000000000000abc',
    spanCount: SPANS,
    async open() {
      const { folder, close } = folderWith(contents);
      return { source: files({ folder }), close };
    },
  });
}

const line = (atMs: number, labels: object, text: string) =>
  JSON.stringify({ ts: `${atMs}000000`, labels, line: text });

const LINES = [
  line(1000, { service_name: 'cart', trace_id: TRACE_ID.toUpperCase() }, 'first'),
  line(2000, { service_name: 'cart' }, `second trace_id=${TRACE_ID}`),
  line(3000, { app: 'stock' }, 'third'),
  'not json',
  line(3_600_000, { service_name: 'cart', traceId: TRACE_ID }, 'an hour later'),
  line(3_600_000, { service_name: 'stock' }, 'stock, an hour later'),
].join('\n');

const WINDOW = { services: [], fromUs: 500_000, toUs: 5_000_000, limit: 100 } as const;

for (const [name, contents] of Object.entries({
  'A case folder': { 'case.json': '{}', 'traces.json': JAEGER, 'logs.jsonl': LINES },
  'A folder of cases with gzipped logs': { 'a/traces.json': JAEGER, 'a/logs.jsonl.gz': gzipSync(LINES) },
})) {
  testLogSource(name, {
    async open() {
      const { folder, close } = folderWith(contents);
      return { source: files({ folder }), close };
    },
    cases: {
      'finds lines by the trace’s own field': {
        query: { by: 'trace-field', traceId: TRACE_ID, ...WINDOW },
        holds: ['first', 'an hour later'],
        lacks: ['second', 'third'],
      },
      'finds lines by the id as text': {
        query: { by: 'text', text: TRACE_ID, ...WINDOW },
        holds: ['second'],
        lacks: ['first', 'third', 'an hour later'],
      },
      'finds lines by service and time': {
        query: { by: 'service', ...WINDOW, services: ['stock'] },
        holds: ['third'],
        lacks: ['first', 'second', 'stock, an hour later'],
      },
      'stops at the limit': {
        query: { by: 'service', ...WINDOW, limit: 1 },
        holds: ['first'],
        lacks: ['second', 'third'],
      },
    },
  });
}

describe('files', () => {
  test('hands on the file that holds the trace and not one that links to it', async () => {
    const link = `{"data":[{"traceID":"feed","spans":[{"references":[{"traceID":"${TRACE_ID}"}]}]}]}`;
    const { folder, close } = folderWith({ 'a-link.json': link, 'b-trace.json': JAEGER });
    const { query } = await files({ folder }).openTrace(TRACE_ID, later());
    expect(query.text).toBe('b-trace.json');
    await close();
  });

  test('finds an id that is no hex, as hand-written samples have them', async () => {
    const { folder, close } = folderWith({
      'guide.json': '{"traceId" : "order-77.x","spans":[]}',
      'no.json': '{"traceId":"order-77ax"}',
    });
    expect((await files({ folder }).openTrace('order-77.x', later())).query.text).toBe('guide.json');
    await close();
  });

  test('finds a 64-bit id in either of its forms', async () => {
    const { folder, close } = folderWith({ 'short.json': '{"traceID":"a1b2c3d4e5f60718"}' });
    expect((await files({ folder }).openTrace('0000000000000000a1b2c3d4e5f60718', later())).query.text).toBe(
      'short.json',
    );
    await expect(files({ folder }).openTrace('c3d4e5f60718', later())).rejects.toThrow(
      'no trace `c3d4e5f60718` in samples',
    );
    await close();
  });

  test('finds an id that lies across two chunks of a large file', async () => {
    const { folder, close } = folderWith({ 'large.json': `${' '.repeat(64 * 1024 - 20)}{"traceID":"${TRACE_ID}"}` });
    expect((await files({ folder }).openTrace(TRACE_ID, later())).query.text).toBe('large.json');
    await close();
  });

  test('in a case reads traces and not the healthy window, the metrics or the changes', async () => {
    const { folder, close } = folderWith({ 'c/case.json': '{}', 'c/traces.json': OTHER, 'c/baseline.json': JAEGER });
    await expect(files({ folder }).openTrace(TRACE_ID, later())).rejects.toMatchObject({ code: 'SH_TRACE_NOT_FOUND' });
    await close();
  });

  test('a damaged file does not hide the others', async () => {
    const damaged = gzipSync(OTHER).subarray(0, 500);
    const { folder, close } = folderWith({ 'a.json.gz': damaged, 'b.json': JAEGER });
    expect((await files({ folder }).openTrace(TRACE_ID, later())).query.text).toBe('b.json');
    await close();
  });

  test('reads several folders as one', async () => {
    const [one, other] = [folderWith({ 'a.json': JAEGER }), folderWith({ 'late/traces.json': OTHER })];
    const source = files({ folder: [one.folder, other.folder] });
    const id = /"traceID": ?"(\w+)"/.exec(OTHER.toString())?.[1] ?? '';
    expect((await source.openTrace(TRACE_ID, later())).query.text).toBe('a.json');
    expect((await source.openTrace(id, later())).query.text).toBe('late/traces.json');
    expect(await source.check(later())).toMatchObject({ ok: true, detail: expect.stringContaining('2 trace files') });
    // It may be filled later: it is looked into anew each time.
    rmSync(join(other.folder, 'late'), { recursive: true });
    await expect(source.openTrace(id, later())).rejects.toMatchObject({ code: 'SH_TRACE_NOT_FOUND' });
    await Promise.all([one.close(), other.close()]);
  });

  test('says that the folder cannot be read', async () => {
    const source = files({ folder: '/nowhere/at/all' });
    await expect(source.openTrace(TRACE_ID, later())).rejects.toMatchObject({ code: 'SH_UNREACHABLE' });
    expect(await source.check(later())).toMatchObject({
      ok: false,
      detail: expect.stringContaining('/nowhere/at/all'),
    });
  });

  test('keeps letters that lie across two chunks of a log', async () => {
    const long = line(1000, { app: 'x' }, `${'é'.repeat(70_001)}!`);
    const { folder, close } = folderWith({ 'logs.jsonl': `${long}\n`, 'traces.json': '{}' });
    const query: LogQuery = { by: 'service', ...WINDOW };
    expect(await textOf((await files({ folder }).openLogs(query, later())).chunks)).toBe(`${long}\n`);
    await close();
  });
});

describe('readFileBytes', () => {
  test.each([
    ['plain', JAEGER],
    ['gzipped, whatever its name', gzipSync(JAEGER)],
    ['gzipped in two parts', Buffer.concat([gzipSync(JAEGER.subarray(0, 99)), gzipSync(JAEGER.subarray(99))])],
  ])('reads a file that is %s', async (_, content) => {
    const { folder, close } = folderWith({ x: content });
    expect(await textOf(readFileBytes(join(folder, 'x')))).toBe(JAEGER.toString('utf8'));
    await close();
  });

  test('reads an empty file and a file of one byte', async () => {
    const { folder, close } = folderWith({ empty: '', one: '\x1f' });
    expect(await textOf(readFileBytes(join(folder, 'empty')))).toBe('');
    expect(await textOf(readFileBytes(join(folder, 'one')))).toBe('\x1f');
    await close();
  });

  test.each([
    ['nope.json', 'there is no such file'],
    ['.', 'it is a folder'],
    ['cut.gz', 'its compressed data is truncated'],
    ['damaged.gz', 'its compressed data is damaged'],
  ])('says what is wrong with %s', async (name, why) => {
    const packed = gzipSync(JAEGER);
    const damaged = Buffer.from(packed).fill(0xff, 20, 400);
    const { folder, close } = folderWith({ 'cut.gz': packed.subarray(0, packed.length / 2), 'damaged.gz': damaged });
    await expect(textOf(readFileBytes(join(folder, name)))).rejects.toMatchObject({
      code: 'SH_UNREADABLE',
      message: expect.stringContaining(why),
      advice: expect.stringMatching(/\w/),
    });
    await close();
  });

  test('closes the file when its reader stops early', async () => {
    const { folder, close } = folderWith({ x: Buffer.alloc(1_000_000) });
    for await (const chunk of readFileBytes(join(folder, 'x'))) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await close();
  });
});

describe('a search in a folder', () => {
  const BEGAN_US = 1_795_155_917_475_091;

  async function found(service: string, fromUs: number, toUs: number) {
    const { folder, close } = folderWith({ 'serial.json': JAEGER, 'fixed.json.gz': gzipSync(OTHER) });
    const bodies = (await files({ folder }).search?.({ service, fromUs, toUs, limit: 10 }, later())) ?? [];
    const names = bodies.map(({ query }) => query.text);
    await close();
    return names;
  }

  test('finds the files that have the service in the window, plain or gzipped', async () => {
    expect(await found('frontend', BEGAN_US, BEGAN_US + 60_000_000)).toEqual(['fixed.json.gz', 'serial.json']);
    expect(await found('frontend', BEGAN_US - 60_000_000, BEGAN_US + 1_000_000)).toEqual(['serial.json']);
  });

  test('finds nothing of another service or another time', async () => {
    expect(await found('cart', BEGAN_US, BEGAN_US + 60_000_000)).toEqual([]);
    expect(await found('frontend', 0, 1)).toEqual([]);
  });

  test('knows the services of both forms of a trace', async () => {
    const otlp = recordedBody('jaeger/hotrod-v3/serial-01');
    const { folder, close } = folderWith({ 'serial.json': otlp, 'notes.json': '{"serviceName": "half' });
    expect(await files({ folder }).services?.(later())).toEqual([
      'customer',
      'driver',
      'frontend',
      'mysql',
      'redis-manual',
      'route',
    ]);
    await close();
  });
});
