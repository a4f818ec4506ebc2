/**
 * The whole way on real backends: Jaeger, Loki, Prometheus, Postgres and a Kubernetes API as processes, the scenarios sent to them
 * with ids of a seed, then the command line and the bot asked about them. `npm run test:backends [WORD…]` runs the checks
 * whose names hold a word; `npm run test:backends alertmanager` starts nothing but what that needs. It ends with a line `N passed, N failed`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { happening } from '#test/otlp.ts';
import { scenarios } from '#test/scenarios.ts';
import { checkAlertmanager } from './alertmanager.ts';
import { checkClickHouse } from './clickhouse.ts';
import { checkCommandLine } from './command-line.ts';
import { drawnHex } from './drawn-ids.ts';
import { checkElasticsearch, checkOpensearch } from './elasticsearch.ts';
import { checkFaults } from './faults.ts';
import { readable, send } from './feed.ts';
import { checkGuide } from './guide.ts';
import { checkHotrod } from './hotrod.ts';
import { checkKubernetes } from './kubernetes.ts';
import { checkLokiCounts } from './loki-counts.ts';
import { checkLokiLimits } from './loki-limits.ts';
import { checkGraphite, checkInfluxDb } from './metric-stores.ts';
import { checkMariadb, checkMysql } from './mysql.ts';
import { checkOrdinaryLogs } from './ordinary-logs.ts';
import { checkPostgres } from './postgres.ts';
import { checkPrometheus } from './prometheus.ts';
import { checkRequests } from './requests.ts';
import { startJaeger, startLoki, stopAll } from './servers.ts';
import { checkSlack } from './slack.ts';
import { checkTempo } from './tempo.ts';
import { checkVictoriaLogs } from './victorialogs.ts';
import { checkWindows } from './windows.ts';
import { checkZipkin } from './zipkin.ts';

/** The scenarios ended a little ago: both backends refuse what lies in the future. */
const AGO_US = 30_000_000;

const words = process.argv.slice(2);
const counts = { passed: 0, failed: 0 };
const folder = await mkdtemp(join(tmpdir(), 'spanhound-backends-'));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await stopAll();
    process.exit(1);
  });
}

/** These start what they need. A word that begins with such a name runs that one alone. */
const ALONE = Object.entries({
  prometheus: checkPrometheus,
  alertmanager: checkAlertmanager,
  zipkin: checkZipkin,
  opensearch: checkOpensearch,
  elasticsearch: checkElasticsearch,
  victorialogs: checkVictoriaLogs,
  clickhouse: checkClickHouse,
  influxdb: checkInfluxDb,
  graphite: checkGraphite,
  mysql: checkMysql,
  mariadb: checkMariadb,
});

try {
  if (words.length === 0 || words.some((word) => !isOfOneAlone(word))) await checkTogether();
  for (const [name, checkAlone] of ALONE) {
    if (words.length === 0 || words.some((word) => word.startsWith(name) || !isOfOneAlone(word))) {
      await checkAlone({ folder, check, isWanted });
    }
  }
} catch (error) {
  counts.failed += 1;
  console.error(error);
} finally {
  await stopAll();
  if (counts.failed === 0) await rm(folder, { recursive: true, force: true });
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;

function isOfOneAlone(word: string): boolean {
  return ALONE.some(([name]) => word.startsWith(name));
}

/** What asks Jaeger and Loki about the scenarios, and more. */
async function checkTogether(): Promise<void> {
  const [jaeger, loki] = await Promise.all([startJaeger(folder), startLoki(folder)]);
  console.log(`Jaeger ${jaeger.url}, Loki ${loki.url}, logs in ${folder}`);
  const backends = { jaeger, loki };
  const happened = scenarios.map((scenario) =>
    happening(scenario, { seed: drawnHex(16), startUs: Date.now() * 1000 - AGO_US }),
  );
  for (const each of happened) await send(each, backends);
  for (const each of happened) await readable(each, backends);

  const context = { folder, ...backends, happened, check, isWanted };
  await checkCommandLine(context);
  await checkHotrod(context);
  await checkOrdinaryLogs(context);
  await checkGuide(context);
  await checkLokiLimits(context);
  await checkLokiCounts(context);
  await checkRequests(context);
  await checkWindows(context);
  await checkTempo(context);
  await checkFaults(context);
  await checkKubernetes(context);
  await checkPostgres(context);
  // Last, for it stops the backends.
  await checkSlack(context);
}

async function check(name: string, body: () => Promise<void>): Promise<void> {
  if (!isWanted(name)) return;
  const begun = performance.now();
  try {
    await body();
    counts.passed += 1;
    console.log(`  ok    ${name} (${Math.round(performance.now() - begun)} ms)`);
  } catch (error) {
    counts.failed += 1;
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.log(`  FAIL  ${name}\n        ${message.replaceAll('\n', '\n        ')}`);
  }
}

function isWanted(name: string): boolean {
  return words.length === 0 || words.some((word) => name.includes(word));
}
