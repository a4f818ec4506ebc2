import { describe, expect, test } from 'vitest';
import { NotAllowedError, UnreachableError } from '#core/errors.ts';
import { probingText, probingVerdict } from '#present/tools/probe-text.ts';
import { later } from '#test/later.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import type { HttpAnswer, HttpHeader } from '#utilities/http-request.ts';
import { PROBE_LIMITS, type ProbeRequest, probeCircuit } from '#workflows/tools/probe-circuit.ts';

const URL = 'http://service.test/health';
const SLOW = 'http://service.test/api/slow';

function answer(status: number, body = '', headers: readonly HttpHeader[] = []): HttpAnswer {
  const timing = { dnsMs: 0, connectMs: 1, tlsMs: 0, firstByteMs: 2, totalMs: 3 };
  return {
    status,
    statusText: '',
    headers,
    body,
    truncated: false,
    address: '10.0.0.1',
    timing,
    followed: [],
    leadsTo: '',
  };
}

/** Opens at so many failures, lets one through when its time is up, and closes when that one went well. */
function breaker(
  clock: ReturnType<typeof steppedClock>,
  { opensAt = 5, restMs = 30_000, heals = true, words = 'Circuit Breaker Open' } = {},
) {
  const asked: { url: string; atUs: number }[] = [];
  let failures = 0;
  let openUntilUs = 0;
  return {
    asked,
    send: async ({ url, method }: { url: string; method: string }) => {
      expect(method).toBe('GET');
      asked.push({ url, atUs: clock.nowUs() });
      if (clock.nowUs() < openUntilUs) return answer(503, words);
      const isTrial = openUntilUs > 0;
      const fails = url === SLOW || (isTrial && !heals);
      if (fails) {
        failures += 1;
        if (failures >= opensAt || isTrial) openUntilUs = clock.nowUs() + restMs * 1000;
        return answer(500, 'boom');
      }
      openUntilUs = 0;
      failures = 0;
      return answer(200, 'ok');
    },
  };
}

async function probe(
  asked: Partial<ProbeRequest>,
  options: Parameters<typeof breaker>[1] & { send?: Parameters<typeof probeCircuit>[1]['send'] } = {},
) {
  const clock = steppedClock();
  const service = breaker(clock, options);
  const probing = probeCircuit(
    { url: URL, tripUrl: SLOW, ...asked },
    { send: options.send ?? service.send, clock },
    later(),
  );
  probing.catch(() => undefined);
  await clock.tick(300_000);
  return { probing: await probing, asked: service.asked };
}

describe('probing a circuit breaker', () => {
  test('sees it closed, open after a few quick failures, half-open after the wait, and closed again', async () => {
    const { probing, asked } = await probe({});
    expect(probingVerdict(probing)).toBe(
      'The breaker opened after 6 requests, let one request through after 30 s, and closed again',
    );
    expect(probing.steps.map(({ phase, status, state }) => [phase, status, state])).toEqual([
      ['before', 200, 'closed'],
      ...Array.from({ length: 5 }, () => ['trip', 500, 'error']),
      ['trip', 503, 'open'],
      ['after', 503, 'open'],
      ['half-open', 200, 'closed'],
      ['end', 200, 'closed'],
    ]);
    expect(asked).toHaveLength(10);
    expect(probingText(probing)).toMatch(/\+30\.\d s +half-open\? +GET http:\/\/service\.test\/health +200/);
  });

  test('stops tripping when the first is refused, and never sends more than it may, nor faster', async () => {
    const { probing, asked } = await probe({ requests: 1_000 }, { opensAt: 1_000 });
    expect(probing).toMatchObject({ verdict: 'stayed-closed', tripped: PROBE_LIMITS.requests });
    expect(asked).toHaveLength(PROBE_LIMITS.requests + 2);
    const apart = asked.slice(2, -1).map(({ atUs }, index) => atUs - (asked[index + 1]?.atUs ?? 0));
    expect(Math.min(...apart)).toBeGreaterThanOrEqual(PROBE_LIMITS.apartMs * 1000);
  });

  test('sends no load to a service that already refuses', async () => {
    const send = async () => answer(503, 'upstream: circuit breaker is open');
    const { probing } = await probe({}, { send });
    expect(probing).toMatchObject({ verdict: 'stays-open', tripped: 0 });
    expect(probing.steps).toHaveLength(2);
    expect(probingVerdict(probing)).toBe('The breaker was open and is still open after 30 s');
  });

  test('says when the trial fails, and the breaker opens again', async () => {
    const { probing } = await probe({}, { heals: false });
    expect(probing.verdict).toBe('stays-open');
  });

  test('a 503 without a word of a breaker is said to be one that is guessed', async () => {
    const { probing } = await probe({}, { words: 'Service Unavailable' });
    expect(probing.steps.find(({ phase }) => phase === 'after')?.said).toBe(
      'it refuses, but its response does not mention a circuit breaker',
    );
  });

  test('waits as long as the service asks, but not for ever', async () => {
    const refusing = (seconds: string) => async () => answer(503, '', [['Retry-After', seconds]]);
    expect((await probe({}, { send: refusing('45') })).probing.waitedSeconds).toBe(45);
    expect((await probe({}, { send: refusing('86400') })).probing.waitedSeconds).toBe(PROBE_LIMITS.waitSeconds);
  });

  test('a service that does not answer is not probed any further', async () => {
    const send = async () => {
      throw new UnreachableError('service.test', 'the connection was refused');
    };
    const { probing } = await probe({}, { send });
    expect(probing).toMatchObject({ verdict: 'unreachable', steps: [{ state: 'failed', status: 0 }] });
  });

  test('a forbidden request ends it, also among the quick requests', async () => {
    const send = async ({ url }: { url: string }) => {
      if (url === SLOW) throw new NotAllowedError('not that', [{ setting: 'http.allow', values: ['x'] }]);
      return answer(200);
    };
    await expect(probe({}, { send })).rejects.toMatchObject({ code: 'SH_NOT_ALLOWED' });
  });
});
