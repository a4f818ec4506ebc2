// @module-tag deep
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { files } from '#adapters/files/client.ts';
import { openSession } from '#analyse/open-session.ts';
import type { AnalysedTrace, Forms } from '#analyse/session.ts';
import { silentLog } from '#core/log.ts';
import type { KeptEvidence } from '#model/incident/case.ts';
import { openInvestigation } from '#record/investigations.ts';
import { aroundSources } from '#test/around-sources.ts';
import { busyShop } from '#test/busy-shop.ts';
import { CASE_SETTINGS, disk, keptIn, newFolder, replayed, send } from '#test/cases.ts';
import { patientClock } from '#test/patient-clock.ts';
import { ASKED_US, ended, listed, pod, replicaSet, WINDOW } from '#test/platform.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { diagnoseAlert } from '#workflows/alerts/diagnose-alert.ts';
import { caseKeeper } from '#workflows/cases/keep-case.ts';
import { replayCases } from '#workflows/cases/replay-case.ts';
import { type DiagnosisStage, diagnoseTrace } from '#workflows/traces/diagnose-trace.ts';

const FORMS: Forms = { markdown: true, logs: true };
const samples = JSON.parse(readFileSync('samples/index.json', 'utf8')) as { id: string; folder: string }[];
/** Parts that a tokeniser would tell from each other. */
const SECRET = 'hunter2-S3CR3T';
const WIRE = 'test/fixtures/wire';
const recorded = readdirSync(`${WIRE}/jaeger/hotrod`).filter((name) => existsSync(`${WIRE}/loki/hotrod/${name}`));

describe('a replay gives the report that was given', () => {
  test.each(samples)('of the sample $folder', async ({ id }) => {
    const { analysed, evidence } = await lastOf(
      diagnoseTrace(partsOver('samples'), { reference: { kind: 'trace', id }, forms: FORMS }),
    );
    const again = await replayed(await kept(analysed, evidence), FORMS);
    expect(again.report).toEqual(analysed.report);
    expect(again.logs).toBe(analysed.logs);
  });

  test.each(recorded.filter((name) => name !== 'index.json'))(
    'of a trace and its logs as they were recorded: %s',
    async (name) => {
      const session = openSession(CASE_SETTINGS);
      await send(session, 'trace', readFileSync(`${WIRE}/jaeger/hotrod/${name}`), { format: 'jaeger-json' });
      await send(session, 'logs', readFileSync(`${WIRE}/loki/hotrod/${name}`), { format: 'loki-json' });
      session.gap({
        source: 'tempo',
        problem: 'timed out after 5 s',
        consequence: 'spans found only there are missing',
      });
      const [analysed] = await session.reports(FORMS);
      const evidence = await session.evidence();
      await session.close();
      if (analysed === undefined) throw new Error('no report');
      const again = await replayed(await kept(analysed, evidence), FORMS);
      expect(again.report).toEqual(analysed.report);
      expect(again.markdown).toEqual(analysed.markdown);
      expect(again.logs).toBe(analysed.logs);
    },
  );

  test.each([
    ['in quotes', `where password = '${SECRET}'`],
    ['bare, where a statement is taken apart into words', `where api_key=${SECRET}`],
    ['in an address', `at https://app:${SECRET}@db/orders`],
    ['of a header that was taken out of it before', `-- Authorization: Bearer ${SECRET}1`],
    ['that is cut off', `-----BEGIN RSA PRIVATE KEY-----\n${SECRET}`],
  ])('of a statement with a credential %s, and neither of them shows it', async (_, text) => {
    const body = readFileSync('samples/slow-order-query/traces.json', 'utf8');
    const written = JSON.stringify(text).slice(1, -1);
    const traces = body.replaceAll(/(?<="select [^"]*)(?=")/gi, ` ${written}`);
    expect(traces).toContain(SECRET);
    const session = openSession(CASE_SETTINGS);
    await send(session, 'trace', Buffer.from(traces));
    await send(session, 'logs', readFileSync('samples/slow-order-query/logs.jsonl'), { format: 'log-jsonl' });
    const evidence = await session.evidence();
    const [analysed] = await session.reports(FORMS);
    await session.close();
    if (analysed === undefined) throw new Error('no report');
    const again = await replayed(await kept(analysed, evidence), FORMS);
    expect(again.report).toEqual(analysed.report);
    expect(again.markdown).toEqual(analysed.markdown);
    expect(JSON.stringify([analysed, evidence.files.map(({ bytes }) => Buffer.from(bytes).toString())])).not.toMatch(
      /s3cr3t/i,
    );
  });

  test('of an alert, with the traces of every search kept apart', async () => {
    const alert = {
      title: 'Login fails',
      service: 'user-service',
      labels: {},
      traceId: '',
      atUs: Date.UTC(2025, 0, 6, 14, 30) * 1_000,
    };
    const { analysed, evidence } = await lastOf(diagnoseAlert(partsOver('samples'), { alert, forms: FORMS }));
    expect(analysed.report.exemplars.length).toBeGreaterThan(1);
    const again = await replayed(await kept(analysed, evidence), FORMS);
    expect(again.report).toEqual(analysed.report);
  });

  test('of an alert whose requests were compared with a healthy time', async () => {
    const atUs = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
    const shop = busyShop(({ atUs: us }) => ({ stockUs: us < atUs - 240_000_000 ? 20_000 : 220_000 }), {
      fromUs: atUs - 7_200_000_000,
      toUs: atUs,
    });
    const alert = { title: 'checkout is slow', service: 'checkout', labels: {}, traceId: '', atUs };
    const parts = { ...partsOver('samples'), traceSources: [shop] };
    const { analysed, evidence } = await lastOf(diagnoseAlert(parts, { alert, forms: FORMS }));
    expect(analysed.report.compared?.requests).toBeGreaterThan(100);
    const folder = await kept(analysed, evidence);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['baseline.json', 'case.json', 'traces.json']));
    const again = await replayed(folder, FORMS);
    expect(again.report).toEqual(analysed.report);
    expect(again.report.onset).toBeDefined();
  });

  test.each([
    ['with what was left of the time before', 20],
    ['with nothing, for an incident was open all the time', 0],
  ])('of an outage that came again, compared %s', async (_, endedBeforeMin) => {
    const minuteUs = 60_000_000;
    const atUs = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
    const fails = (us: number) => us > atUs - 5 * minuteUs || (us > atUs - 29 * minuteUs && us < atUs - 24 * minuteUs);
    const shop = busyShop(({ atUs: us }) => ({ stockUs: 20_000, stockFails: fails(us) }), {
      fromUs: atUs - 34 * minuteUs,
      toUs: atUs,
      everyUs: 10_000_000,
    });
    const alert = { title: 'checkout fails', service: 'checkout', labels: {}, traceId: '', atUs };
    const toUs = endedBeforeMin === 0 ? atUs + 60 * minuteUs : atUs - endedBeforeMin * minuteUs;
    const known = async () => [{ fromUs: atUs - 27 * minuteUs, toUs, what: 'INC-7 was open' }];
    const parts = { ...partsOver('samples'), traceSources: [shop] };
    const { analysed, evidence } = await lastOf(diagnoseAlert(parts, { alert, forms: FORMS, known }));
    expect(analysed.report.diagnosis).toMatchObject({ service: 'stock' });
    expect(JSON.stringify(analysed.report)).toContain('INC-7 was open');
    const again = await replayed(await kept(analysed, evidence), FORMS);
    expect(again.report).toEqual(analysed.report);
  });

  test.each(['trace', 'alert'])('of a request with what happened around it, asked for by its %s', async (asked) => {
    const traceId = '2257f87050b9f0907537faaf0a6c9e0e';
    const beganS = Date.UTC(2026, 0, 6, 14, 44) / 1e3;
    const diff =
      '@@ orders.ts @@\n+  for (const order of orders) {\n+    all.push(await store.getCustomer(order));\n+  }\n';
    const change = {
      kind: 'deploy',
      service: 'order-service',
      id: '4f2a9c1',
      text: 'names',
      url: '',
      files: [],
      diff,
    } as const;
    const values = Array.from({ length: 60 }, (_, n) => [beganS - 1700 + n * 30, `${n < 55 ? 0.2 : 0.95}`] as const);
    const { parts } = aroundSources({
      changes: [{ ...change, atUs: (beganS - 180) * 1e6 }],
      series: [{ metric: { __name__: 'cpu_utilization', service: 'order-service', pod: 'orders-1' }, values }],
      pods: listed([pod({ name: 'order-service-5d4b9f6c8d-aaaaa', labels: { app: 'order-service' } })]),
    });
    const sources = { ...partsOver('samples'), ...parts };
    const alert = { title: 'Orders are slow', service: '', labels: {}, traceId, atUs: 0 };
    const { analysed, evidence } = await lastOf(
      asked === 'trace'
        ? diagnoseTrace(sources, { reference: { kind: 'trace', id: traceId }, forms: FORMS })
        : diagnoseAlert(sources, { alert, forms: FORMS }),
    );
    expect(analysed.report.diagnosis?.change?.id).toBe('4f2a9c1');
    expect(analysed.report.findings.map(({ detector }) => detector)).toContain('resource-saturation');
    const again = await replayed(await kept(analysed, evidence), FORMS);
    expect(again.report).toEqual(analysed.report);
  });

  test('of an alert that names its trace', async () => {
    const traceId = samples[0]?.id ?? '';
    const alert = { title: 'Checkout fails', service: '', labels: {}, traceId, atUs: 0 };
    const { analysed, evidence } = await lastOf(diagnoseAlert(partsOver('samples'), { alert, forms: FORMS }));
    expect(analysed.report.exemplars).toMatchObject([{ traceId, why: 'the alert names it' }]);
    expect((await replayed(await kept(analysed, evidence), FORMS)).report).toEqual(analysed.report);
  });
});

describe('a case of other origin', () => {
  test('of an alert says what was looked at, also where one request gives the verdict', async () => {
    const folder = newFolder();
    cpSync('samples/stock-lock-wait/traces.json', join(folder, 'traces.json'));
    writeFileSync(join(folder, 'changes.json'), '[{"at":"2026-01-06T14:57:00Z","kind":"deploy","id":"v7"}]');
    const subject = { kind: 'alert', service: 'order-service' };
    const window = { from: '2026-01-06T14:58:00.000Z', to: '2026-01-06T14:58:03.180Z' };
    writeFileSync(join(folder, 'case.json'), JSON.stringify({ schema: 'spanhound.case/1', subject, window }));
    const { report } = await replayed(folder);
    expect([report.subject.kind, report.diagnosis?.kind]).toEqual(['alert', 'lock-contention']);
    expect(report.gaps.map(({ source }) => source)).not.toContain('changes.json');
  });

  test('opens without its manifest and compressed, and the report names what is missing', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'traces.json.gz'), gzipSync(readFileSync('samples/stock-lock-wait/traces.json')));
    writeFileSync(join(folder, 'metrics.json'), '[]');
    const { report } = await replayed(folder);
    expect(report.diagnosis?.kind).toBe('lock-contention');
    expect(report.subject.kind).toBe('trace');
    expect(report.gaps.map(({ source, problem }) => `${source} ${problem}`)).toEqual([
      'logs.jsonl is not in this case',
      'case.json is missing',
    ]);
  });

  test('with several traces is answered as an alert is: what most of them show, and how they were chosen', async () => {
    const folder = newFolder();
    for (const [index, name] of ['mutex12-01', 'mutex12-05', 'serial-01'].entries()) {
      cpSync(`${WIRE}/jaeger/hotrod/${name}.json`, join(folder, `traces-${index + 1}.json`));
    }
    writeFileSync(
      join(folder, 'case.json'),
      JSON.stringify({ schema: 'spanhound.case/1', subject: { kind: 'alert', service: 'frontend' } }),
    );
    const { report } = await replayed(folder);
    expect(report.subject).toMatchObject({ kind: 'alert', service: 'frontend' });
    expect(report.exemplars).toHaveLength(3);
    expect(report.diagnosis).toMatchObject({ kind: 'lock-contention', service: 'mysql' });
  });

  test('without a trace gives a report of its log lines', async () => {
    const folder = newFolder();
    const lines = ['order 7 taken', 'accept4: too many open files'];
    writeFileSync(
      join(folder, 'logs.jsonl'),
      lines
        .map((line, at) => JSON.stringify({ ts: `173617380${at}000000000`, labels: { app: 'shop' }, line }))
        .join('\n'),
    );
    const { report } = await replayed(folder);
    expect(report).toMatchObject({
      trace: null,
      subject: { kind: 'window', from: '2025-01-06T14:30:00.000Z', to: '2025-01-06T14:30:01.000Z' },
      diagnosis: { kind: 'resource-exhausted', service: 'shop', change: null },
      findings: [{ spanIds: [], evidence: [{ kind: 'log', ref: '1736173801000000000', text: lines[1] }] }],
    });
    expect(report.checked.skipped.length).toBeGreaterThan(3);
    expect(report.diagnosis?.verdict).toContain('shop: too many open files');
  });

  test('of what Kubernetes said alone names the reason, and says the same when it is kept and replayed', async () => {
    const secret = 'ghp_x7Kq2mZ9vB4nL8sT1wY6cR3dF5gH0jA2eUiO';
    const waiting = { reason: 'CrashLoopBackOff' };
    const last = ended('Error', 1, { message: `401 for ${secret}: environment variable API_KEY is not set` });
    const text = listed([pod({ containers: [{ restarts: 5, waiting, last, env: [{ name: 'KEY', value: SECRET }] }] })]);
    const session = openSession({ ...CASE_SETTINGS, evidence: { maxBytes: 1e6 } });
    await send(session, 'platform', Buffer.from(text), { source: 'kubernetes' });
    const { files, gaps } = await session.evidence();
    const window = { kind: 'window', ...WINDOW } as const;
    const [analysed] = await session.reports({ ...FORMS, window });
    await session.close();
    expect(analysed?.report.diagnosis).toMatchObject({ kind: 'crash-loop', service: 'payment' });
    expect(analysed?.report.diagnosis?.verdict).toContain('API_KEY is missing');

    const folder = newFolder();
    for (const { path, bytes } of files) writeFileSync(join(folder, path), bytes);
    const subject = { kind: 'window', service: 'payment', from: '2025-01-06T14:00:00Z', to: '2025-01-06T14:30:00Z' };
    writeFileSync(join(folder, 'case.json'), JSON.stringify({ schema: 'spanhound.case/1', subject }));
    expect(readFileSync(join(folder, 'platform.json'), 'utf8')).not.toMatch(new RegExp(`${secret}|${SECRET}`));
    const again = await replayed(folder, FORMS);
    expect(gaps).toEqual([]);
    expect(again.report.diagnosis).toEqual(analysed?.report.diagnosis);
    expect(again.report.findings).toEqual(analysed?.report.findings);
    expect(again.markdown).toContain('1 pod');
  });

  test('a rollout that Kubernetes tells of is the change behind what lines complain of', async () => {
    const folder = newFolder();
    const revisions = [
      replicaSet(6, { created: 90_000, containers: [{ image: 'payment:1.4.1' }] }),
      replicaSet(7, { created: 700, containers: [{ image: 'payment:1.4.2' }] }),
    ];
    writeFileSync(join(folder, 'platform.json'), listed([pod({ owner: 'payment-7' }), ...revisions]));
    const at = (second: number) => `${ASKED_US / 1e6 - 1800 + second}000000000`;
    const line = (second: number, level: string, text: string) =>
      JSON.stringify({ ts: at(second), labels: { service_name: 'payment', level }, line: text });
    const served = Array.from({ length: 360 }, (_, n) => line(n * 5, 'info', `order ${n} paid`));
    const failed = Array.from({ length: 120 }, (_, n) =>
      line(1130 + n * 5, 'error', `card ${n} refused: image codec missing`),
    );
    writeFileSync(join(folder, 'baseline-logs.jsonl'), served.slice(0, 200).join('\n'));
    writeFileSync(join(folder, 'logs.jsonl'), [...served.slice(200), ...failed].join('\n'));
    const subject = { kind: 'window', service: 'payment', from: '2025-01-06T14:16:40Z', to: '2025-01-06T14:30:00Z' };
    writeFileSync(join(folder, 'case.json'), JSON.stringify({ schema: 'spanhound.case/1', subject }));
    const { report } = await replayed(folder);
    expect(report.diagnosis?.change).toMatchObject({
      id: 'shop/payment revision 7',
      kind: 'deploy',
      service: 'payment',
      at: '2025-01-06T14:18:20.000Z',
    });
  });

  test('of a cluster in which all is well says so', async () => {
    const folder = newFolder();
    const containers = [{ ready: true }];
    writeFileSync(join(folder, 'platform.json'), listed([pod({ containers }), pod({ name: 'payment-2', containers })]));
    const { report, markdown } = await replayed(folder, FORMS);
    expect(report.diagnosis).toBeNull();
    expect(markdown).toContain('Nothing wrong found in 2 pods');
    expect(markdown).toContain('2 pods · 2025-01-06 14:30:00 UTC');
    expect(report.checked.clear).toEqual(
      expect.arrayContaining(['crash-loop', 'image-pull', 'oom-killed', 'pod-pending']),
    );
  });

  test('with neither a trace nor a line says so', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'logs.jsonl'), '');
    const { report, text } = await replayed(folder);
    expect(report).toMatchObject({ trace: null, diagnosis: null, subject: { kind: 'window' } });
    expect(report.checked.clear).toEqual([]);
    expect(text).toContain('no trace and no log line');
  });

  test('whose logs cannot be read is diagnosed without them', async () => {
    const folder = copyOf('samples/stock-lock-wait');
    writeFileSync(join(folder, 'logs.jsonl'), 'oops\n');
    const { report } = await replayed(folder);
    expect(report.diagnosis?.kind).toBe('lock-contention');
    expect(report.gaps.map(({ source }) => source)).toEqual(['logs.jsonl', 'logs.jsonl']);
    expect(report.gaps[0]?.problem).toBe('has 5 bytes instead of 916');
  });

  test('is not followed out of its folder', async () => {
    const folder = copyOf('samples/stock-lock-wait');
    const elsewhere = join(newFolder(), 'secret.json');
    cpSync('samples/n-plus-one-orders/traces.json', elsewhere);
    symlinkSync(elsewhere, join(folder, 'traces-2.json'));
    const manifest = {
      schema: 'spanhound.case/1',
      files: [{ path: elsewhere }, { path: '../x.json' }, { path: 'traces-2.json' }],
    };
    writeFileSync(join(folder, 'case.json'), JSON.stringify(manifest));
    const { report } = await replayed(folder);
    expect(report.exemplars).toEqual([]);
    expect(report.diagnosis?.kind).toBe('lock-contention');
    expect(report.gaps.filter(({ problem }) => problem.includes('a path outside the folder'))).toHaveLength(2);
    expect(report.gaps).toContainEqual(
      expect.objectContaining({ source: 'traces-2.json', problem: expect.stringContaining('not followed') }),
    );
  });

  test('that holds no evidence, or unpacks to more than may be read, is refused', async () => {
    await expect(replayed(newFolder())).rejects.toThrow('SH_UNREADABLE');
    await expect(replayed(join(newFolder(), 'nowhere'))).rejects.toThrow('SH_UNREADABLE');

    const bomb = newFolder();
    writeFileSync(join(bomb, 'traces.json.gz'), gzipSync(Buffer.alloc(70_000_000, 0x20)));
    const { report } = await replayed(bomb);
    expect(report.trace).toBeNull();
    expect(report.gaps).toContainEqual(expect.objectContaining({ problem: 'sent more than 64000000 bytes' }));
  });

  test('costs nothing but itself where it is bad', async () => {
    const folders = ['samples/stock-lock-wait', newFolder(), 'samples/slow-order-query'];
    const results: string[] = [];
    for await (const result of replayCases({ openSession, settings: CASE_SETTINGS, disk }, { folders, forms: {} })) {
      results.push('analysed' in result ? result.case : result.error.code);
    }
    expect(results).toEqual(['stock-lock-wait', 'SH_UNREADABLE', 'slow-order-query']);
  });
});

function partsOver(folder: string) {
  const source = files({ folder });
  return { traceSources: [source], logSources: [source], openSession, settings: CASE_SETTINGS, clock: patientClock };
}

async function lastOf(
  stages: AsyncIterable<DiagnosisStage>,
): Promise<{ analysed: AnalysedTrace; evidence: KeptEvidence }> {
  let last: DiagnosisStage | undefined;
  for await (const stage of stages) last = stage;
  if (last?.evidence === undefined) throw new Error('no evidence was kept');
  return { analysed: last.analysed, evidence: await last.evidence() };
}

/** The folder in which the bot keeps this. */
async function kept({ report }: AnalysedTrace, evidence: KeptEvidence): Promise<string> {
  const dataFolder = newFolder();
  const store = await opened(sqlitePlace(), steppedClock());
  await store.transaction((tx) =>
    openInvestigation(tx, { id: 'one', workspaceId: 'T1', traceId: 'a1', askedBy: 'U1', channelId: 'C1' }),
  );
  const keepCase = caseKeeper({ store, cases: keptIn(dataFolder), sealedBy: 'spanhound test', log: silentLog });
  const request = {
    investigationId: 'one',
    workspaceId: 'T1',
    subject: report.subject,
    evidence: async () => evidence,
  };
  await keepCase(request, async () => undefined);
  return join(dataFolder, 'cases', 'one');
}

function copyOf(folder: string): string {
  const copy = join(newFolder(), basename(folder));
  mkdirSync(copy);
  cpSync(folder, copy, { recursive: true });
  return copy;
}
