/** Paging against a Loki in miniature: lines by time, so many at once, limits that it refuses to exceed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loki } from '#adapters/loki/client.ts';
import { logBody } from '#decode/log-body.ts';
import { guardLogSource } from '#gather/guard.ts';
import { pagedLogSource } from '#gather/log-pages.ts';
import type { LogQuery } from '#gather/sources.ts';
import { later } from '#test/later.ts';
import { type Reply, refuse, type SeenRequest, startRecordedServer } from '#test/recorded-server.ts';

type Line = Readonly<{ ns: bigint; stream: string; text: string }>;

type Kept = Readonly<{
  lines: readonly Line[];
  /** What it hands out at once. */
  most?: number;
  /** The longest time of a query, as it names it. */
  longest?: Readonly<{ ns: bigint; name: string; countedMoreNs?: bigint }>;
  /** Replies that come before its own. */
  before?: (request: SeenRequest, number: number) => Reply | undefined;
}>;

const START_US = 1_795_152_744_000_000;
const START_NS = BigInt(START_US) * 1000n;
const SECOND_NS = 1_000_000_000n;

function miniature({ lines, most = 5000, longest, before }: Kept): (request: SeenRequest) => Reply {
  let number = 0;
  return (request) => {
    number += 1;
    const odd = before?.(request, number);
    if (odd !== undefined) return odd;
    const [start, end] = [BigInt(request.search.get('start') ?? 0), BigInt(request.search.get('end') ?? 0)];
    const limit = Number(request.search.get('limit'));
    if (limit > most) {
      return refuse(
        400,
        {},
        `max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${most})`,
      );
    }
    const length = end - start + (longest?.countedMoreNs ?? 0n);
    if (longest && length > longest.ns) {
      const said = `query length: ${length / SECOND_NS}s, limit: ${longest.name}`;
      return refuse(400, {}, `the query time range exceeds the limit (${said})`);
    }
    const within = lines.filter(({ ns }) => ns >= start && ns < end);
    const found = (request.search.get('direction') === 'backward' ? within.reverse() : within).slice(0, limit);
    const streams = Map.groupBy(found, ({ stream }) => stream);
    const result = [...streams].map(([stream, of]) => ({
      stream: { service_name: stream },
      values: of.map(({ ns, text }) => [`${ns}`, text, {}]),
    }));
    const body = JSON.stringify({ status: 'success', data: { resultType: 'streams', result } });
    return refuse(200, { 'content-type': 'application/json' }, body);
  };
}

/** In order of time; of those of one instant the order is the store's own. */
function inOrder(lines: readonly Line[]): Line[] {
  return [...lines].sort((a, b) => (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0));
}

async function readAll(kept: Kept, query: Partial<LogQuery> & { limit: number }, toUs = START_US + 60_000_000) {
  await using server = await startRecordedServer(miniature(kept));
  const source = pagedLogSource(guardLogSource(loki({ url: server.url }), { pauseMs: 1 }));
  const asked = { by: 'service', services: [], fromUs: START_US, toUs, ...query } as LogQuery;
  const decoder = logBody('loki-json', 'loki');
  let failure: unknown;
  try {
    const body = await source.openLogs(asked, later());
    for await (const chunk of body.chunks) decoder.push(chunk);
  } catch (error) {
    failure = error;
  }
  const read = failure !== undefined && server.requests.length < 2 ? [] : decoder.end();
  return {
    failure,
    requests: server.requests,
    read: read.map(({ timeNs, service, line }) => `${timeNs} ${service} ${line}`),
  };
}

const said = ({ ns, stream, text }: Line) => `${ns} ${stream} ${text}`;
const every = (count: number, stepNs: bigint, text = (i: number) => `line ${i}`): Line[] =>
  Array.from({ length: count }, (_, i) => ({ ns: START_NS + BigInt(i) * stepNs, stream: `s${i % 3}`, text: text(i) }));

describe('lines of a query, of which Loki hands out so many at once', () => {
  test('come all and none twice, wherever the cuts fall among lines of one instant', async () => {
    const line = fc.record({
      at: fc.nat(6),
      stream: fc.constantFrom('a', 'b', 'c'),
      text: fc.constantFrom('x', 'y', '["1795152744000000000","', 'z'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(line, { maxLength: 40, selector: (one) => JSON.stringify(one) }),
        fc.integer({ min: 13, max: 16 }),
        async (drawn, most) => {
          const lines = inOrder(drawn.map(({ at, stream, text }) => ({ ns: START_NS + BigInt(at), stream, text })));
          for (const newestFirst of [false, true]) {
            const { read, failure } = await readAll({ lines, most }, { limit: 20_000, newestFirst });
            expect(failure).toBeUndefined();
            expect([...read].sort()).toEqual(lines.map(said).sort());
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('come in as few answers as there are pages, each beginning with the last instant of the one before', async () => {
    const { read, requests } = await readAll({ lines: every(12_000, 1_000_000n) }, { limit: 20_000 });
    expect(new Set(read).size).toBe(12_000);
    expect(
      requests.map(({ search }) => [(BigInt(search.get('start') ?? 0) - START_NS) / 1_000_000n, search.get('limit')]),
    ).toEqual([
      [0n, '5000'],
      [4999n, '5000'],
      [9998n, '5000'],
    ]);
  });

  test('end where enough came', async () => {
    const { read, requests } = await readAll({ lines: every(12_000, 1_000_000n) }, { limit: 7_000 });
    expect(read).toHaveLength(7_000);
    expect(read.at(-1)).toContain('line 6999');
    expect(requests.map(({ search }) => search.get('limit'))).toEqual(['5000', '2001']);
  });

  test('the latest of too many are kept where that is asked for, those of one instant in their order', async () => {
    const lines = every(12_000, 0n).map((line, i) => ({ ...line, stream: 'a', ns: START_NS + BigInt(i - (i % 3)) }));
    const { read, requests } = await readAll({ lines }, { limit: 7_000, newestFirst: true });
    expect(read).toEqual(lines.slice(-7_000).map(said));
    expect(requests.map(({ search }) => [search.get('direction'), search.get('limit')])).toEqual([
      ['backward', '5000'],
      ['backward', '2002'],
    ]);
  });

  test('the latest come piece by piece where the time is longer than is allowed', async () => {
    const lines = every(50, SECOND_NS);
    const longest = { ns: 20n * SECOND_NS, name: '20s' };
    const { read, failure } = await readAll({ lines, longest }, { limit: 20_000, newestFirst: true });
    expect(failure).toBeUndefined();
    expect(read).toEqual(lines.map(said));
  });

  test('more of one instant than one answer holds are told to be missing; all others come', async () => {
    const burst = Array.from({ length: 25 }, (_, i): Line => ({ ns: START_NS + 5n, stream: 'a', text: `burst ${i}` }));
    const lines = inOrder([...every(8, 1n), ...burst, ...every(30, SECOND_NS, (i) => `later ${i}`)]);
    const { read, failure } = await readAll({ lines, most: 10 }, { limit: 20_000 });
    expect(failure).toMatchObject({ code: 'SH_TOO_MANY_LINES' });
    expect(read.filter((line) => line.includes('burst'))).toHaveLength(10 - 1);
    const others = lines.filter(({ text }) => !text.startsWith('burst')).map(said);
    expect(read.filter((line) => !line.includes('burst')).sort()).toEqual(others.sort());
  });

  test('values that only look like lines are not counted', async () => {
    const tricky = every(40, 1n, (i) => `["9995152744000000000","${i}`);
    const { read } = await readAll({ lines: tricky, most: 15 }, { limit: 20_000 });
    expect(read.sort()).toEqual(tricky.map(said).sort());
  });
});

describe('limits of Loki', () => {
  test('of lines are learned from its refusal, once', async () => {
    const { read, requests } = await readAll({ lines: every(2_500, 1n), most: 1_000 }, { limit: 20_000 });
    expect(new Set(read).size).toBe(2_500);
    expect(requests.map(({ search }) => search.get('limit'))).toEqual(['5000', '1000', '1000', '1000']);
  });

  test('of time are: the window is asked for piece by piece, and no line at a seam is lost or doubled', async () => {
    const lines = every(241, 60n * SECOND_NS);
    const longest = { ns: 3_600n * SECOND_NS, name: '1h' };
    const { read, requests } = await readAll({ lines, longest }, { limit: 20_000 }, START_US + 4 * 3_600_000_000);
    expect(read).toEqual(lines.map(said));
    expect(requests).toHaveLength(1 + 5); // the refusal, four hours, and the microsecond at the end
  });

  test('of time are, where Loki counts a query as longer than was asked for', async () => {
    const lines = every(100, 6n * SECOND_NS);
    const longest = { ns: 120n * SECOND_NS, name: '2m', countedMoreNs: 30n * SECOND_NS };
    const { read, failure } = await readAll({ lines, longest }, { limit: 20_000 }, START_US + 600_000_000);
    expect({ failure, read }).toEqual({ failure: undefined, read: lines.map(said) });
  });

  test.each([
    [
      'too many bytes',
      400,
      'the query would read too many bytes (query: 1.2 TB, limit: 500 GB); consider adding more specific stream selectors',
    ],
    ['its own deadline', 504, 'context deadline exceeded'],
  ])('of work (%s): a shorter time is asked for, and then the rest', async (_what, status, text) => {
    const lines = every(100, 60n * SECOND_NS);
    const before = ({ search }: SeenRequest) =>
      BigInt(search.get('end') ?? 0) - BigInt(search.get('start') ?? 0) > 1_600n * SECOND_NS
        ? refuse(status, {}, text)
        : undefined;
    const { read, failure } = await readAll({ lines, before }, { limit: 20_000 }, START_US + 6_000_000_000);
    expect({ failure, read }).toEqual({ failure: undefined, read: lines.map(said) });
  });

  test('that nothing helps against are an error with Loki’s own words', async () => {
    const before = () => refuse(400, {}, 'maximum number of series (500) reached for a single query');
    expect((await readAll({ lines: [], before }, { limit: 10 })).failure).toMatchObject({
      code: 'SH_BACKEND',
      status: 400,
      message: expect.stringContaining('maximum number of series (500)'),
    });
  });
});

describe('trouble between two pages', () => {
  const lines = every(12, 1n);

  test('429 is waited for as long as Loki asks, and the page asked for again', async () => {
    const before = (_: SeenRequest, number: number) =>
      number === 3 ? refuse(429, { 'retry-after': '0' }, 'too many outstanding requests') : undefined;
    const { read, failure } = await readAll({ lines, most: 5, before }, { limit: 100 });
    expect({ failure, count: new Set(read).size }).toEqual({ failure: undefined, count: 12 });
  });

  test('what came before it is used, and the failure is told', async () => {
    const before = (_: SeenRequest, number: number) => (number >= 4 ? refuse(401, {}, 'no org id') : undefined);
    const { read, failure } = await readAll({ lines, most: 5, before }, { limit: 100 });
    expect(failure).toMatchObject({ code: 'SH_BACKEND', status: 401 });
    expect(read).toEqual(lines.slice(0, 9).map(said));
  });

  test('an answer that breaks off is left out, and those before it are used', async () => {
    const before = (_: SeenRequest, number: number): Reply | undefined =>
      number < 4
        ? undefined
        : (response) => {
            response.writeHead(200, { 'content-length': '500' });
            response.write('{"status":"success","data":{"result":[{"stream":{},"values":[["1795152744000000008","li');
            setTimeout(() => response.destroy(), 20);
          };
    const { read, failure } = await readAll({ lines, most: 5, before }, { limit: 100 });
    expect(failure).toMatchObject({ code: 'SH_UNREACHABLE' });
    expect(read).toEqual(lines.slice(0, 9).map(said));
  });
});
