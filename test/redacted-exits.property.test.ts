/**
 * No part of a secret leaves by any exit, wherever it stands and wherever a text is cut: every text of a sample is made long,
 * with a secret at a random place of it, and each answer and each file of the evidence is searched for parts of them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openPair, openSession } from '#analyse/open-session.ts';
import type { BodyHead, Session, SessionSettings } from '#analyse/session.ts';
import { cutFirstLine, cutLine, cutText } from '#model/text/cut-text.ts';
import { reportJson } from '#present/json/report-json.ts';
import { OWN_LINKS } from '#test/hostile.ts';
import { inGate } from '#test/in-gate.ts';
import { ALL_FORMS } from '#test/planted-exits.ts';
import { LOST, leaks, PART, partOf, SECRETS } from '#test/planted-secrets.ts';
import { said, windowPresented } from '#test/window.ts';

const SETTINGS: SessionSettings = {
  thresholds: {},
  links: OWN_LINKS,
  maxClockSkewUs: 3_600_000_000,
};

const secretText = fc.constantFrom(...SECRETS);
const filler = fc
  .integer({ min: 0, max: 420 })
  .map((length) => 'order 17 was placed and paid for, '.repeat(20).slice(0, length));

test('some secrets are known no more once their end is missing, and what is searched for is that', () => {
  expect(LOST.length).toBeGreaterThan(40);
});

describe('a text that is cut', () => {
  const most = fc.integer({ min: 1, max: 400 });

  test.each([
    ['anywhere', cutText],
    ['on one line', cutLine],
    ['to its first line', cutFirstLine],
  ])('%s shows no part of a secret', (_, cut) => {
    fc.assert(
      fc.property(filler, secretText, filler, most, (before, { text, secret }, after, length) => {
        const shown = cut(`${before} ${text} ${after}`, length);
        // What is short enough is not cut, and is redacted where it leaves.
        if (shown.endsWith('…')) expect(partOf(shown, secret)).toBe('');
      }),
    );
  });

  test('is as long as it may be, and one that is no longer stays as it is', () => {
    expect(cutText('order 17 was placed', 8)).toBe('order 17…');
    expect(cutText('order 17', 8)).toBe('order 17');
    expect(cutLine(' order\n  17 ', 8)).toBe('order 17');
    expect(cutFirstLine('\norder 17\nwas placed', 8)).toBe('order 17');
    expect(cutFirstLine('value: hunter2\nname: DB_PASSWORD', 80)).toBe('value: [redacted:secret]');
    expect(cutText('of jo@example.org and others', 12)).toBe('of …');
  });
});

const { gate, deep } = inGate(['stock-lock-wait', 'model-server-oom', 'slow-order-query', 'hotrod-redis-timeouts'], 2);

describe.each(gate)('%s with secrets in every text', (sample) => {
  test('round 0', () => keepsItsSecrets(sample, 0));
  test('round 1', { tags: ['deep'] }, () => keepsItsSecrets(sample, 1));
});

describe.each(deep)('%s with secrets in every text', { tags: ['deep'] }, (sample) => {
  test.each([0, 1])('round %i', (round) => keepsItsSecrets(sample, round));
});

async function keepsItsSecrets(sample: string, round: number): Promise<void> {
  const drawn = drawing(round);
  const session = openSession({ ...SETTINGS, evidence: { maxBytes: 50_000_000 } });
  await fill(session, sample, drawn);
  const { files } = await session.evidence();
  expect(files.length).toBeGreaterThan(1);
  for (const { path, bytes } of files) expect(leaks(Buffer.from(bytes).toString()), path).toEqual([]);
  const plain = openSession(SETTINGS);
  await fill(plain, sample, drawing(round));
  for (const [form, text] of [...(await answers(session)), ...(await answers(plain))]) {
    expect(leaks(text), form).toEqual([]);
  }
  await session.close();
  await plain.close();
}

describe('short texts that are secrets and little else', () => {
  /** Each text of a sample takes the next one, so that many are shown in one session. */
  const AT_ONCE = 59;
  const rounds = Array.from({ length: Math.ceil(SECRETS.length / AT_ONCE) }, (_, round) => round * AT_ONCE);

  const { gate, deep } = inGate(rounds, 3);
  test.each(gate)('stock-lock-wait, from secret %i on', (round) => leavesNothing('stock-lock-wait', round));
  test.each(deep)('stock-lock-wait, from secret %i on', { tags: ['deep'] }, (round) =>
    leavesNothing('stock-lock-wait', round),
  );
  test.each(rounds)('slow-order-query, from secret %i on', { tags: ['deep'] }, (round) =>
    leavesNothing('slow-order-query', round),
  );

  async function leavesNothing(sample: string, round: number): Promise<void> {
    const session = openSession(SETTINGS);
    await fill(session, sample, shortDrawing(round), shortDrawing(round + 3));
    for (const [form, text] of await answers(session)) expect(leaks(text), form).toEqual([]);
    await session.close();
  }
});

test('a comparison of traces with secrets in every text', async () => {
  const pair = openPair(SETTINGS);
  await fill(pair.healthy, 'healthy-checkout', drawing(3));
  await fill(pair.failing, 'healthy-checkout', drawing(4));
  const forms = { text: { width: 100, colour: false }, markdown: true, html: true, slack: true };
  const compared = await pair.compare({ as: 'comparison', forms });
  if (compared.kind !== 'compared') throw new Error(compared.why);
  for (const [form, said] of Object.entries(compared.presented)) expect(leaks(textOf(said)), form).toEqual([]);
  await pair.close();
});

test('a time of which only lines are known', async () => {
  const line = drawing(5);
  const lines = Array.from({ length: 120 }, (_, at) => {
    const isError = at % 3 === 0;
    return said(at, `service-${at % 4}`, isError ? 'error' : 'info', line(isError ? 'payment failed' : 'order placed'));
  });
  const presented = await windowPresented(lines, {
    forms: { text: WIDE, markdown: true, html: true, svg: true, slack: true },
  });
  for (const [form, said] of Object.entries(presented)) expect(leaks(textOf(said)), form).toEqual([]);
});

const WIDE = { width: 160, colour: false, methods: true };

type Draw = (text: string) => string;

/** A short text with a secret, another one each time: nothing cuts it, and a part of it may still leave alone. */
function shortDrawing(start: number): Draw {
  let at = start;
  return () => {
    at += 1;
    return SECRETS[at % SECRETS.length]?.text ?? '';
  };
}

/** Where texts are cut, here or there. */
const CUTS = [48, 64, 80, 120, 160, 200, 240, 300, 400];

/** Puts a secret into a text, another one each time, where a cut goes through it. */
function drawing(start: number, secrets = LOST): Draw {
  let state = 20_260_106 + start * 7_919;
  const next = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  return (text) => {
    const { text: carried, secret } = secrets[next(secrets.length)] ?? { text: '', secret: '' };
    const cut = CUTS[next(CUTS.length)] ?? 0;
    const start = cut - PART - next(Math.max(1, secret.length - PART)) - carried.indexOf(secret);
    return `${text} ${'and so on '.repeat(40).slice(0, Math.max(0, start - text.length - 2))} ${carried} ${'and on '.repeat(next(40))}`;
  };
}

async function fill(session: Session, sample: string, draw: Draw, drawName = longName()): Promise<void> {
  const folder = join('samples', sample);
  const traces = JSON.parse(readFileSync(join(folder, 'traces.json'), 'utf8'), (key, value) => {
    if (/^(?:operationName|name)$/.test(key) && typeof value === 'string') return drawName(value);
    if (key === 'message' && typeof value === 'string') return draw(value);
    if (key === 'tags') return [...value, { key: 'note', type: 'string', value: draw('noted') }];
    if (key === 'attributes') return [...value, { key: 'note', value: { stringValue: draw('noted') } }];
    return SPOKEN.test(value?.key) ? spoken(value, draw) : value;
  });
  const logs = readFileSync(join(folder, 'logs.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((row) => {
      const { ts, labels, line } = JSON.parse(row);
      return JSON.stringify({ ts, labels: { ...labels, note: draw('label') }, line: draw(line) });
    });
  await take(session, 'traces', headOf('trace'), JSON.stringify(traces));
  await take(session, 'logs', headOf('logs'), logs.join('\n'));
  session.gap({ source: 'loki', problem: draw('timed out'), consequence: draw('no logs') });
}

/** What looks like an id in the path of a name is left out of it, before anything else is looked at. */
function longName(): Draw {
  return drawing(
    6,
    LOST.filter(({ secret }) => !secret.includes('/')),
  );
}

/** Of a statement only its shape is told, without its values. */
const SPOKEN = /message|description|stacktrace|url|^error$/;

type Attribute = Readonly<{ key: string; value: string | Readonly<{ stringValue: string }> | boolean }>;

function spoken(attribute: Attribute, draw: Draw): Attribute {
  const { key, value } = attribute;
  if (typeof value === 'string') return { ...attribute, value: draw(value) };
  return typeof value === 'object' && 'stringValue' in value
    ? { key, value: { stringValue: draw(value.stringValue) } }
    : attribute;
}

function headOf(kind: BodyHead['kind']): BodyHead {
  return { kind, format: 'auto', source: kind, file: '', query: { text: '', url: '' } };
}

async function take(session: Session, id: string, head: BodyHead, text: string): Promise<void> {
  session.body(id, head);
  await session.bytes(id, Buffer.from(text));
  await session.end(id);
}

/** Every form of every answer. */
async function answers(session: Session): Promise<[form: string, text: string][]> {
  const answered: [string, string][] = [];
  for (const answer of await session.reports(ALL_FORMS)) {
    for (const [form, said] of Object.entries(answer)) answered.push([form, textOf(said)]);
    answered.push(['json', [...reportJson(answer.report, answer.longLists)].join('')]);
  }
  expect(answered.length).toBeGreaterThan(5);
  return answered;
}

function textOf(said: unknown): string {
  return typeof said === 'string' ? said : (JSON.stringify(said) ?? '');
}
