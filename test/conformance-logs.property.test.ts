/** Logs of other projects, each with its cause in words. They are pinned: `test/support/shared-files.ts`. */
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { shared } from '#test/shared-files.ts';
import { windowReport } from '#test/window.ts';

const FOLDER = 'conformance/holmesgpt-logs';

/** The cause as `expect.json` tells it, as words that the first three findings have to hold. */
const CAUSES: Readonly<Record<string, readonly RegExp[]>> = {
  '12-job-crashing': [/Failed to establish connection to database server/, /prod-db, port: 3333/],
  '20-long-log-file-search': [/Peer down/],
  '26-page-render-times': [/Page rendered/, /checkout/i, /from 7\S* s to [89]\S* s/],
  '52-logs-login-issues': [/Redis timed out/, /certificate has expired/],
  '62-fetch-error-logs-with-errors': [
    /Database connection failed: ETIMEDOUT/,
    /Attempting reconnection \(attempt 1\/3\)/,
    /Connection retry failed \(attempt 2\/3\)/,
    /Maximum retry attempts exceeded/,
    /Backup connection failed: ECONNREFUSED/,
    /Unable to establish database connection/,
  ],
  '66-http-error-needle': [/Could not acquire connection from pool after 30s/],
  '71-connection-pool-starvation': [/no connections left \(100 of 100 in use\)/, /timeout/i],
  '73b-time-window-anomaly': [/03:00:\d\d UTC to 03:05:\d\d UTC/, /Cannot connect to external API/],
  '75-network-flapping': [/Connection to backend timed out/, /0\.1 % of its lines → 6\d %/],
};

/** Each takes two seconds or more. The deep run's `accuracy` reads them. */
const LARGE: readonly string[] =
  process.env.EVERY_CASE === undefined
    ? [
        '20-long-log-file-search',
        '52-logs-login-issues',
        '66-http-error-needle',
        '71-connection-pool-starvation',
        '75-network-flapping',
      ]
    : [];

/** What must not be shown with it. */
const NOT_SHOWN: Readonly<Record<string, RegExp>> = {
  '62-fetch-error-logs-with-errors': /Application starting up|Database connection slow/,
};

describe('the cause is in the first three findings of', () => {
  const folders = shared.files(`${FOLDER}/*/expect.json`).map((file) => dirname(file));

  test('all of them, none is left out', () => {
    expect(folders.map((folder) => basename(folder))).toEqual(Object.keys(CAUSES));
  });

  test.each(folders.filter((folder) => !LARGE.includes(basename(folder))))('%s', async (folder) => {
    const { findings, checked } = await windowReport(linesOf(folder));
    expect(checked.broken).toEqual([]);
    const told = findings
      .slice(0, 3)
      .flatMap(({ title, explanation, evidence }) => [title, explanation, ...evidence.map(({ text }) => text)])
      .join('\n');
    for (const cause of CAUSES[basename(folder)] ?? []) expect(told).toMatch(cause);
    const hidden = NOT_SHOWN[basename(folder)];
    if (hidden) expect(told).not.toMatch(hidden);
  });
});

function linesOf(folder: string): string {
  const plain = join(folder, 'loki.json');
  return (shared.has(plain) ? shared.bytes(plain) : gunzipSync(shared.bytes(`${plain}.gz`))).toString();
}
