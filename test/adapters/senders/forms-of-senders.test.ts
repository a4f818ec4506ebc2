/** Forms that a sender writes in its own way, with their ends and with innocent twins. */
import { describe, expect, test } from 'vitest';
import { readGeneral } from '#adapters/senders/general-alert.ts';
import { mappedMessages } from '#adapters/senders/message.ts';
import { notificationIn } from '#core/notification-text.ts';
import type { Alert } from '#model/incident/alert.ts';
import { bodiesIn, firstRead, type ReadOutcome } from '#workflows/alerts/read-alert.ts';

const NOW_US = 1_772_400_000_000_000;
const POSTED = { type: 'message', subtype: 'bot_message', bot_id: 'B1', channel: 'C1', ts: '1772400000.000100' };
const read = mappedMessages({});

function said(username: string, parts: object | string): Alert | undefined {
  const found = read({ ...POSTED, username, text: '', ...(typeof parts === 'string' ? { text: parts } : parts) });
  return found !== undefined && 'alert' in found ? found.alert : undefined;
}

function body(of: unknown): Alert | undefined {
  const found = readGeneral(of, { source: 'senders', receivedUs: NOW_US });
  return found.kind === 'delivery' ? found.delivery.subject : undefined;
}

describe('a message names the service', () => {
  test.each([
    [
      'UptimeRobot',
      ':red_circle: *Monitor is DOWN:* Basket pages ( <https://b.example> ) - *Reason:* HTTP 503',
      'Basket pages',
    ],
    ['timer', ':x: `basket-export` crashed after 2 attempts (exit code 9) on box-7', 'basket-export'],
    ['lag-bot', ':turtle: *basket-api* p95 is 900 ms for 5 min (limit 0.4 s)', 'basket-api'],
    ['guetteur', ':rouge: *ALERTE* — `panier-api` : 9 % d’erreurs depuis 4 minutes', 'panier-api'],
    ['budget-bot', '[PAGE] basket-api burns its error budget 6x too fast (6h window)', 'basket-api'],
    ['Vercel', 'Production deployment failed for *<https://vercel.com/acme/basket|basket>*: exited with 1', 'basket'],
    [
      'Render',
      ':x: Deploy failed for *<https://dashboard.render.com/web/srv-1|basket-web>*: exited with 1',
      'basket-web',
    ],
    ['Render', '*basket-web*: pre-deploy command failed', 'basket-web'],
    ['Render', 'Build of service basket has failed', 'basket'],
    ['Railway', ':rotating_light: basket failed to deploy', 'basket'],
    ['PlanetScale', ':warning: *basket-db*: storage on branch `main` is at 91 % of its limit', 'basket-db'],
    ['PlanetScale', 'New anomaly in `basket/main`: query latency is 8 times as high', 'basket'],
    ['PlanetScale', 'Deploy request #14 for *basket* errored: lock wait timeout', 'basket'],
    ['PlanetScale', 'Branch `main` of *basket* ran out of memory and restarted', 'basket'],
    ['Cloudflare', 'Origin *par-2* in pool *eu* for b.example changed from Healthy to *Unhealthy* (timeout)', 'par-2'],
    [
      'MongoDB Atlas',
      '*Alert OPEN* — Connections: % of limit has gone above 80\n*Project:* Fruit  *Cluster:* basket-db  *Host:* n1:27017',
      'basket-db',
    ],
  ])('%s: %s', (app, text, service) => {
    expect(said(app, text)).toMatchObject({ service, state: 'triggered' });
  });

  test('in the values of a group', () => {
    const fields = [
      { title: 'Project', value: 'fruit', short: true },
      { title: 'Group', value: 'zone=b, service=basket', short: true },
    ];
    const card = { attachments: [{ color: '#f44336', title: ':red_circle: Critical: Error ratio is high', fields }] };
    expect(said('Lightstep', card)).toMatchObject({ service: 'basket', severity: 'Critical' });
  });

  test('and its grade in front', () => {
    expect(said('budget-bot', '[PAGE] basket-api burns its error budget 6x too fast')?.severity).toBe('PAGE');
  });
});

describe('an end has the key of its beginning', () => {
  test.each([
    [
      'UptimeRobot',
      '*Monitor is DOWN:* Basket pages ( <https://b.example> ) - *Reason:* HTTP 503',
      '*Monitor is UP:* Basket pages ( <https://b.example> ). It was down for 3 minutes.',
    ],
    ['guetteur', '*ALERTE* — `panier-api` : 9 % d’erreurs', '*FIN D’ALERTE* — `panier-api` : retour à la normale'],
    [
      'Cloudflare',
      'Origin par-2 in pool eu changed from Healthy to Unhealthy (timeout)',
      'Origin par-2 in pool eu changed from Unhealthy to Healthy (no failure)',
    ],
    [
      'MongoDB Atlas',
      'Alert OPEN — Connections: % of limit has gone above 80\nProject: Fruit  Cluster: basket-db',
      'Alert CLOSED — Connections: % of limit has gone below 80\nProject: Fruit  Cluster: basket-db',
    ],
    ['PlanetScale', 'basket: storage is at 91 % of its limit', 'basket: storage is back below 85 %'],
    ['jenkins', 'basket-deploy - #4 FAILURE after 3 min', 'basket-deploy - #5 Back to normal after 3 min'],
  ])('%s', (app, begin, end) => {
    const first = said(app, begin);
    expect(first?.state).toBe('triggered');
    expect(said(app, end)).toMatchObject({ state: 'resolved', key: first?.key });
  });

  test('a number of an incident in German', () => {
    const report = (status: string, meldung: string) => body({ meldung, dienst: 'korb', status, nummer: 'ST-88' });
    const first = report('AUSGELÖST', 'Korb ist voll');
    expect(report('BEHOBEN', 'Korb wieder leer')).toMatchObject({ state: 'resolved', key: first?.key });
  });
});

describe('a message is no alert', () => {
  test.each([
    ['lag-bot', '*basket-api* p95 is 900 ms for 5 min (limit 2 s)'],
    ['lag-bot', '*basket-api* heap is 900 MB (limit 40 %)'],
    ['guetteur', 'Les alertes de `panier-api` sont documentées ici'],
    ['budget-bot', 'basket-api has 62% of its error budget left'],
    ['budget-bot', 'we spent the error budget of basket-api on 3 releases'],
    ['Vercel', 'Preview deployment failed for *basket*: exited with 1'],
    ['Render', 'Deploy live for *basket-web*'],
    ['Render', 'Deploy failed for *basket-web-pr-14*'],
    ['Render', 'Deploy failed for preview basket-web PR #14'],
    ['Netlify', 'Deploy Preview #14 failed for basket-site'],
    ['shop-bot', 'Deploy failed for the third time, who looks at it?'],
    ['PlanetScale', 'Deploy request #14 for *basket* was opened by Kim'],
    ['PlanetScale', 'Schema of *basket* was applied: storage index added'],
    ['Cloudflare', 'Pool eu changed from plan Free to plan Pro'],
    ['jenkins', 'basket-unit-tests - #4 FAILURE after 3 min'],
    ['icinga', '[CUSTOM] imap on mx-9 is CRITICAL!\n\nComment by jo:\n  We move it tonight.'],
    ['Amazon Q', ':money_with_wings: *AWS Cost Anomaly Detection* | Account 123456789012\nTotal impact $31 for S3'],
    ['k6 Cloud', ':white_check_mark: Test run *pay-peak* finished: all 4 thresholds passed'],
  ])('%s: %s', (app, text) => {
    expect(said(app, text)).toBeUndefined();
  });
});

describe('a body of Render', () => {
  const event = (type: string, status?: string, serviceName = 'basket') =>
    body({ type, timestamp: '2026-11-29T13:36:40Z', data: { id: 'evt-1', serviceId: 'srv-b1', serviceName, status } });

  test.each([
    ['deploy_ended', 'failed', 'triggered', 'srv-b1/deploy'],
    ['build_ended', 'failed', 'triggered', 'srv-b1/deploy'],
    ['deploy_ended', 'succeeded', 'resolved', 'srv-b1/deploy'],
    ['cron_job_run_ended', 'failed', 'triggered', 'srv-b1/cron_job_run'],
    ['server_failed', undefined, 'triggered', 'srv-b1/server'],
    ['server_available', undefined, 'resolved', 'srv-b1/server'],
    ['postgres_unavailable', undefined, 'triggered', 'srv-b1/postgres'],
  ])('%s %s is %s', (type, status, state, key) => {
    expect(event(type, status)).toMatchObject({ service: 'basket', state, key });
  });

  test.each([
    ['deploy_started', undefined, 'basket'],
    ['build_ended', 'succeeded', 'basket'],
    ['deploy_ended', 'canceled', 'basket'],
    ['deploy_ended', 'failed', 'basket-pr-41'],
    ['server_restarted', undefined, 'basket'],
  ])('%s %s of %s is no alert', (type, status, name) => {
    expect(event(type, status, name)).toBeUndefined();
  });
});

describe('a body of PlanetScale', () => {
  const event = (name: string, resource: object) =>
    body({ timestamp: 1794150000, event: name, organization: 'acme', database: 'basket', resource });

  test.each([
    ['branch.anomaly', { name: 'main' }, 'acme/basket/main/branch.anomaly'],
    ['branch.out_of_memory', { name: 'main' }, 'acme/basket/main/branch.out_of_memory'],
    ['cluster.storage', { name: 'main' }, 'acme/basket/main/cluster.storage'],
    ['keyspace.storage', { name: 'basket' }, 'acme/basket/keyspace.storage'],
    ['deploy_request.errored', { number: 41 }, 'acme/basket/#41/deploy_request.errored'],
  ])('%s is an alert', (name, resource, key) => {
    expect(event(name, resource)).toMatchObject({ service: 'basket', state: 'triggered', key });
  });

  test.each(['branch.ready', 'branch.sleeping', 'deploy_request.schema_applied', 'webhook.test'])(
    '%s is none',
    (name) => {
      expect(event(name, { name: 'main' })).toBeUndefined();
    },
  );
});

describe('a body names the service', () => {
  const checkmk = (host: string, more: object) => ({
    host,
    site: 'main',
    what: 'HOST',
    notification_type: 'PROBLEM',
    summary: `${host} - UP -> DOWN`,
    ...more,
  });

  test('Checkmk: the host and not the site', () => {
    expect(body(checkmk('basket-gw', {}))).toMatchObject({ service: 'basket-gw', state: 'triggered' });
  });

  test('a site elsewhere is what is watched', () => {
    expect(body({ alert: 'Slow pages', site: 'basket-shop', status: 'firing' })?.service).toBe('basket-shop');
  });

  const netdata = (node: string, chart: string, word: string) => ({
    message: `${node} ${word}, disk_usage = 96.2%, on ${chart}`,
    alert: 'disk_usage',
    chart,
    severity: word === 'recovered' ? 'clear' : word,
  });

  test('Netdata: the node in its sentence, and a key for each chart', () => {
    const first = body(netdata('basket-nas', 'disk./a', 'critical'));
    expect(first).toMatchObject({ service: 'basket-nas', state: 'triggered' });
    expect(body(netdata('basket-nas', 'disk./a', 'recovered'))).toMatchObject({ state: 'resolved', key: first?.key });
    expect(body(netdata('basket-nas', 'disk./b', 'critical'))?.key).not.toBe(first?.key);
  });

  const play = (id: number) => ({
    id,
    status: 'failed',
    name: 'Renew keys',
    friendly_name: 'Job',
    project: 'Plays',
    playbook: 'keys.yml',
    inventory: 'Live',
  });

  test('AWX: the job and not its project, with one key for all runs', () => {
    expect(body(play(7))).toMatchObject({ service: 'Renew keys', state: 'triggered' });
    expect(body(play(8))?.key).toBe(body(play(7))?.key);
  });

  test('Coroot: an application of a kind', () => {
    const application = { namespace: 'shop', kind: 'Deployment', name: 'basket' };
    expect(body({ status: 'WARNING', application, rule_name: 'Memory leak' })?.service).toBe('basket');
  });

  const sync = (success: boolean) => ({
    data: {
      connection: { id: 'c-7', name: 'baskets to lake' },
      source: { name: 'baskets' },
      destination: { name: 'lake' },
      jobId: 9,
      success,
      errorMessage: success ? null : 'source did not answer',
    },
  });

  test('Airbyte: the connection, which ends with a sync that went well', () => {
    const first = body(sync(false));
    expect(first).toMatchObject({
      service: 'baskets to lake',
      state: 'triggered',
      title: 'Sync of baskets to lake failed: source did not answer',
    });
    expect(body(sync(true))).toMatchObject({ state: 'resolved', key: first?.key });
  });
});

describe('a body in plain text', () => {
  test('says its state in front', () => {
    const fields = notificationIn('ALERT: basket-copy on nas-7: last copy is 40 h old (limit 26 h)\n');
    expect(body(fields)).toMatchObject({ service: 'nas-7', state: 'triggered' });
  });

  test.each(['ok', 'ALERT', 'Alert: somebody wrote this', 'WARNING SIGNS are in the hall', 'NOTE: basket is new'])(
    '%s is none',
    (text) => {
      expect(notificationIn(text)).toBeUndefined();
    },
  );
});

describe('the body knows better than its part that it is none', () => {
  const reader = {
    id: 'senders',
    title: 'Other senders',
    isLast: true,
    isOwn: () => true,
    read: (one: unknown): ReadOutcome => {
      const found = readGeneral(one, { source: 'senders', receivedUs: NOW_US });
      return found.kind === 'delivery' ? { kind: 'alert', alert: found.delivery.subject, members: 0 } : refused(found);
    },
  };
  const refused = (found: ReturnType<typeof readGeneral>): ReadOutcome =>
    found.kind === 'other' ? { kind: 'other', why: found.why ?? '' } : { kind: 'unreadable', why: '' };
  const alert = { id: 7, summary: 'Basket is late', status: 'OPEN', priority: 'HIGH' };

  test('a comment', () => {
    expect(firstRead(bodiesIn({ eventType: 'alert-comment-added', alert }), [reader])?.outcome.kind).toBe('other');
  });

  test('a file that only holds it', () => {
    expect(firstRead(bodiesIn({ saved: 3, alert }), [reader])?.outcome.kind).toBe('alert');
  });
});
