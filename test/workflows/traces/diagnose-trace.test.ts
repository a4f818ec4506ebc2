import { describe, expect, test } from 'vitest';
import { files } from '#adapters/files/client.ts';
import { jaeger } from '#adapters/jaeger/client.ts';
import { loki } from '#adapters/loki/client.ts';
import { openSession } from '#analyse/open-session.ts';
import type { AnalysedTrace, Session, SessionSettings } from '#analyse/session.ts';
import { systemClock } from '#core/clock.ts';
import { whyAborted } from '#core/deadline.ts';
import {
  BackendError,
  SpanhoundError,
  TraceNotFoundError,
  UnreachableError,
  UnreadableInputError,
} from '#core/errors.ts';
import type { LogQuery, LogSource, OpenBody, TraceSource } from '#gather/sources.ts';
import { ownDesk } from '#model/incident/postmortem-desk.ts';
import type { AskedReference } from '#model/trace/asked-for.ts';
import { patientClock } from '#test/patient-clock.ts';
import {
  breakOff,
  recordedBody,
  refuse,
  replay,
  type SeenRequest,
  startRecordedServer,
} from '#test/recorded-server.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { type DiagnoseTraceParts, type DiagnosisStage, diagnoseTrace } from '#workflows/traces/diagnose-trace.ts';

const ID = 'ac7a085ac1e7444f87fffebd9299acd6';
const SETTINGS: SessionSettings = {
  thresholds: {},
  links: { trace: '', span: '', logs: '', runbooks: '' },
  maxClockSkewUs: 0,
};

describe('diagnosing a trace', () => {
  test('gives a verdict from the trace alone, and another with the logs', async () => {
    const logs = logSource('loki', ({ by }) => (by === 'trace-field' ? 'first\nsecond' : ''));
    const { stages } = await run({ traceSources: [traceSource('jaeger', `trace ${ID}`)], logSources: [logs] });
    expect(stages.map(({ stage }) => stage)).toEqual(['trace', 'final']);
    expect(stages.map(({ analysed }) => analysed.markdown)).toEqual(['', 'first|second']);
  });

  test('the first source that has the trace wins, and its links are shown', async () => {
    const { stages, settings } = await run({
      traceSources: [traceSource('lacking', undefined), traceSource('having', `trace ${ID}`), stalled('slow')],
    });
    expect(stages).toHaveLength(2);
    expect(settings.at(-1)?.links).toMatchObject({ trace: 'having/{traceId}', span: 'having/{traceId}/{spanId}' });
  });

  test('a source that failed before another one had the trace becomes a gap', async () => {
    const { gaps } = await run({
      traceSources: [failing('tempo', new BackendError('tempo', 503, 'api')), traceSource('jaeger', `trace ${ID}`)],
    });
    expect(gaps).toContainEqual({
      source: 'tempo',
      problem: 'answered 503 to api',
      consequence: 'spans found only there are missing',
    });
  });

  test('a source that returns another trace does not have this one', async () => {
    const { stages } = await run({
      traceSources: [traceSource('linking', 'trace feed'), traceSource('having', `trace ${ID}`, 10)],
    });
    expect(stages[0]?.analysed.traceId).toBe(ID);
  });

  test('finds a 64-bit id whose zeros the source strips', async () => {
    const reference = { kind: 'trace', id: '0000000000000000a1b2c3d4e5f60718' } as const;
    const { stages } = await run({ traceSources: [traceSource('jaeger', 'trace a1b2c3d4e5f60718')] }, reference);
    expect(stages).toHaveLength(2);
  });

  test('names every queried source if none has the trace', async () => {
    const { error } = await run({
      traceSources: [traceSource('jaeger', undefined), traceSource('samples', undefined)],
      logSources: [logSource('loki', () => '')],
    });
    expect(error).toMatchObject({
      code: 'SH_TRACE_NOT_FOUND',
      message: `no trace \`${ID}\` in Jaeger or samples, and nothing in the last day’s logs mentions it`,
      advice: expect.stringContaining('It may be sampled out'),
    });
  });

  test('says that the trace may be in a source that did not answer', async () => {
    const down = failing('tempo', new UnreachableError('tempo', 'the connection was refused'));
    const { error } = await run({ traceSources: [traceSource('jaeger', undefined), down], logSources: [] });
    expect(error).toBeInstanceOf(TraceNotFoundError);
    expect(error).toMatchObject({
      advice: expect.stringContaining('tempo did not answer: the connection was refused'),
    });
  });

  test('does not claim that a trace is missing where no source answered', async () => {
    const down = failing('jaeger', new UnreachableError('jaeger', 'timed out'));
    const { error } = await run({ traceSources: [down] }); // the logs have lines of it
    expect(error).toMatchObject({
      code: 'SH_NO_SOURCE_ANSWERED',
      message: 'no source answered: jaeger did not answer: timed out',
      advice: expect.stringContaining('is up and that'),
    });
  });

  test('names the settings if no source is configured', async () => {
    const { error } = await run({ traceSources: [], logSources: [], settingsFor: async () => 'JAEGER_URL' });
    expect(error).toMatchObject({ code: 'SH_CONFIG', message: expect.stringContaining('JAEGER_URL') });
  });

  test('an answer that is no trace is a failure of its source', async () => {
    const { error } = await run({ traceSources: [traceSource('jaeger', 'gibberish')], logSources: [] });
    expect(error).toMatchObject({ code: 'SH_NO_SOURCE_ANSWERED', message: expect.stringContaining('no trace') });
  });

  test('uses the received part of a truncated trace, and says so', async () => {
    const { stages, gaps } = await run({
      traceSources: [traceSource('jaeger', `trace ${ID}`, 0, new UnreachableError('jaeger', 'the response broke off'))],
    });
    expect(stages).toHaveLength(2);
    expect(gaps).toContainEqual({
      source: 'jaeger',
      problem: 'did not answer: the response broke off',
      consequence: 'the trace is incomplete: the verdict rests on the spans that were read',
    });
  });

  test('lets a bug through as a bug', async () => {
    const broken = { ...traceSource('jaeger', undefined), openTrace: () => Promise.reject(new TypeError('oops')) };
    expect((await run({ traceSources: [broken] })).error).toBeInstanceOf(TypeError);
  });

  test('closes its session when its reader stops after the first verdict', async () => {
    const fake = fakeSessions();
    const parts = { ...PARTS, traceSources: [traceSource('jaeger', `trace ${ID}`)], openSession: fake.open };
    for await (const { stage } of diagnoseTrace(parts, { reference: { kind: 'trace', id: ID }, forms: {} })) {
      expect(stage).toBe('trace');
      break;
    }
    expect(fake.closed()).toBe(1);
  });
});

describe('the logs of a trace', () => {
  const traceSources = [traceSource('jaeger', `trace ${ID}`)];

  test('are queried by the trace’s field and by text; without a result by service and time', async () => {
    const asked: LogQuery['by'][] = [];
    const logs = logSource('loki', ({ by }) => {
      asked.push(by);
      return '';
    });
    const { gaps } = await run({ traceSources, logSources: [logs] });
    expect(asked).toEqual(['trace-field', 'text', 'service']);
    expect(gaps).toEqual([
      {
        source: 'loki',
        problem: 'no line of this trace was found',
        consequence: 'the verdict rests on the trace alone',
      },
    ]);
  });

  test('are not queried by service and time once lines were found', async () => {
    const asked: LogQuery['by'][] = [];
    const logs = logSource('loki', ({ by }) => {
      asked.push(by);
      return by === 'text' ? 'a line' : '';
    });
    expect((await run({ traceSources, logSources: [logs] })).gaps).toEqual([]);
    expect(asked).toEqual(['trace-field', 'text']);
  });

  test('are queried by the request’s other ids, and by time only for silent services', async () => {
    const asked: object[] = [];
    const logs = logSource('loki', (query) => {
      asked.push(query);
      return query.by === 'trace-field' ? 'a line with request=req-91' : '';
    });
    const { gaps } = await run({ traceSources, logSources: [logs] });
    expect(asked).toMatchObject([
      { by: 'trace-field' },
      { by: 'text' },
      { by: 'field', values: ['req-91'] },
      { by: 'text', text: 'req-91' },
      { by: 'service', services: ['stock'] },
    ]);
    expect(gaps).toEqual([]);
  });

  test('are not requested again from a failed store', async () => {
    let asked = 0;
    const logs = logSource('loki', () => {
      asked += 1;
      return new BackendError('loki', 500, 'query_range');
    });
    await run({ traceSources, logSources: [logs] });
    expect(asked).toBe(2);
  });

  test('that only share services and time are marked as such', async () => {
    const logs = logSource('loki', ({ by }) => (by === 'service' ? 'a line' : ''));
    const { gaps } = await run({ traceSources, logSources: [logs] });
    expect(gaps).toMatchObject([{ source: 'loki', problem: 'no line names this trace' }]);
  });

  test('beyond the limit are a gap', async () => {
    const logs = logSource('loki', ({ limit }) => Array(limit).fill('x').join('\n'));
    const { gaps } = await run({ traceSources, logSources: [logs] });
    expect(gaps).toMatchObject([{ source: 'loki', problem: 'has more than 20000 lines for this trace' }]);
  });

  test('that cannot be had cost the logs and not the verdict', async () => {
    const logs = logSource('loki', () => new BackendError('loki', 401, 'query_range', { reason: 'no org id' }));
    const { stages, gaps } = await run({
      traceSources,
      logSources: [logs, logSource('other', ({ by }) => (by === 'text' ? 'a line' : ''))],
    });
    expect(gaps).toEqual([
      {
        source: 'loki',
        problem: 'answered 401 to query_range: no org id',
        consequence: 'log lines found only there are missing',
      },
    ]);
    expect(stages[1]?.analysed.markdown).toBe('a line');
  });

  test('are a gap when no store is configured', async () => {
    const { gaps } = await run({ traceSources, logSources: [] });
    expect(gaps).toMatchObject([{ source: 'logs', problem: 'no log store is configured' }]);
  });

  test('that do not come in time cost themselves alone', async () => {
    const clock = steppedClock();
    const logs = {
      ...logSource('loki', () => ''),
      openLogs: (_: LogQuery, signal: AbortSignal) => never('loki', signal),
    };
    const fake = fakeSessions();
    const parts = { ...PARTS, clock, traceSources, logSources: [logs], openSession: fake.open };
    const stages = diagnoseTrace(parts, { reference: { kind: 'trace', id: ID }, forms: {}, deadlineMs: 5000 });
    expect((await stages.next()).value).toMatchObject({ stage: 'trace' });
    const final = stages.next();
    await clock.tick(4999);
    expect(fake.gaps()).toEqual([]);
    await clock.tick(1);
    expect((await final).value).toMatchObject({ stage: 'final' });
    expect(fake.gaps()).toMatchObject([{ source: 'loki', problem: 'did not answer: timed out after 5 s' }]);
  });
});

describe('an id that is no trace’s', () => {
  const ORDER = { kind: 'text', text: 'abc123def456ghi789jkl' } as const;
  const withOrder = (line: string) =>
    logSource('loki', (query) => (query.by === 'text' && query.text === ORDER.text ? line : ''));

  test('is searched in the logs, whose lines name the trace', async () => {
    const { stages } = await run(
      { traceSources: [traceSource('jaeger', `trace ${ID}`)], logSources: [withOrder(`order paid trace=${ID}`)] },
      ORDER,
    );
    expect(stages[1]?.analysed).toMatchObject({ traceId: ID, markdown: `order paid trace=${ID}` });
  });

  test('is found without a search where a source knows it', async () => {
    const { stages } = await run({ traceSources: [traceSource('samples', `trace ${ORDER.text}`)] }, ORDER);
    expect(stages[0]?.analysed.traceId).toBe(ORDER.text);
  });

  test('is not found when no line has it', async () => {
    const { error } = await run(
      { traceSources: [traceSource('jaeger', undefined)], logSources: [withOrder('')] },
      ORDER,
    );
    expect(error).toMatchObject({
      code: 'SH_TRACE_NOT_FOUND',
      message: `no trace \`${ORDER.text}\` in Jaeger, and nothing in the last day’s logs mentions it`,
    });
  });

  test('is searched in the logs of a week by stores that can do so, if somebody asks to look further back', async () => {
    const loki = { ...withOrder(''), holdsDays: true } as const;
    const search = { traceSources: [traceSource('jaeger', undefined)], logSources: [loki] };
    const day = await run(search, ORDER);
    expect(day.error).toMatchObject({ isMoreToSearch: true });

    const week = await run(search, { ...ORDER, furtherBack: true });
    expect(week.error).toMatchObject({
      isMoreToSearch: false,
      message: `no trace \`${ORDER.text}\` in Jaeger, and nothing in the last week’s logs mentions it`,
    });
  });

  test('is not found in logs alone', async () => {
    const { error } = await run({ traceSources: [], logSources: [withOrder('')] }, ORDER);
    expect(error).toMatchObject({
      code: 'SH_TRACE_NOT_FOUND',
      message: `nothing in the last day’s logs mentions \`${ORDER.text}\``,
    });
  });

  test('is not called missing when the logs did not answer', async () => {
    const down = logSource('loki', () => new UnreachableError('loki', 'timed out'));
    const { error } = await run({ traceSources: [traceSource('jaeger', undefined)], logSources: [down] }, ORDER);
    expect(error).toMatchObject({ code: 'SH_NO_SOURCE_ANSWERED' });
  });

  test('is reconstructed from its lines if they name no trace, and the answer says that there is none', async () => {
    const { stages, gaps, windows } = await run(
      { traceSources: [traceSource('jaeger', undefined)], logSources: [withOrder('order paid')] },
      ORDER,
    );
    expect(stages.map(({ stage, analysed }) => [stage, analysed.markdown])).toEqual([['final', 'order paid']]);
    expect(windows).toMatchObject([{ kind: 'window', requestId: ORDER.text }]);
    expect(gaps).toContainEqual({
      source: 'jaeger',
      problem: 'has no trace of it',
      consequence: 'the request was reconstructed from its log lines',
    });
  });

  test('is reconstructed from its lines without any trace source', async () => {
    const { stages, gaps } = await run({ traceSources: [], logSources: [withOrder('order paid')] }, ORDER);
    expect(stages.map(({ stage }) => stage)).toEqual(['final']);
    expect(gaps).toMatchObject([{ source: 'traces', problem: 'no trace source is configured' }]);
  });

  test('leads to further lines through the other ids in its lines', async () => {
    const logs = logSource('loki', (query) => {
      if (query.by === 'text' && query.text === ORDER.text) return 'order paid request=req-91';
      return query.by === 'text' && query.text === 'req-91' ? 'req-91 charged' : '';
    });
    const { stages } = await run({ traceSources: [traceSource('jaeger', undefined)], logSources: [logs] }, ORDER);
    expect(stages[0]?.analysed.markdown).toBe('order paid request=req-91|req-91 charged');
  });

  test('may look like hex: a short one is searched, too, when no source has such a trace', async () => {
    const logs = logSource('loki', (query) => (query.by === 'text' && query.text === 'feed0123' ? `trace=${ID}` : ''));
    const reference = { kind: 'trace', id: 'feed0123' } as const;
    const { stages } = await run(
      { traceSources: [traceSource('jaeger', `trace ${ID}`)], logSources: [logs] },
      reference,
    );
    expect(stages[0]?.analysed.traceId).toBe(ID);
  });

  test('a whole trace id that no source has is searched, too: its lines may be all that was kept of it', async () => {
    const logs = logSource('loki', ({ by }) => (by === 'any-text' ? `paid trace=${ID}` : ''));
    const { stages, windows } = await run({ traceSources: [traceSource('jaeger', undefined)], logSources: [logs] });
    expect(stages.map(({ stage }) => stage)).toEqual(['final']);
    expect(windows).toMatchObject([{ requestId: ID }]);
  });
});

describe('with real answers', () => {
  function hotrod({ path, search }: SeenRequest) {
    if (path === `/api/traces/${ID}`) return replay(json(recordedBody('jaeger/hotrod/serial-01')));
    if (path !== '/loki/api/v1/query_range') return refuse(500);
    return replay(json(search.get('query')?.includes(ID) ? recordedBody('loki/hotrod/serial-01') : NO_LINES));
  }

  async function diagnose(
    reply: Parameters<typeof startRecordedServer>[0],
    reference: AskedReference = { kind: 'trace', id: ID },
    further: readonly LogSource[] = [],
  ): Promise<DiagnosisStage[]> {
    await using server = await startRecordedServer(reply);
    const parts = {
      ...PARTS,
      openSession,
      traceSources: [jaeger({ url: server.url })],
      logSources: [loki({ url: server.url }), ...further],
    };
    return await Array.fromAsync(
      diagnoseTrace(parts, { reference, forms: { markdown: true, text: { width: 100, colour: false }, slack: true } }),
    );
  }

  test('diagnoses HotROD from Jaeger and Loki', async () => {
    const [first, final] = await diagnose(hotrod);
    expect(first?.analysed.report.trace).toMatchObject({ spanCount: 40, rootService: 'frontend' });
    expect(final?.analysed.report.gaps).toEqual([]);
    expect(final?.analysed.report.diagnosis?.verdict).toMatch(/\w/);
  });

  /** Its store finds a part of an id, as a search for text does. */
  function substrings(request: SeenRequest) {
    if (request.path.startsWith('/api/traces/') && request.path !== `/api/traces/${ID}`) return refuse(404);
    if (request.path !== '/loki/api/v1/query_range') return hotrod(request);
    const isAsked = request.search.get('query')?.includes(ID.slice(0, 31));
    return replay(json(isAsked ? recordedBody('loki/hotrod/serial-01') : NO_LINES));
  }

  test('an id with a digit too few is answered with the trace that the log lines name, and every form says so first', async () => {
    const short = ID.slice(0, 31);
    for (const { analysed } of await diagnose(substrings, { kind: 'trace', id: short })) {
      const said = `There is no trace ${short}. This is trace ${ID}: log lines with ${short} name it.`;
      expect(analysed.report.subject).toMatchObject({ traceId: ID, asked: short });
      expect(analysed.report.subject.askedNote).toContain(said);
      const brief = 'No trace has the id that you gave. Log lines with it name this trace.';
      expect(analysed.text?.split('\n').slice(0, 4)).toContain(brief);
      expect(analysed.markdown?.split('\n').slice(0, 6)).toContain(brief);
      expect(JSON.stringify(analysed.slack?.blocks[0])).toContain(brief);
      for (const form of [analysed.text, analysed.markdown, JSON.stringify(analysed.slack?.thread)])
        expect(form?.replace(/\s+/g, ' ')).toContain(said);
    }
  });

  test('an id that matches the request, or came in a link, needs no remark', async () => {
    for (const around of [undefined, 'link'] as const) {
      const [first] = await diagnose(hotrod, { kind: 'trace', id: ID, ...(around && { around }) });
      expect(first?.analysed.report.subject).not.toHaveProperty('asked');
      expect(first?.analysed.text?.includes(`trace ${ID} (from the link)`)).toBe(around === 'link');
      expect(JSON.stringify(first?.analysed.slack?.thread[0]).includes('from the link')).toBe(around === 'link');
    }
  });

  test('a second store that has no line of it is no gap', async () => {
    const [, final] = await diagnose(hotrod, undefined, [files({ folder: 'samples' })]);
    expect(final?.analysed.report.gaps).toEqual([]);
    expect(final?.analysed.report.logs).not.toBeNull();
  });

  test("diagnoses the trace if Loki's response is truncated, and names the missing lines", async () => {
    const logs = json(recordedBody('loki/hotrod/serial-01'));
    const stages = await diagnose((request) => (request.path.startsWith('/loki') ? breakOff(logs) : hotrod(request)));
    expect(stages[1]?.analysed.report).toMatchObject({
      trace: { spanCount: 40 },
      gaps: [{ source: 'loki', problem: expect.stringContaining('broke off') }],
    });
  });
});

const NO_LINES = Buffer.from('{"status":"success","data":{"resultType":"streams","result":[]}}');

function json(body: Buffer) {
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

const PARTS = { logSources: [], settings: SETTINGS, clock: patientClock };

async function run(
  sources: Pick<DiagnoseTraceParts, 'traceSources' | 'settingsFor'> & { logSources?: readonly LogSource[] },
  reference: AskedReference = { kind: 'trace', id: ID },
) {
  const fake = fakeSessions();
  const stages: DiagnosisStage[] = [];
  let error: unknown;
  const parts: DiagnoseTraceParts = {
    ...PARTS,
    logSources: [logSource('loki', () => 'x')],
    ...sources,
    openSession: fake.open,
  };
  try {
    for await (const stage of diagnoseTrace(parts, { reference, forms: {} })) stages.push(stage);
  } catch (thrown) {
    error = thrown;
  }
  expect(fake.closed()).toBe(fake.settings.length);
  return { stages, error, gaps: fake.gaps(), settings: fake.settings, windows: fake.windows };
}

/**
 * A session that reads bodies of the form `trace <id>`, and logs as lines of which some say `trace=<id>`. What it has of
 * the logs, it gives back as Markdown.
 */
function fakeSessions() {
  const settings: SessionSettings[] = [];
  const sessions: { gaps: object[] }[] = [];
  const windows: object[] = [];
  let closed = 0;

  function open(given: SessionSettings): Session {
    settings.push(given);
    const state = { gaps: [] as object[], traceId: '', lines: [] as string[], bodies: new Map<string, string>() };
    const kinds = new Map<string, string>();
    sessions.push(state);
    const take = (id: string) => {
      const text = state.bodies.get(id) ?? '';
      if (kinds.get(id) === 'logs') {
        const lines = text.split('\n').filter((line) => line !== '');
        state.lines.push(...lines);
        return { items: lines.length };
      }
      const traceId = /^trace (\S+)/.exec(text)?.[1];
      if (traceId === undefined) throw new UnreadableInputError('the answer is no trace', 'Check the address.');
      state.traceId = traceId;
      return { items: 1 };
    };
    return {
      body(id, { kind }) {
        expect(state.bodies.has(id), 'ids of bodies are unique').toBe(false);
        state.bodies.set(id, '');
        kinds.set(id, kind);
      },
      async bytes(id, chunk) {
        state.bodies.set(id, (state.bodies.get(id) ?? '') + Buffer.from(chunk).toString());
      },
      end: async (id) => take(id),
      async abandon(id, gap) {
        state.gaps.push(gap);
        return take(id);
      },
      gap: (gap) => void state.gaps.push(gap),
      draw: async () => new Uint8Array(),
      redact: async (text) => text,
      ...ownDesk,
      requests: async () => [],
      spans: async () => ({ durationsUs: [], carrying: 0 }),
      newErrors: async () => [],
      release: async () => Promise.reject(new Error('nobody asks for a release here')),
      wanted: async () => ({
        traceIds: state.lines.flatMap((line) => /trace=(\S+)/.exec(line)?.[1] ?? []),
        services: ['cart'],
        operations: [],
        fromUs: 5_000_000,
        toUs: 6_000_000,
        ties: {
          requestIds: state.lines.flatMap((line) => /request=(\S+)/.exec(line)?.[1] ?? []),
          sessionIds: [],
          addresses: [],
        },
        failing: [],
        behind: ['cart', 'stock'],
        shared: [],
        silent:
          state.lines.length === 0 ? ['cart'] : state.lines.some((line) => /request=/.test(line)) ? ['stock'] : [],
      }),
      async reports({ window }) {
        if (window) {
          windows.push(window);
          return [{ file: '', traceId: '', report: {}, markdown: state.lines.join('|') } as unknown as AnalysedTrace];
        }
        if (state.traceId === '') return [];
        const analysed = { file: '', traceId: state.traceId, report: {}, markdown: state.lines.join('|') };
        return [analysed as unknown as AnalysedTrace];
      },
      async *eachReport() {},
      evidence: async () => ({ files: [], gaps: [] }),
      next: async () => undefined,
      async close() {
        closed += 1;
      },
    };
  }
  return { open, settings, windows, gaps: () => sessions.at(-1)?.gaps ?? [], closed: () => closed };
}

function traceSource(name: string, body: string | undefined, afterMs = 0, breaks?: SpanhoundError): TraceSource {
  return {
    name,
    ...(name === 'jaeger' && { title: 'Jaeger' }),
    links: { trace: `${name}/{traceId}`, span: `${name}/{traceId}/{spanId}` },
    check: async () => ({ ok: true, detail: '', remedy: '' }),
    async openTrace(traceId) {
      await systemClock.sleep(afterMs);
      if (body === undefined) throw new TraceNotFoundError(traceId, name);
      return bodyOf(name, body, breaks);
    },
  };
}

function failing(name: string, error: SpanhoundError): TraceSource {
  return { ...traceSource(name, undefined), openTrace: () => Promise.reject(error) };
}

function stalled(name: string): TraceSource {
  return { ...traceSource(name, undefined), openTrace: (_, signal) => never(name, signal) };
}

function never(name: string, signal: AbortSignal): Promise<OpenBody> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new UnreachableError(name, whyAborted(signal))), { once: true });
  });
}

function logSource(name: string, answer: (query: LogQuery) => string | SpanhoundError): LogSource {
  return {
    name,
    links: { logs: '' },
    check: async () => ({ ok: true, detail: '', remedy: '' }),
    async openLogs(query) {
      const given = answer(query);
      if (given instanceof SpanhoundError) throw given;
      return bodyOf(name, given);
    },
  };
}

function bodyOf(source: string, text: string, breaks?: SpanhoundError): OpenBody {
  async function* chunks() {
    yield Buffer.from(text);
    if (breaks) throw breaks;
  }
  return { source, format: 'auto', query: { text: '', url: '' }, chunks: chunks() };
}
