/** What happened around one request: pods that were killed, full pools and processors, and changes before it. */
import { describe, expect, test } from 'vitest';
import { changeBefore, clusterAround, judgedAround, seriesAround } from '#test/around.ts';
import { logLine } from '#test/log-line.ts';
import { ended, pod, replicaSet, service } from '#test/platform.ts';
import { call, query, server, traceOf } from '#test/trace.ts';

const failed = { failed: true };

function brokenCall(statusText: string, resource: Readonly<Record<string, string>> = {}) {
  return traceOf(
    server('web', 'POST /checkout', { ms: 2400, ...failed }, [
      call('web', 'stock', 'GET /level', { at: 2, ms: 10 }, [
        server('stock', 'GET /level', { at: 4, ms: 6, resource }),
      ]),
      call('web', 'stock', 'POST /reserve', { at: 30, ms: 2300, ...failed, statusText }),
    ]),
  );
}

const KILLED = { restarts: 1, ready: true, running: { startedAt: '2026-01-06T14:30:30Z' } } as const;
const POD = 'stock-7d4b9f6c8d-aaaaa';

/** The kill comes so many seconds after the request begins; by default in the middle of the call. */
function killedStock(name = POD, after = 2) {
  const last = ended('OOMKilled', 137, { from: 3000, to: -after });
  return clusterAround([
    pod({
      name,
      labels: { app: 'stock' },
      owner: 'stock-7d4b9f6c8d',
      created: 3600,
      containers: [{ name: 'stock', limits: { memory: '512Mi' }, last, ...KILLED }],
    }),
  ]);
}

describe('a pod that was killed during the call', () => {
  test.each(['read ECONNRESET', 'socket hang up', 'unexpected EOF'])('is to blame, not its caller: %s', (text) => {
    const { judgement, checked } = judgedAround(brokenCall(text), { platform: killedStock() });
    expect(judgement.diagnosis).toMatchObject({ kind: 'oom-killed', service: 'stock', status: 'confirmed' });
    expect(judgement.findings[1]?.detector).toBe('error-origin');
    expect(judgement.diagnosis?.chain).toContainEqual({ finding: 1, because: 0 });
    expect(checked.found).toContain('oom-killed');
  });

  test('is the pod that the request was on', () => {
    const trace = brokenCall('read ECONNRESET', { 'k8s.pod.name': POD });
    expect(judgedAround(trace, { platform: killedStock() }).judgement.diagnosis?.kind).toBe('oom-killed');
  });

  test.each([
    ['of which the request was on another pod', () => killedStock('stock-7d4b9f6c8d-bbbbb')],
    ['after the request', () => killedStock(POD, 60)],
  ])('is only listed, where it is one %s', (_, platform) => {
    const trace = brokenCall('read ECONNRESET', { 'k8s.pod.name': POD });
    const alone = judgedAround(trace).judgement;
    const { judgement } = judgedAround(trace, { platform: platform() });
    expect(judgement.diagnosis).toMatchObject({
      kind: alone.diagnosis?.kind,
      service: alone.diagnosis?.service,
      status: alone.diagnosis?.status,
      confidence: alone.diagnosis?.confidence,
      verdict: alone.diagnosis?.verdict,
    });
  });
});

describe('a callee whose image cannot be pulled', () => {
  const image = 'registry.example.com/stock:1.4.3';
  const stuck = (ready: boolean) =>
    clusterAround([
      pod({
        name: POD,
        labels: { app: 'stock' },
        owner: 'stock-7d4b9f6c8d',
        phase: 'Pending',
        created: 400,
        containers: [
          {
            name: 'stock',
            image,
            waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` },
          },
        ],
      }),
      ...(ready
        ? [
            pod({
              name: 'stock-7d4b9f6c8d-bbbbb',
              labels: { app: 'stock' },
              owner: 'stock-7d4b9f6c8d',
              created: 4000,
              containers: [{ name: 'stock', image, ready: true, running: { startedAt: '2026-01-06T10:30:30Z' } }],
            }),
          ]
        : []),
    ]);

  test.each([
    ['is to blame where no other pod serves', false, 'image-pull', 'stock'],
    ['is only listed where another pod serves', true, 'error-origin', 'stock'],
  ])('%s', (_, ready, kind, service) => {
    const trace = brokenCall('no healthy upstream');
    const { judgement } = judgedAround(trace, { platform: stuck(ready) });
    expect(judgement.diagnosis).toMatchObject({ kind, service });
    expect(judgement.findings.map(({ detector }) => detector)).toContain('image-pull');
  });
});

describe('a callee that is scaled to zero', () => {
  const emptied = clusterAround([
    replicaSet(3, { name: 'stock-7d4b9f6c8d', deployment: 'stock', replicas: 0, made: 0 }),
    service('stock'),
  ]);

  test.each(['no healthy upstream', 'connect ECONNREFUSED 10.0.0.9:8080'])('is to blame for “%s”', (words) => {
    const { judgement, checked } = judgedAround(brokenCall(words), { platform: emptied });
    expect(judgement.diagnosis).toMatchObject({ kind: 'workload-scaled-to-zero', service: 'stock' });
    expect(judgement.diagnosis?.statusReason).toBe('no instance of stock was up at that time');
    expect(checked.clear).toContain('node-trouble');
  });

  test('does not explain a failure that gives its own reason', () => {
    const { judgement } = judgedAround(brokenCall('negative quantity'), { platform: emptied });
    expect(judgement.diagnosis?.kind).toBe('error-origin');
  });
});

/** A second of silence in shop before a quick read. */
function silentBeforeRead(service = 'shop') {
  return traceOf(
    server(service, 'GET /cart', { ms: 2100 }, [
      query(service, 'SELECT * FROM users WHERE id = $1', { at: 10, ms: 8 }),
      query(service, 'SELECT * FROM carts WHERE user_id = $1', { at: 2050, ms: 12 }),
    ]),
  );
}

function pool(service: string, inUse: (seconds: number) => number) {
  return [
    seriesAround('hikaricp_connections_active', { service, pod: `${service}-1` }, inUse),
    seriesAround('hikaricp_connections_max', { service, pod: `${service}-1` }, () => 20),
  ];
}

describe('a gap before a query', () => {
  test('is a hypothesis by itself', () => {
    expect(judgedAround(silentBeforeRead()).judgement.diagnosis).toMatchObject({
      kind: 'pool-exhaustion',
      status: 'inconclusive',
    });
  });

  test('is a wait for a connection where the metrics show a full pool', () => {
    const series = pool('shop', (seconds) => (seconds > -60 ? 20 : 6));
    const { judgement } = judgedAround(silentBeforeRead(), { series });
    expect(judgement.diagnosis).toMatchObject({ kind: 'pool-exhaustion', service: 'shop', status: 'likely' });
    expect(judgement.findings[0]?.evidence).toContainEqual({
      kind: 'metric',
      ref: 'hikaricp_connections_active',
      text: 'hikaricp_connections_active (shop-1): 100 % in use',
    });
  });

  test('is none where the metrics show free connections right then', () => {
    const { judgement } = judgedAround(silentBeforeRead(), { series: pool('shop', () => 6) });
    expect(judgement.diagnosis).toMatchObject({ kind: 'unexplained-gap', status: 'inconclusive' });
    const couldBe = judgement.diagnosis?.couldBe?.map(({ what }) => what).join();
    expect(couldBe).not.toMatch(/pool/);
  });

  test('is as unsure as before where only the pool of another service is full', () => {
    const alone = judgedAround(silentBeforeRead()).judgement;
    const { judgement } = judgedAround(silentBeforeRead(), { series: pool('billing', () => 20) });
    expect(judgement).toEqual(alone);
  });
});

function computing() {
  return traceOf(
    server('shop', 'GET /report', { ms: 2100 }, [
      query('shop', 'SELECT * FROM users WHERE id = $1', { at: 10, ms: 8 }),
      call('shop', 'mail', 'POST /send', { at: 2050, ms: 30 }, [server('mail', 'POST /send', { at: 2052, ms: 26 })]),
    ]),
  );
}

function cpu(service: string, used: (seconds: number) => number) {
  return [seriesAround('cpu_utilization', { service, pod: `${service}-1` }, used)];
}

describe('time without a span', () => {
  test('in a service whose processor was full is likely that', () => {
    const alone = judgedAround(computing()).judgement;
    expect(alone.diagnosis).toMatchObject({ kind: 'unexplained-gap', service: 'shop', status: 'inconclusive' });
    const series = cpu('shop', (seconds) => (seconds > -90 ? 0.99 : 0.3));
    const { judgement } = judgedAround(computing(), { series });
    expect(judgement.diagnosis).toMatchObject({ kind: 'resource-saturation', service: 'shop', status: 'likely' });
    expect(judgement.findings.map(({ detector }) => detector)).toContain('unexplained-gap');
  });

  test.each(['mail', 'billing'])('is not explained by the full processor of %s', (service) => {
    const alone = judgedAround(computing()).judgement.diagnosis;
    const series = cpu(service, (seconds) => (seconds > -90 ? 0.99 : 0.3));
    const { judgement } = judgedAround(computing(), { series });
    expect(judgement.diagnosis).toMatchObject({ verdict: alone?.verdict, confidence: alone?.confidence });
  });
});

describe('beside healthy requests, which were quick,', () => {
  const quick = (first: number) =>
    traceOf(
      server('shop', 'GET /cart', { ms: first + 50 }, [
        query('shop', 'SELECT * FROM users WHERE id = $1', { at: 10, ms: 8 }),
        query('shop', 'SELECT * FROM carts WHERE user_id = $1', { at: first, ms: 12 }),
      ]),
    );
  const healthy = Array.from({ length: 12 }, () => quick(20));

  test.each([
    ['by themselves', [], 'slower-than-baseline'],
    ['with a full pool', pool('shop', (seconds) => (seconds > -60 ? 20 : 6)), 'pool-exhaustion'],
    ['with a free pool', pool('shop', () => 6), 'slower-than-baseline'],
    ['with a full processor', cpu('shop', (seconds) => (seconds > -90 ? 0.99 : 0.3)), 'resource-saturation'],
    ['with a processor that is half idle', cpu('shop', () => 0.5), 'slower-than-baseline'],
  ])('what took longer %s has its reason in the metrics', (_, series, kind) => {
    const { judgement } = judgedAround(quick(2050), { series, healthy });
    expect(judgement.diagnosis).toMatchObject({ kind, service: 'shop', status: 'likely' });
    expect(judgement.findings.map(({ detector }) => detector)).toContain('slower-than-baseline');
  });
});

const LOOPED = `@@ src/cart.ts @@ async function priced(items) {
-  const prices = await store.pricesOf(items);
+  for (const item of items) {
+    prices.set(item, await store.getPrice(item));
+  }
`;
const STYLES = { files: ['web/cart.css'], diff: '-.cart { color: red }\n+.cart { color: green }\n' };

/** Twenty statements of one form, one after another. */
function oneByOne() {
  const statements = Array.from({ length: 20 }, (_, n) =>
    query('shop', 'SELECT amount FROM prices WHERE sku = $1', { at: 10 + n * 40, ms: 38 }),
  );
  return traceOf(server('shop', 'GET /cart', { ms: 830 }, statements));
}

describe('a change before the request', () => {
  test('that fits is named, and rolled back first', () => {
    const changes = [
      changeBefore(180, { id: '4f2a9c1', service: 'shop', diff: LOOPED }),
      changeBefore(60, { service: 'shop', ...STYLES }),
    ];
    const alone = judgedAround(oneByOne()).judgement.diagnosis;
    const { judgement, changes: shown } = judgedAround(oneByOne(), { changes });
    expect(judgement.diagnosis).toMatchObject({
      kind: 'n-plus-one-queries',
      service: 'shop',
      status: alone?.status,
      confidence: alone?.confidence,
      verdict: `${alone?.verdict}; deploy 4f2a9c1 came 3 min before it: it calls getPrice for each item of a loop`,
      change: { id: '4f2a9c1', kind: 'deploy', service: 'shop' },
      remedy: expect.stringMatching(/^Roll deploy 4f2a9c1 of shop back\..*If the change is not the cause: /s),
    });
    expect(shown?.map(({ id, role }) => [id, role])).toEqual([
      ['4f2a9c1', 'cause'],
      ['v60', undefined],
    ]);
  });

  test.each([
    ['only changes styles', { service: 'shop', ...STYLES }],
    [
      'has no known content, half an hour before',
      { service: 'shop', text: 'version 12', atUs: changeBefore(1_860).atUs },
    ],
  ])('that %s is listed, and not blamed', (_, more) => {
    const alone = judgedAround(oneByOne()).judgement;
    const { judgement, changes } = judgedAround(oneByOne(), { changes: [changeBefore(30, more)] });
    expect(judgement.diagnosis?.change).toBeUndefined();
    expect(judgement.diagnosis?.verdict).toBe(alone.diagnosis?.verdict);
    expect(judgement.findings).toEqual(alone.findings);
    expect(changes).toEqual([expect.objectContaining({ id: 'v30', role: undefined })]);
  });

  test.each([
    ['of a service that is not behind the request', { service: 'billing', diff: LOOPED }],
    ['of the day before', { service: 'shop', diff: LOOPED, atUs: changeBefore(86_400).atUs }],
    ['after the request', { service: 'shop', diff: LOOPED, atUs: changeBefore(-30).atUs }],
  ])('%s is not considered', (_, more) => {
    const { judgement, changes } = judgedAround(oneByOne(), { changes: [changeBefore(180, more)] });
    expect(judgement.diagnosis?.change).toBeUndefined();
    expect(changes).toEqual([]);
  });

  test('of the database that the slow statement reads is named', () => {
    const trace = traceOf(
      server('shop', 'GET /orders', { ms: 4100 }, [
        query('shop', 'SELECT id FROM orders WHERE customer_id = $1', {
          at: 5,
          ms: 4000,
          attributes: { 'db.namespace': 'orders' },
        }),
      ]),
    );
    const diff = '@@ V9.sql @@\n+DROP INDEX orders_customer_id_idx;\n';
    const of = (service: string) =>
      judgedAround(trace, { changes: [changeBefore(240, { kind: 'migration', service, id: 'V9', diff })] }).judgement;
    expect(of('orders-db').diagnosis?.change).toMatchObject({ id: 'V9', kind: 'migration' });
    expect(of('billing-db').diagnosis?.change).toBeUndefined();
  });

  test.each([
    ['-  steps.add(fraudCheck);\n', true],
    ['-  steps.add(audit);\n', false],
  ])('of the caller that takes out the call is named: %j, %s', (lines, isNamed) => {
    const checkout = (children: Parameters<typeof server>[3]) =>
      traceOf(
        server('checkout', 'POST /checkout', { ms: 300 }, [
          call('checkout', 'stock', 'POST /reserve', { at: 5, ms: 250 }, [
            server('stock', 'POST /reserve', { at: 6, ms: 240 }),
          ]),
          ...(children ?? []),
        ]),
      );
    const fraud = call('checkout', 'fraud', 'POST /score', { at: 260, ms: 20 }, [
      server('fraud', 'POST /score', { at: 261, ms: 18 }),
    ]);
    const healthy = Array.from({ length: 12 }, () => checkout([fraud]));
    const changes = [changeBefore(240, { service: 'checkout', id: 'v2', diff: `@@ Pipeline.java @@\n${lines}` })];
    const { judgement } = judgedAround(checkout([]), { healthy, changes });
    expect(judgement.diagnosis).toMatchObject({ kind: 'missing-service', service: 'fraud' });
    expect(judgement.diagnosis?.change?.id).toBe(isNamed ? 'v2' : undefined);
    expect(judgement.symptom.text).toMatch(/, without a call that healthy requests make$/);
  });

  test.each([
    [30, 'stock', 'evidence'],
    [600, 'stock', 'nearness'],
    [30, 'web', undefined],
  ])('%d s, of %s, which restarts the callee that refused the connection: %s', (seconds, service, knownBy) => {
    const trace = brokenCall('connect ECONNREFUSED 10.0.0.7:8080');
    const changes = [changeBefore(seconds, { service, id: 'v3', text: 'version 3' })];
    expect(judgedAround(trace, { changes }).judgement.diagnosis?.change?.knownBy).toBe(knownBy);
  });

  test('to the timeout of the service that gave up is named, although another one was too slow for it', () => {
    const trace = traceOf(
      server('web', 'GET /cart', { ms: 330, ...failed }, [
        call(
          'web',
          'stock',
          'GET /level',
          { at: 10, ms: 300, ...failed, statusText: 'deadline exceeded after 300 ms' },
          [server('stock', 'GET /level', { at: 12, ms: 900 })],
        ),
      ]),
    );
    const diff = '@@ src/stock.ts @@\n-  return get(url, { timeout: 5000 });\n+  return get(url, { timeout: 300 });\n';
    const { judgement } = judgedAround(trace, { changes: [changeBefore(240, { service: 'web', id: 'v9', diff })] });
    expect(judgement.diagnosis?.change).toMatchObject({ id: 'v9', service: 'web' });
  });

  test('that lowered the memory limit of a killed pod comes from the platform itself or a source', () => {
    const diff = '@@ deploy/stock.yaml @@\n-  memory: 1024\n+  memory: 512\n';
    const changes = [changeBefore(600, { service: 'stock', id: 'cfg-7', kind: 'config', diff, text: 'memory limit' })];
    const { judgement } = judgedAround(brokenCall('read ECONNRESET'), { platform: killedStock(), changes });
    expect(judgement.diagnosis).toMatchObject({ kind: 'oom-killed', service: 'stock', change: { id: 'cfg-7' } });
  });
});

test('sources that knew nothing change no judgement', () => {
  for (const trace of [oneByOne(), computing(), silentBeforeRead(), brokenCall('read ECONNRESET')]) {
    const alone = judgedAround(trace).judgement;
    const { judgement } = judgedAround(trace, { changes: [], platform: clusterAround([]) });
    expect(judgement.findings).toEqual(alone.findings);
    expect({ ...judgement.diagnosis, ruledOut: [] }).toEqual({ ...alone.diagnosis, ruledOut: [] });
  }
});

describe('a change of the caller, and a host that nobody reached', () => {
  const refused = traceOf(
    server('bills', 'POST /bills', { ms: 60, ...failed, attributes: { 'http.response.status_code': 502 } }, [
      call('bills', '', 'POST', {
        at: 5,
        ms: 40,
        ...failed,
        statusText: 'dial tcp 203.0.113.9:9443: connect: connection refused',
        attributes: { 'server.address': 'pay.partner.example', 'url.full': 'https://pay.partner.example:9443/pay' },
      }),
    ]),
  );
  const diff = '@@ bills.yaml @@\n-  url: https://pay.partner.example:8443\n+  url: https://pay.partner.example:9443';
  const told = (more: Parameters<typeof changeBefore>[1]) =>
    judgedAround(refused, { changes: [changeBefore(240, { kind: 'config', service: 'bills', id: 'cfg-7', ...more })] })
      .judgement;

  test('the caller is at fault where its change moved the address', () => {
    const { diagnosis, findings } = told({ diff, files: ['bills.yaml'] });
    expect(diagnosis).toMatchObject({ kind: 'error-origin', service: 'bills', change: { id: 'cfg-7' } });
    expect(findings[0]?.service).toBe('bills');
    expect(diagnosis?.ranking.map(({ service }) => service)).toEqual(['bills']);
  });

  test('the host is where the change is about something else', () => {
    const other = told({ diff: '@@ bills.yaml @@\n-  colour: red\n+  colour: blue', files: ['bills.yaml'] });
    expect(other.diagnosis).toMatchObject({ kind: 'error-origin', service: 'pay.partner.example' });
  });
});

describe('a stack trace, each frame a line of its own', () => {
  const panicked = traceOf(
    server('names', 'GET /names', {
      ms: 12,
      ...failed,
      statusText: 'runtime error: index out of range [1] with length 1',
      attributes: { 'http.response.status_code': 500 },
    }),
  );
  const frames = (file: string) => [
    logLine('names', 9, 'http: panic serving 10.1.2.3:41122: runtime error: index out of range [1]', {
      level: 'error',
    }),
    logLine('names', 9, 'goroutine 41 [running]:'),
    logLine('names', 9, 'main.partOf(...)'),
    logLine('names', 9, `2026-01-06T14:30:00.009Z \t/src/names/${file}:14`),
  ];
  const diff = '@@ parts.go @@\n-\tpart := last(name)\n+\tpart := split(name)[1]';
  const change = changeBefore(600, { service: 'names', id: 'a81f22c', diff, files: ['parts.go'] });

  test('names the change of the file in which it failed', () => {
    const of = (file: string) =>
      judgedAround(panicked, { logs: frames(file), changes: [change] }).judgement.diagnosis?.change?.id;
    expect(of('parts.go')).toBe('a81f22c');
    expect(of('server.go')).toBeUndefined();
  });
});

describe('a change of a service that the request does not show', () => {
  const read = traceOf(
    server('gauge-reader', 'levels process', {
      ms: 14,
      ...failed,
      statusText: 'DecodeError: cannot parse field waterLevel: invalid value',
      attributes: { 'messaging.destination.name': 'levels' },
    }),
  );
  const diff = (field: string) =>
    `@@ Buoy.java @@\n-  out.put("${field}", level)\n+  out.put("${field}", format("%s m", level))`;
  const named = (field: string, more: Parameters<typeof changeBefore>[1] = {}) =>
    judgedAround(read, { changes: [changeBefore(300, { service: 'buoy', id: 'b-8', diff: diff(field), ...more })] });

  test('is the cause where it writes the field that the failure names in another form', () => {
    const { judgement, changes } = named('waterLevel');
    expect(judgement.diagnosis?.change).toMatchObject({ id: 'b-8', knownBy: 'evidence' });
    expect(changes).toContainEqual(expect.objectContaining({ id: 'b-8', service: 'buoy' }));
  });

  test('is none where it writes another field, or says nothing', () => {
    expect(named('airPressure').judgement.diagnosis?.change).toBeUndefined();
    expect(named('waterLevel', { diff: '' }).judgement.diagnosis?.change).toBeUndefined();
  });

  test('is none where it came after the request', () => {
    const late = changeBefore(-300, { service: 'buoy', id: 'b-8', diff: diff('waterLevel') });
    expect(judgedAround(read, { changes: [late] }).judgement.diagnosis?.change).toBeUndefined();
  });
});

describe('a service that answers without a fault, and its reader fails', () => {
  const failing = "TypeError: Cannot read properties of undefined (reading 'beacon') in harbour.pilot.beacon";
  const read = traceOf(
    server(
      'pier',
      'GET /pier',
      { ms: 40, failed: true, statusText: failing, attributes: { 'http.response.status_code': 500 } },
      [
        call('pier', 'harbours', 'GET', { at: 4, ms: 12, attributes: { 'http.response.status_code': 200 } }, [
          server('harbours', 'GET /harbours', { at: 5, ms: 9, attributes: { 'http.response.status_code': 200 } }),
        ]),
      ],
    ),
  );
  const named = (service: string, member = 'pilot') => {
    const diff = `-  ${member}: Crew\n+  ${member}s: Crew[]`;
    return judgedAround(read, { changes: [changeBefore(300, { service, id: 'ha-2', diff })] }).judgement.diagnosis
      ?.change?.id;
  };

  test('is the cause where it no longer has what the reader asks for', () => {
    expect(named('harbours')).toBe('ha-2');
  });

  test('is none where it lost something else, or where another service did', () => {
    expect(named('harbours', 'lamp')).toBeUndefined();
    expect(named('tides')).toBeUndefined();
  });
});

describe('a function without spans of its own', () => {
  const address = 'https://lambda.eu-central-1.amazonaws.com/2015-03-31/functions/tide-table/invocations';
  const called = traceOf(
    server('harbour', 'GET /tides', { ms: 80, ...failed, attributes: { 'http.response.status_code': 502 } }, [
      call('harbour', 'lambda.eu-central-1.amazonaws.com', 'POST', {
        at: 5,
        ms: 60,
        ...failed,
        attributes: {
          'url.full': address,
          'server.address': 'lambda.eu-central-1.amazonaws.com',
          // The platform answers that it ran.
          'http.response.status_code': 200,
        },
      }),
    ]),
  );
  const logs = [
    logLine('tide-table', 40, "[ERROR] Runtime.ImportModuleError: No module named 'polars'", { level: 'error' }),
  ];
  const named = (more: Parameters<typeof changeBefore>[1]) =>
    judgedAround(called, { logs, changes: [changeBefore(90, { service: 'tide-table', id: 't-5', ...more })] }).judgement
      .diagnosis?.change?.id;

  test('is at fault where its own line says that it could not start', () => {
    expect(judgedAround(called, { logs }).judgement.diagnosis).toMatchObject({ service: 'tide-table' });
    const others = logs.map((line) => ({ ...line, service: 'charts' }));
    expect(judgedAround(called, { logs: others }).judgement.diagnosis).toMatchObject({ service: 'harbour' });
    const late = logs.map((line) => ({ ...line, timeNs: `${BigInt(line.timeNs) + 900_000_000n}` }));
    expect(judgedAround(called, { logs: late }).judgement.diagnosis).toMatchObject({ service: 'harbour' });
  });

  test('fails by its own change that imports what is missing', () => {
    expect(named({ diff: '@@ table.py @@\n-import csv\n+import polars' })).toBe('t-5');
  });

  test('not by another import, nor by the same import of another service', () => {
    expect(named({ diff: '@@ table.py @@\n-import csv\n+import pandas' })).toBeUndefined();
    expect(named({ service: 'charts', diff: '@@ table.py @@\n-import csv\n+import polars' })).toBeUndefined();
  });
});
