/** A line says that what looks like a fault is meant. */
import { describe, expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { withinIntent } from '#diagnose/said-as-meant.ts';
import type { CorrelatedLine } from '#model/logs/log-correlation.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, server, span, times, traceOf } from '#test/trace.ts';

const known = knownDetectors(detectors);
/** A cache that had no such entry. */
const MISS = { 'db.system.name': 'redis', 'cache.hit': false };
const FAILED = { failed: true, statusText: 'exit code 143' };
const job = traceOf(span('archive', 'run reanalysis', { ms: 64_000, ...FAILED }));
const request = traceOf(
  server('archive', 'GET /tides', { ms: 60, failed: true, attributes: { 'http.response.status_code': 500 } }, [
    query('archive', 'SELECT 1', { at: 5, ms: 40, failed: true, statusText: 'no such table' }),
  ]),
);

function judgedWith(trace: typeof job, text: string, { service = 'archive', level = 'info' } = {}) {
  const line: CorrelatedLine = { ...logLine(service, 50, text, { level }), rung: 'trace-id' };
  return withinIntent(diagnosed(trace, [line]), trace, [line], known);
}

describe('a fault that a line calls meant', () => {
  test.each([
    'node reclaimed, job will resume elsewhere as planned',
    'window closed after 90 s (by design)',
    'stopped on purpose for the nightly copy',
    'one machine by choice, the others are off',
    'Rechner wie geplant abgegeben',
    'arrêté comme prévu',
    'detenido a propósito',
  ])('is unsure, and the reason quotes the line: %s', (text) => {
    const { diagnosis, findings } = judgedWith(job, text);
    expect(findings[0]?.evidence?.[0]).toMatchObject({ kind: 'log', text });
    expect(diagnosis).toMatchObject({ kind: 'error-origin', status: 'inconclusive' });
    expect(diagnosis?.statusReason).toContain(text);
  });

  test.each([
    ['nothing of the kind', 'step 4100 written', {}],
    ['the opposite', 'the copy did not end as planned', {}],
    ['a warning', 'stopped, not by design but by design of another', { level: 'warn' }],
    ['another service', 'stopped as planned', { service: 'mail' }],
    ['the opposite in German', 'nicht wie geplant beendet', {}],
    ['the opposite in Spanish', 'no terminó según lo previsto', {}],
  ])('stays sure where the line says %s', (_, text, options) => {
    expect(judgedWith(job, text, options).diagnosis?.status).not.toBe('inconclusive');
  });

  describe('a time that a line calls usual, or within its target', () => {
    const slow = traceOf(
      server('archive', 'GET /tides', { ms: 4200, attributes: { 'http.response.status_code': 200 } }, [
        query('archive', 'SELECT height FROM tides WHERE year = ?', { at: 20, ms: 4100 }),
      ]),
    );

    test.each([
      '365 days of tides, as usual',
      'sent within the target of 6 s',
      'year read (SLO: 5 seconds)',
      'tides of the year in 4.2 s, within its 9 s',
      'year read (expected 3-5 s)',
      'reading, expected to take 2 to 6 seconds',
      'a scan of 48 M rows is expected, runs once a year',
      'row by row on purpose',
      'first call of the day: the wake-up takes up to 5 s',
      'waiting for a person, may take up to 48 h',
      'upload of 2.4 MB took 4.1 s, expected on this link',
      'waited the 4 s that the client allows for fresh levels',
      'year written in 4.2 s (last week 4.1 s)',
      'year written, usual 3 to 4 s',
      'the gauge office offers no batch, reading day by day',
      'its quota permits one call at a time',
      'played back after the 4 s pause that the pupil chose',
      'countdown of 4 s before the start',
      'search with the thinking time of 4 s that the level has',
      'blocking query returned after wait=4s, index unchanged',
      'long poll ended after 4 s without a message',
      'gate raised slowly in 4 s as the ramp demands',
    ])('is no verdict: %s', (text) => {
      expect(judgedWith(slow, text).diagnosis).toBeUndefined();
    });

    test('leaves the verdict unsure where the line may be of another request', () => {
      const line: CorrelatedLine = { ...logLine('archive', 50, 'year read on purpose'), rung: 'time' };
      expect(withinIntent(diagnosed(slow, [line]), slow, [line], known).diagnosis).toMatchObject({
        kind: 'slow-query',
        status: 'inconclusive',
      });
    });

    const ofRequest = (text: string, spanId = slow.spanId(slow.root)) => {
      const line: CorrelatedLine = {
        ...logLine('archive', 50, text, { spanId, traceId: slow.traceId }),
        rung: 'trace-id',
      };
      return withinIntent(diagnosed(slow, [line]), slow, [line], known).diagnosis;
    };

    test('is no verdict where the request’s own line calls it a job by schedule', () => {
      expect(ofRequest('365 days written (nightly export)')).toBeUndefined();
    });

    test.each(['read behind the nightly export', 'waited for a lock of the weekly backup', 'export of 365 days'])(
      'stays sure where the job is another one, or no schedule is named: %s',
      (text) => {
        expect(ofRequest(text)).toBeDefined();
      },
    );

    test('stays sure where another span says it', () => {
      expect(ofRequest('nightly export done', slow.spanId(1))).toBeDefined();
    });

    test.each([
      'year read (expected 1-2 s)',
      'expected 365 rows',
      'a scan is expected to end soon',
      'the wake-up takes up to 2 s',
      'sent after the target of 2 s',
      'later than usual',
      'read 365 rows of the usual table',
      'not as usual',
      'year written (last week 0.3 s)',
      'the batch has one reader at a time',
    ])('does not where it took longer, or the words say something else: %s', (text) => {
      expect(judgedWith(slow, text).diagnosis?.status).not.toBe('inconclusive');
    });

    test('is no verdict of a store where the service that asks it says so', () => {
      const asked = traceOf(
        server('archive', 'GET /tides', { ms: 4200, attributes: { 'http.response.status_code': 200 } }, [
          query('archive', 'SELECT height FROM tides WHERE year = ?', {
            at: 20,
            ms: 4100,
            attributes: { 'db.namespace': 'gauges' },
          }),
        ]),
      );
      expect(judgedWith(asked, '365 days of tides, as usual').diagnosis).toBeUndefined();
      expect(judgedWith(asked, '365 days of tides, as usual', { service: 'mail' }).diagnosis).toBeDefined();
    });

    test('excuses no failure', () => {
      expect(judgedWith(job, 'ended within the target of 900 s').diagnosis?.status).not.toBe('inconclusive');
    });
  });

  test('stays sure where a person got an error', () => {
    expect(judgedWith(request, 'moved the table as planned').diagnosis?.status).not.toBe('inconclusive');
  });
});

describe('a question that a line answers', () => {
  const slow = traceOf(
    server('gate', 'POST /doors/2/open', { ms: 45_000 }, [
      span('motor', 'release', { at: 10, ms: 60, kind: 'client' }),
    ]),
  );
  const verdictOf = (text: string, options: Parameters<typeof judgedWith>[2] = {}) =>
    judgedWith(slow, text, { service: 'gate', ...options }).diagnosis?.kind;

  test('is no verdict where the service says what it waits for', () => {
    expect(verdictOf('door 2 released, waits up to 60 s for the member')).toBeUndefined();
    expect(verdictOf('door 2 opened in 44.9 s, 12 turns')).toBeUndefined();
  });

  test('stays a question without a reason, with a warning, or where nobody on the way says so', () => {
    expect(verdictOf('door 2 open')).toBe('unexplained-gap');
    expect(verdictOf('door 2 released, waits up to 60 s', { level: 'warn' })).toBe('unexplained-gap');
    expect(verdictOf('door 2 released, waits up to 60 s', { service: 'mail' })).toBe('unexplained-gap');
  });
});

describe('an export', () => {
  const exported = traceOf(
    server('farms', 'GET /export.csv', { ms: 4100, attributes: { 'http.response.status_code': 200 } }, [
      query('farms', 'SELECT * FROM farm JOIN visit ON visit.farm = farm.id', { at: 10, ms: 4060 }),
    ]),
  );
  const verdictOf = (text: string) => judgedWith(exported, text, { service: 'farms' }).diagnosis?.kind;

  test('takes as long as the rows that its line counts', () => {
    expect(verdictOf('yearly export of all 188000 visits started')).toBeUndefined();
  });

  test('may be slow with fewer rows, or where no line tells of it', () => {
    expect(verdictOf('yearly export of all 12000 visits started')).toBe('slow-query');
    expect(verdictOf('188000 visits shown')).toBe('slow-query');
  });
});

describe('a lock that the code named itself', () => {
  const waited = (statement: string) =>
    traceOf(
      server('desk', 'POST /jobs/close-day', { ms: 5200, attributes: { 'http.response.status_code': 200 } }, [
        query('desk', statement, { at: 20, ms: 5080 }),
      ]),
    );
  const TURN = 'second runner waits for the first, that is how only one closes the day';
  const verdictOf = (statement: string, text: string, options: Parameters<typeof judgedWith>[2] = {}) =>
    judgedWith(waited(statement), text, { service: 'desk', ...options }).diagnosis?.kind;

  test.each(['SELECT pg_advisory_lock(77)', "SELECT GET_LOCK('close-day', 10)"])(
    'is meant to be waited for: %s',
    (sql) => {
      expect(verdictOf(sql, TURN)).toBeUndefined();
    },
  );

  test('is waited for in vain where no line tells of the turn, with a warning, or where rows are locked', () => {
    expect(verdictOf('SELECT pg_advisory_lock(77)', 'closing the day')).toBe('lock-contention');
    expect(verdictOf('SELECT pg_advisory_lock(77)', TURN, { level: 'warn' })).toBe('lock-contention');
    expect(verdictOf('SELECT id FROM day WHERE id = 7 FOR UPDATE', TURN)).toBe('lock-contention');
  });
});

describe('a probe', () => {
  const asked = (operation: string) =>
    traceOf(server('docs', operation, { ms: 2, failed: true, attributes: { 'http.response.status_code': 503 } }));
  const verdictOf = (operation: string, text: string) =>
    judgedWith(asked(operation), text, { service: 'docs' }).diagnosis?.kind;

  test('is refused by a process that leaves, as it says', () => {
    expect(verdictOf('GET /readyz', 'readiness false: draining after SIGTERM')).toBeUndefined();
  });

  test('finds a fault where nothing says so, and so does a user', () => {
    expect(verdictOf('GET /readyz', 'readiness false: database down')).toBe('error-origin');
    expect(verdictOf('GET /page', 'readiness false: draining after SIGTERM')).toBe('error-origin');
  });

  test('needs no health service of gRPC', () => {
    const attributes = { 'rpc.system': 'grpc', 'rpc.grpc.status_code': 12 };
    const verdict = (operation: string) => {
      const trace = traceOf(server('rows', operation, { ms: 3, failed: true, attributes }));
      return withinIntent(diagnosed(trace), trace, [], known).diagnosis?.kind;
    };
    expect(verdict('grpc.health.v1.Health/Check')).toBeUndefined();
    expect(verdict('rows.v1.Rows/Check')).toBe('error-origin');
  });
});

describe('a failure that is hidden', () => {
  const hidden = traceOf(
    server('shop', 'GET /offers', { ms: 420, attributes: { 'http.response.status_code': 200 } }, [
      call('shop', 'b.example', 'GET', { at: 10, ms: 400, failed: true, statusText: 'deadline exceeded' }),
    ]),
  );
  const verdictOf = (text: string, level = 'info') =>
    judgedWith(hidden, text, { service: 'shop', level }).diagnosis?.kind;

  test('is no verdict where the caller says what it gave instead', () => {
    expect(verdictOf('cached copy of 10:01 used instead')).toBeUndefined();
  });

  describe('by a person', () => {
    const refused = (status: number, text: string, level = 'info') => {
      const trace = traceOf(
        server('shop', 'POST /orders', { ms: 320, attributes: { 'http.response.status_code': 200 } }, [
          call('shop', 'pay.example', 'POST', {
            at: 20,
            ms: 70,
            failed: true,
            attributes: { 'http.response.status_code': status },
          }),
        ]),
      );
      return judgedWith(trace, text, { service: 'shop', level }).diagnosis?.kind;
    };

    test('is no verdict where the line and the status say so', () => {
      expect(refused(402, 'card declined by issuer, asked for another one')).toBeUndefined();
      expect(refused(400, 'guest has unsubscribed, number marked')).toBeUndefined();
    });

    test('is one where the service itself was refused, the callee failed, or a line warns', () => {
      expect(refused(401, 'card declined by issuer, asked for another one')).toBe('swallowed-error');
      expect(refused(503, 'card declined by issuer, asked for another one')).toBe('swallowed-error');
      expect(refused(402, 'card declined: our api key is wrong')).toBe('swallowed-error');
      expect(refused(402, 'card declined by issuer', 'warn')).toBe('swallowed-error');
    });
  });

  test('is one where people got less, or the caller warns', () => {
    expect(verdictOf('empty list sent instead')).toBe('swallowed-error');
    expect(verdictOf('cached copy of 10:01 used instead', 'warn')).toBe('swallowed-error');
  });
});

describe('a refusal that people announced', () => {
  const refused = (status: number, children: Parameters<typeof server>[3] = []) =>
    traceOf(
      server(
        'shop',
        'GET /books',
        { ms: 9, failed: true, attributes: { 'http.response.status_code': status } },
        children,
      ),
    );
  const verdictOf = (trace: typeof job, text: string, options: Parameters<typeof judgedWith>[2] = {}) =>
    judgedWith(trace, text, { service: 'shop', ...options }).diagnosis?.kind;

  test.each([
    'maintenance page (announced 10:00-10:30)',
    'planned downtime of the shop',
    'drill announced in the channel',
  ])('is no fault: %s', (text) => {
    expect(verdictOf(refused(503), text)).toBeUndefined();
  });

  test.each([
    ['nobody announced it', 'maintenance page shown', {}],
    ['it lasts too long', 'planned maintenance overran by 20 min', {}],
    ['it came unplanned', 'unplanned maintenance of the shop', {}],
    ['a warning', 'planned downtime of the shop', { level: 'warn' }],
  ])('is one where %s', (_, text, options) => {
    expect(verdictOf(refused(503), text, options)).toBe('error-origin');
  });

  test('is no fault behind a proxy that passes it on', () => {
    const behind = (status: number) =>
      traceOf(
        server('edge', 'GET /books', { ms: 9, failed: true, attributes: { 'http.response.status_code': 503 } }, [
          server('shop', 'GET /books', {
            at: 2,
            ms: 5,
            failed: true,
            attributes: { 'http.response.status_code': status },
          }),
        ]),
      );
    expect(verdictOf(behind(503), 'maintenance mode is on until 04:30, announced')).toBeUndefined();
    expect(verdictOf(behind(500), 'maintenance mode is on until 04:30, announced')).toBe('error-origin');
  });

  test('is one where the service broke, or a call of it did', () => {
    const broken = query('shop', 'SELECT 1', { at: 1, ms: 4, failed: true, statusText: 'no such table' });
    expect(verdictOf(refused(500), 'planned downtime of the shop')).toBe('error-origin');
    expect(verdictOf(refused(503, [broken]), 'planned downtime of the shop')).toBe('error-origin');
  });
});

describe('a task that failed and that its worker puts off', () => {
  const task = (state: string) =>
    diagnosed(
      traceOf(
        span('mirror', 'run/tasks.fetch', { ms: 200, kind: 'consumer', attributes: { 'celery.state': state } }, [
          call('mirror', 'cam.example', 'GET', {
            at: 10,
            ms: 170,
            failed: true,
            attributes: { 'http.status_code': 503 },
          }),
        ]),
      ),
    ).diagnosis?.kind;

  test('comes again, while one that counts as done hides the failure', () => {
    expect(task('RETRY')).toBeUndefined();
    expect(task('SUCCESS')).toBe('swallowed-error');
  });
});

describe('a call of a device without a network', () => {
  const ask = (attributes: Record<string, number> = {}) =>
    traceOf(
      call('app', 'slots.example', 'HTTP GET', {
        ms: 15_000,
        failed: true,
        statusText: 'UnknownHostException',
        attributes,
      }),
    );
  const verdictOf = (trace: typeof job, text: string, options: Parameters<typeof judgedWith>[2] = {}) =>
    judgedWith(trace, text, { service: 'app', ...options }).diagnosis?.kind;

  test.each(['no active network (airplane mode), showing the cached appointment', 'phone is offline'])(
    'is no fault of a service: %s',
    (text) => {
      expect(verdictOf(ask(), text)).toBeUndefined();
    },
  );

  test('is none where the call itself says so', () => {
    const offline = traceOf(
      call('app', 'slots.example', 'HTTP GET', {
        ms: 40,
        failed: true,
        statusText: 'The Internet connection appears to be offline.',
      }),
    );
    expect(verdictOf(offline, 'showing the cached trips')).toBeUndefined();
  });

  test('is one where the network was there, or somebody answered', () => {
    expect(verdictOf(ask(), 'network: wifi, showing the cached appointment')).toBe('error-origin');
    expect(verdictOf(ask(), 'airplane mode is off')).toBe('error-origin');
    expect(verdictOf(ask({ 'http.response.status_code': 502 }), 'airplane mode')).toBe('error-origin');
  });
});

describe('an answer that was asked for anew', () => {
  const prices = (attributes: Record<string, string>) =>
    traceOf(
      server('prices', 'GET /prices', { ms: 700, attributes: { 'http.response.status_code': 200, ...attributes } }, [
        ...times(6, (i) => query('prices', 'get price', { at: 5 + i * 110, ms: 2, attributes: MISS })),
        ...times(6, (i) => query('prices', 'SELECT eur FROM price WHERE id = ?', { at: 8 + i * 110, ms: 100 })),
      ]),
    );
  const ANEW = { 'http.request.header.cache-control': 'no-cache' };

  test('is no fault where the service says that it reads anew', () => {
    const { diagnosis } = judgedWith(prices(ANEW), 'cache bypassed, six prices read', { service: 'prices' });
    expect(diagnosis).toBeUndefined();
  });

  test('is unsure where only the header says so, and a fault without it', () => {
    const verdictOf = (attributes: Record<string, string>) =>
      judgedWith(prices(attributes), 'six prices sent', { service: 'prices' }).diagnosis;
    expect(verdictOf(ANEW)).toMatchObject({ kind: 'cache-miss-cascade', status: 'inconclusive' });
    expect(verdictOf({})?.status).not.toBe('inconclusive');
  });
});

describe('a maintenance', () => {
  const refused = (attributes: Record<string, number>) =>
    traceOf(
      server('shop', 'GET /', { ms: 9, failed: true, attributes: { 'http.response.status_code': 503, ...attributes } }),
    );
  const MODE = 'Application is now in maintenance mode. (announced window 02:00 to 02:20)';
  const verdictOf = (trace: typeof job, text: string) => {
    const line: CorrelatedLine = { ...logLine('shop', 5, text, { level: 'info' }), rung: 'time' };
    return withinIntent(diagnosed(trace, [line]), trace, [line], known).diagnosis;
  };

  test('that was announced is no fault where the answer says when to come back', () => {
    expect(verdictOf(refused({ 'http.response.header.retry-after': 60 }), MODE)).toBeUndefined();
  });

  test('stays a fault where nobody announced it, and where it takes longer than announced', () => {
    expect(verdictOf(refused({ 'http.response.header.retry-after': 60 }), 'now in maintenance mode')).toBeDefined();
    const late = 'still in maintenance mode, longer than the announced window';
    expect(verdictOf(refused({ 'http.response.header.retry-after': 60 }), late)).toBeDefined();
  });
});

describe('a process that a server replaces because of a setting', () => {
  const trace = traceOf(
    server('filing', 'GET /cases', { ms: 1450, attributes: { 'http.response.status_code': 200 } }, [
      call('filing', 'judges', 'GET', { at: 20, ms: 1360, attributes: { 'http.response.status_code': 200 } }, [
        server('judges', 'GET /', { at: 1300, ms: 70, attributes: { 'http.response.status_code': 200 } }),
      ]),
    ]),
  );
  const of = (text: string, at: number): CorrelatedLine => ({ ...logLine('judges', at, text), rung: 'time' });
  const begun = of('[2031-02-03 04:05:06 +0000] [58] [INFO] Booting worker with pid: 58', 1290);
  const judged = (before: string) => {
    const lines = [of(before, -200), begun];
    return withinIntent(diagnosed(trace, lines), trace, lines, known).diagnosis;
  };

  test.each([
    '[2031-02-03 04:05:05 +0000] [1] [INFO] Autorestarting worker after current request (max_requests=1000)',
    '...The work of process 12 is done (max requests reached (5000 >= 5000)). Seeya!',
    'WARNING:  Maximum request limit of 1000 exceeded. Terminating process.',
  ])('makes the verdict unsure: %s', (text) => {
    expect(judged(text)).toMatchObject({ kind: 'cold-start', status: 'inconclusive' });
  });

  test.each(['[1] [ERROR] Worker (pid:57) was sent SIGKILL! Perhaps out of memory?', 'ready for work'])(
    'another end of it does not: %s',
    (text) => {
      expect(judged(text)?.status).not.toBe('inconclusive');
    },
  );
});
