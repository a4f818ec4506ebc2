/**
 * From an alert to the cause: HotROD is run under load, then run again with a fault of its own, an alert is sent, and the
 * verdict has to name the service at fault, when it began, and what is open beside it.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '#present/json/report.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { reportOf, spanhound } from './command-line.ts';
import type { Context } from './context.ts';
import { startHotrod, startJaeger } from './servers.ts';

/** Quick, as far as HotROD's own switches go: no lock before its database, no slow query, a large pool. */
export const WELL = ['-D', '30ms', '-M', '-W', '100'];

type Fault = Readonly<{
  name: string;
  /** HotROD's switches from then on. */
  flags: readonly string[];
  customers: readonly string[];
  /** Undefined where nothing is wrong. */
  expected: RegExp | undefined;
}>;

export const USUAL = ['123', '392', '731', '567'];
export const NOBODY = '999';

const FAULTS: readonly Fault[] = [
  { name: 'nothing changes', flags: WELL, customers: USUAL, expected: undefined },
  {
    name: 'a lock before the database',
    flags: ['-D', '300ms', '-W', '100'],
    customers: USUAL,
    expected: /^(?:mysql|customer)$/,
  },
  { name: 'a pool of one', flags: ['-D', '30ms', '-M', '-W', '1'], customers: USUAL, expected: /^frontend$/ },
  {
    name: 'requests for a customer that is not there',
    flags: WELL,
    customers: [NOBODY, NOBODY, '123'],
    expected: /^(?:mysql|customer)$/,
  },
];

export const HEALTHY_MS = 25_000;
export const FAULT_MS = 20_000;
/** HotROD's exporter sends every five seconds. */
const EXPORTED_MS = 7_000;
/** Its first requests open connections. */
const WARM_MS = 3_000;
/**
 * Two users at a time. Each fifth call of HotROD's Redis fails, and it asks three times: with three users one request in
 * fifty meets the failing call each time, and a time before the fault in which one request in twenty fails is no baseline.
 */
const USERS = [0, 1];

export async function checkWindows({ folder, loki, check }: Context): Promise<void> {
  for (const fault of FAULTS) {
    await check(`window: HotROD, ${fault.name}`, async () => {
      const own = join(folder, fault.name.replaceAll(' ', '-'));
      const jaeger = await startJaeger(own);
      try {
        if (!(await underLoad(own, jaeger.otlpUrl, { flags: WELL, customers: USUAL, ms: HEALTHY_MS }))) {
          return console.log('  skip  HotROD: its binary is not there (test/backends/build.sh builds it)');
        }
        const beganMs = Date.now();
        await underLoad(own, jaeger.otlpUrl, { ...fault, ms: FAULT_MS });
        const alert = join(own, 'alert.json');
        const labels = { alertname: 'Slow', service: 'frontend' };
        const group = alertmanagerGroup([{ ...firing('a1'), startsAt: new Date().toISOString() }], {
          commonLabels: labels,
        });
        await writeFile(alert, JSON.stringify(group));
        const environment = { JAEGER_URL: jaeger.url, LOKI_URL: loki.url };
        // Where nothing changes there is nothing to be told from but time itself: the second half beside the first.
        const middle = ['--from', new Date(beganMs).toISOString(), '--to', new Date().toISOString()];
        const asked = fault.expected === undefined ? ['--service', 'frontend', ...middle] : ['--alert', alert];
        const answered = await spanhound(own, ['investigate', ...asked, '--json'], environment);
        await writeFile(join(own, 'report.json'), answered.stdout);
        assertFound(reportOf(answered), fault, beganMs);
      } finally {
        await jaeger.stop();
      }
    });
  }
}

function assertFound(report: Report, { expected }: Fault, beganMs: number): void {
  assert.ok((report.compared?.requests ?? 0) >= 10, `compared: ${JSON.stringify(report.compared)}`);
  if (expected === undefined) {
    const { verdict = '', confidence = 0 } = report.diagnosis ?? {};
    assert.ok(confidence < 0.5, `nothing is wrong, but at ${confidence}: ${verdict}`);
    return;
  }
  assert.match(report.diagnosis?.service ?? '', expected, `${report.diagnosis?.verdict}`);
  assert.ok(report.exemplars.length > 0);
  const onsetMs = Date.parse(report.onset?.at ?? '');
  assert.ok(
    Math.abs(onsetMs - beganMs) < 15_000,
    `it began at ${new Date(beganMs).toISOString()}, and not at ${report.onset?.at}`,
  );
}

/** False where there is no HotROD. */
export async function underLoad(
  folder: string,
  otlpUrl: string,
  { flags, customers, ms }: Pick<Fault, 'flags' | 'customers'> & Readonly<{ ms: number }>,
): Promise<boolean> {
  const hotrod = await startHotrod(folder, otlpUrl, flags);
  if (hotrod === undefined) return false;
  await sleep(WARM_MS);
  const until = Date.now() + ms;
  const ride = async (first: number) => {
    for (let at = first; Date.now() < until; at += 1) {
      const answer = await fetch(`${hotrod.url}/dispatch?customer=${customers[at % customers.length]}`);
      await answer.arrayBuffer();
      await sleep(150);
    }
  };
  await Promise.all(USERS.map(ride));
  await sleep(EXPORTED_MS);
  await hotrod.stop();
  return true;
}
