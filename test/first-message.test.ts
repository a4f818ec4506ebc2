/** The limits of the first message, for every sample, every drawn trace and window, and every detector's finding. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import type { AnalysedTrace, Forms } from '#analyse/session.ts';
import { detectors } from '#detect/registry.ts';
import { DEAD_SERVICE_WORDS } from '#detect/signs/cluster/dead-service-words.ts';
import { CRASH_CAUSES } from '#detect/signs/containers/crash-causes.ts';
import { OOM_WORDS } from '#detect/signs/containers/oom-words.ts';
import { PULL_FAILURE_WORDS } from '#detect/signs/containers/pull-failure-words.ts';
import { AUTOSCALER_CAUSES } from '#detect/signs/scheduling/autoscaler-causes.ts';
import { NODE_CAUSES } from '#detect/signs/scheduling/node-causes.ts';
import { PENDING_CAUSES } from '#detect/signs/scheduling/pending-causes.ts';
import { CORRUPTION_WORDS } from '#detect/signs/values/corruption-words.ts';
import type { Finding } from '#model/finding/finding.ts';
import { numbersIn } from '#model/text/in-words.ts';
import { LONGEST_HEADLINE } from '#present/words/headline.ts';
import { summaryOf } from '#present/words/summary.ts';
import { analysisOf, findingOf } from '#test/analysis.ts';
import { blockText } from '#test/block-text.ts';
import { CASE_SETTINGS, replayed, send } from '#test/cases.ts';
import { guideExamples } from '#test/guide-report.ts';
import { inGate, inTurn } from '#test/in-gate.ts';
import { happening, logsJsonlOf, otlpOf } from '#test/otlp.ts';
import { problemTraces } from '#test/problem-traces.ts';
import { server, traceOf } from '#test/trace.ts';
import { bytesOf, logBytesOf } from '../bench/accuracy/diagnose.ts';
import { drawTraces } from '../bench/accuracy/draw.ts';
import { type DrawnWindow, drawWindows } from '../bench/accuracy/windows/draw.ts';
import { bodiesOf } from '../bench/accuracy/windows/report.ts';

const IDS = detectors.map(({ id }) => id).filter((id) => id.includes('-'));
const FORMS: Forms = { slack: true, text: { width: 100, colour: false }, markdown: true };

function problemsOf(headline: string): string[] {
  const plain = headline.replaceAll('`', '');
  const unquoted = plain.replace(/“[^”]*”?/g, '');
  return [
    plain === '' ? 'empty' : '',
    plain.length > LONGEST_HEADLINE ? `${plain.length} characters` : '',
    /[()[\]]/.test(plain) ? 'brackets' : '',
    numbersIn(plain) > 1 ? 'numbers' : '',
    /(?=[0-9a-f]*\d)\b[0-9a-f]{16,}\b/i.test(plain) ? 'an id' : '',
    /\bsure\b|confiden/i.test(unquoted) ? 'a sureness' : '',
    IDS.some((id) => new RegExp(`(?<![\\w-])${id}(?![\\w-])`).test(unquoted)) ? 'a detector id' : '',
    (headline.match(/`/g)?.length ?? 0) % 2 === 1 ? 'an open backtick' : '',
  ].filter((problem) => problem !== '');
}

function checkAnswer({ slack, text = '', markdown = '', traceId }: AnalysedTrace): void {
  if (slack?.head === undefined) throw new Error('no answer for Slack');
  const { headline } = slack.head;
  expect(problemsOf(headline), headline).toEqual([]);
  const said = blockText(slack.blocks);
  if (traceId !== '') expect(said).not.toContain(traceId);
  expect(said).not.toMatch(/% sure|\d % (?:likely|certain)/);
  const [, ...others] = slack.blocks;
  expect(JSON.stringify(others)).not.toContain('"bold":true');
  for (const block of others) {
    if (block.type !== 'rich_text') continue;
    const lists = block.elements.filter((part) => part.type === 'rich_text_list');
    for (const { elements } of lists) {
      expect(elements.length).toBeLessThanOrEqual(3);
      for (const item of elements) expect(blockText(item).length, blockText(item)).toBeLessThanOrEqual(170);
    }
  }
  expect(text.replace(/\s+/g, ' ').startsWith(headline), text.slice(0, 200)).toBe(true);
  expect(markdown.startsWith('# ')).toBe(true);
}

async function answerTo(bodies: Readonly<Record<string, Uint8Array | string>>, forms: Forms): Promise<AnalysedTrace> {
  const session = openSession(CASE_SETTINGS);
  for (const [kind, body] of Object.entries(bodies)) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    await send(session, kind as Parameters<typeof send>[1], bytes, {
      source: kind,
      format: kind === 'logs' && !('metrics' in bodies) ? 'log-jsonl' : 'auto',
    });
  }
  const [answer] = await session.reports(forms);
  await session.close();
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

test.each(readdirSync('samples').filter((name) => !name.endsWith('.json')))('the sample %s', async (name) => {
  checkAnswer(await replayed(join('samples', name), FORMS));
});

test.each([...guideExamples, ...problemTraces].map((one) => [one.name, one] as const))('%s', async (_, example) => {
  const happened = happening(example);
  checkAnswer(await answerTo({ trace: JSON.stringify(otlpOf(happened)), logs: logsJsonlOf(happened) }, FORMS));
});

const drawn = Map.groupBy(drawTraces('first message', 1), ({ id }) => id.split('/')[0] ?? '');

test.each([...drawn])('drawn traces: %s', async (_, traces) => {
  for (const trace of traces)
    checkAnswer(
      await answerTo({ trace: bytesOf(trace), ...(trace.logs.length > 0 && { logs: logBytesOf(trace) }) }, FORMS),
    );
});

const WINDOWS =
  /\/(?:cpu\/0\.5|error-return\/1|network-delay\/0\.1|lock\/1|without traces\/exception|two\/cpu|healthy)\/0$/;
const windows = [...drawWindows('first message', 1)].filter(({ id }) => WINDOWS.test(id));

const drawnWindows = inGate(windows, 2);
test.each(drawnWindows.gate)('a drawn window: $id', isAnswered);
test.each(drawnWindows.deep)('a drawn window: $id', { tags: ['deep'] }, isAnswered);

async function isAnswered(window: DrawnWindow): Promise<void> {
  const subject = { kind: 'window', service: '', fromUs: window.fromMs * 1000, toUs: window.toMs * 1000 } as const;
  checkAnswer(await answerTo(bodiesOf(window) as Record<string, string>, { ...FORMS, window: subject }));
}

describe('whatever names and texts a trace has', () => {
  const NAMES = [
    '',
    'cart',
    'Order (v2) [eu]',
    '`code`',
    '4bf92f3577b34da6a3ce929d0e0e4736',
    'a'.repeat(300),
    '7 of 9 20 %',
  ];
  const trace = traceOf(server('web', 'GET /', { ms: 5 }));
  const base: Finding = findingOf(trace, { spans: [0] });

  /** In the gate each name meets every third detector, so that each detector meets two or three names. */
  const PARTS = 3;
  const parts = Array.from({ length: PARTS }, (_, part) => detectors.filter((_, at) => at % PARTS === part));
  const named = NAMES.map((name, at) => [name, inTurn(parts, at)] as const);
  test.each(named)('%s', (name, { gate }) => isInBounds(name, gate.flat()));
  test.each(named)('%s, of the other detectors', { tags: ['deep'] }, (name, { deep }) => isInBounds(name, deep.flat()));

  function isInBounds(name: string, some: typeof detectors): void {
    for (const detector of some) {
      for (const [said, status] of wordsOf(detector, name)) {
        const analysis = analysisOf(traceOf(server(name || 'web', `GET ${name}`, { ms: 1234 })), {
          cause: { ...base, ...said, detector: detector.id, spans: [0] },
          diagnosis: { status, share: status === 'confirmed' ? 1 : 0.2 },
        });
        const { headline } = summaryOf(analysis).first;
        expect(problemsOf(headline), `${detector.id}: ${headline}`).toEqual([]);
        const bare = summaryOf({ ...analysis, judgement: withoutHeadline(analysis.judgement) }).first.headline;
        expect(problemsOf(bare), `${detector.id} without its own: ${bare}`).toEqual([]);
      }
    }
  }
});

function withoutHeadline(judgement: ReturnType<typeof analysisOf>['judgement']) {
  const findings = judgement.findings.map(({ headline: _, ...finding }) => finding);
  return { ...judgement, findings };
}

/** Facts that choose from a list. */
const LISTS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'autoscaler-stuck': { cause: Object.keys(AUTOSCALER_CAUSES) },
  'crash-loop': { cause: Object.keys(CRASH_CAUSES) },
  'node-trouble': { cause: Object.keys(NODE_CAUSES) },
  'service-without-endpoints': { cause: Object.keys(DEAD_SERVICE_WORDS) },
  'oom-killed': { cause: Object.keys(OOM_WORDS) },
  'pod-pending': { cause: Object.keys(PENDING_CAUSES) },
  'image-pull': { failure: Object.keys(PULL_FAILURE_WORDS) },
  'suspect-change': { kind: ['deploy', 'commit', 'config', 'scale', 'flag', 'migration'] },
  'data-corruption': { kind: [...Object.keys(CORRUPTION_WORDS), 'null'] },
  'resource-exhausted': { resource: ['memory', 'disk space', 'queue'] },
};

/** A detector's words where every other fact is this name or a number. */
function* wordsOf({ id, say }: (typeof detectors)[number], name: string) {
  const [[fact, values] = ['', ['']]] = Object.entries(LISTS[id] ?? {});
  for (const value of values) {
    const facts = new Proxy({} as Record<string, string | number | boolean>, {
      get: (_, key) => {
        if (key === fact) return value;
        return /Us$|Ms$|^(?:calls|attempts|share|level|requests)$/.test(String(key)) ? 1_234_567 : name;
      },
      has: () => true,
    });
    for (const status of ['confirmed', 'inconclusive'] as const) yield [say(facts), status] as const;
  }
}
