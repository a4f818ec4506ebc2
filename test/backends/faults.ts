/**
 * Faults that are injected for real: shops of a few instrumented services run under load, each of them is broken in its
 * own way, Alertmanager's webhook comes, and the bot has to say in time and in one message who it is, what it is, and
 * which change did it.
 *
 *   all shops are well ──► each meets its fault ──► one alert after the other ──► verdict, picture, report
 */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '#present/json/report.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { eventually } from '#test/eventually.ts';
import { openSlackSide, type SlackMessage, type SlackSide } from '#test/slack-side.ts';
import { type Bot, type Change, startBot } from './bot.ts';
import type { Context } from './context.ts';
import { until } from './feed.ts';
import { freePort, startJaeger, startPrometheus } from './servers.ts';
import { type Shop, startShops, type Target, type Users } from './shop/shop.ts';

/** An hour of metrics is asked for in steps of some seconds: a few of them have to lie in each time. */
const WELL_MS = 36_000;
const BROKEN_MS = 26_000;
/** So many processes take longer than one until their code was compiled. */
const WARM_WITHIN_MS = 45_000;
/** What whoever was woken waits for. */
const FIRST_VERDICT_MS = 10_000;
const ANSWERS_WITHIN_MS = 30_000;
/** Users come several times a second, and rates reach a few seconds back. */
const ONSET_WITHIN_MS = 15_000;
const FEWEST_COMPARED = 30;
const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** The product's own budget. */
const PICTURE_MAX_BYTES = 200_000;

type Scene = Readonly<{
  shop: string;
  name: string;
  /** Where more of them have to ask at once. */
  users?: Users;
  /** Breaks it; what it tells of changes goes to the bot. */
  break(shop: Shop, tell: (change: Change) => Promise<void>): Promise<void>;
  /** Undefined where nothing is wrong. */
  expected: Readonly<{ service: string; kind: RegExp; says: RegExp; change: string | null }> | undefined;
}>;

/** They changed something shortly before as well, and it is not that. */
async function tellHarmless(shop: Shop, tell: (change: Change) => Promise<void>): Promise<void> {
  await tell({
    kind: 'deploy',
    service: shop.service('frontend'),
    id: '3.1.4',
    text: 'Another colour for the order button',
    files: ['web/styles/order.css'],
    diff: '@@ web/styles/order.css @@\n .order-button {\n-  background: #1a73e8;\n+  background: #0b57d0;\n }',
  });
}

const SCENES: readonly Scene[] = [
  {
    shop: 'oslo',
    name: 'another computation takes the processor',
    break: async (shop) => await shop.break('inventory', ['busy']),
    expected: {
      service: 'oslo-inventory',
      kind: /^(?:cpu|resource-saturation)$/,
      says: /processor|CPU/i,
      change: null,
    },
  },
  {
    shop: 'riga',
    name: 'a deploy that fails on some requests',
    async break(shop, tell) {
      await tellHarmless(shop, tell);
      await tell({
        kind: 'deploy',
        service: shop.service('checkout'),
        id: '1.9.0',
        text: 'Log the discount of an order',
        files: ['src/checkout.ts'],
        diff: [
          '@@ src/checkout.ts @@ async function checkout(cart: Cart)',
          '+  log.info({ percent: cart.coupon.percent }, "discount");',
          '   const reserved = await inventory.reserve(cart.items);',
        ].join('\n'),
      });
      await shop.deploy('checkout', '1.9.0', ['coupon']);
    },
    expected: {
      service: 'riga-checkout',
      kind: /^(?:change|error-origin)$/,
      says: /deploy 1\.9\.0/,
      change: '1.9.0',
    },
  },
  {
    shop: 'kiel',
    name: 'a deploy that asks for each item by itself',
    async break(shop, tell) {
      await tellHarmless(shop, tell);
      await tell({
        kind: 'deploy',
        service: shop.service('inventory'),
        id: '2.0.0',
        text: 'Check the stock of every item before it is reserved',
        files: ['src/reserve.ts'],
        diff: [
          '@@ src/reserve.ts @@ async function reserve(items: readonly Item[])',
          '-  const stock = await store.rowsOf(items);',
          '+  for (const item of items) {',
          '+    stock.set(item, await store.getRow(item));',
          '+  }',
        ].join('\n'),
      });
      await shop.deploy('inventory', '2.0.0', ['one-by-one']);
    },
    expected: {
      service: 'kiel-inventory',
      kind: /^(?:change|n-plus-one-calls)$/,
      says: /deploy 2\.0\.0/,
      change: '2.0.0',
    },
  },
  {
    shop: 'lima',
    name: 'code that throws, and nobody changed it',
    async break(shop, tell) {
      await tellHarmless(shop, tell);
      await shop.break('inventory', ['error']);
    },
    expected: {
      service: 'lima-inventory',
      kind: /^(?:error-return|exception|new-error|error-origin)$/,
      says: /./,
      change: null,
    },
  },
  {
    shop: 'cork',
    name: 'a pool of one connection',
    users: { count: 8, thinkMs: 400 },
    break: async (shop) => await shop.break('inventory', ['pool']),
    expected: { service: 'cork-inventory', kind: /^pool-exhaustion$/, says: /pool|connection/, change: null },
  },
  {
    shop: 'pisa',
    name: 'a lock that somebody else holds',
    break: async (shop) => await shop.break('store', ['lock']),
    expected: { service: 'pisa-store', kind: /^lock-contention$/, says: /lock/, change: null },
  },
  {
    shop: 'bern',
    name: 'nothing changes',
    break: async () => undefined,
    expected: undefined,
  },
];

export async function checkFaults({ folder, loki, check, isWanted }: Context): Promise<void> {
  const scenes = SCENES.filter((scene) => isWanted(titleOf(scene)));
  if (scenes.length === 0) return;
  const own = join(folder, 'faults');
  await mkdir(own, { recursive: true });
  const jaeger = await startJaeger(own);
  const names = scenes.map(({ shop }) => shop);
  const shops = await startShops(names, { folder: own, otlpUrl: jaeger.otlpUrl, lokiUrl: loki.url });
  const targets = [...shops.values()].flatMap((shop) => shop.targets);
  const limits = await startLimits(targets);
  const prometheus = await startPrometheus(own, {
    scraped: [
      ...targets.map(({ job, target, pod }) => ({ job, target, labels: { namespace: 'shop', pod } })),
      { job: 'kube-state-metrics', target: `127.0.0.1:${limits.port}` },
    ],
  });
  const slack = await openSlackSide();
  const bot = await startBot(own, slack, {
    JAEGER_URL: jaeger.url,
    LOKI_URL: loki.url,
    PROMETHEUS_URL: prometheus.url,
  });
  try {
    for (const { shop, users } of scenes) shops.get(shop)?.open(users);
    await until(
      'shops that are calm',
      async () => [...shops.values()].every((shop) => shop.isCalm()),
      WARM_WITHIN_MS,
    ).catch(() => console.log('        the machine is busy: shops are slow before anything is broken'));
    for (const shop of shops.values()) shop.watch();
    await sleep(WELL_MS);
    const broken = new Map<string, number>();
    for (const scene of scenes) {
      const shop = shops.get(scene.shop);
      assert.ok(shop);
      broken.set(scene.shop, Date.now());
      await scene.break(shop, (change) => bot.tell(change));
    }
    await sleep(BROKEN_MS);
    for (const scene of scenes) {
      const shop = shops.get(scene.shop);
      assert.ok(shop);
      await check(titleOf(scene), async () => {
        await checkScene(scene, { shop, slack, bot, folder: own, brokenMs: broken.get(scene.shop) ?? 0 });
      });
      await shop.stop();
    }
  } finally {
    await bot.stop();
    await slack.close();
    await prometheus.stop();
    await limits.stop();
    for (const shop of shops.values()) await shop.stop();
    await jaeger.stop();
  }
}

function titleOf({ name }: Scene): string {
  return `fault: ${name}`;
}

/** The limits of the pods, as kube-state-metrics tells them. */
async function startLimits(targets: readonly Target[]) {
  const port = await freePort();
  const page = targets.flatMap(({ pod }) => {
    const of = `namespace="shop",pod="${pod}",container="server"`;
    return [
      `kube_pod_container_resource_limits{${of},resource="cpu",unit="core"} 1`,
      `kube_pod_container_resource_limits{${of},resource="memory",unit="byte"} 1e9`,
    ];
  });
  const server = createServer((_, response) => response.end(`${page.join('\n')}\n`)).listen(port, '127.0.0.1');
  const stop = async () => {
    server.closeAllConnections();
    server.close();
  };
  return { port, stop };
}

type At = Readonly<{ shop: Shop; slack: SlackSide; bot: Bot; folder: string; brokenMs: number }>;

async function checkScene({ shop: name, expected }: Scene, { shop, slack, bot, folder, brokenMs }: At): Promise<void> {
  const before = new Set((await slack.messages()).map(({ ts }) => ts));
  const own = async () => (await slack.messages()).filter(({ ts }) => !before.has(ts));
  const labels = { alertname: 'Orders', service: shop.service('frontend'), severity: 'critical' };
  const alert = { ...firing(name), labels, annotations: {}, startsAt: new Date().toISOString() };
  const sentMs = Date.now();
  await bot.alert(
    alertmanagerGroup([alert], { groupKey: `{}:{shop="${name}"}`, groupLabels: {}, commonLabels: labels }),
  );
  await eventually(async () => (await own()).find(isVerdict), ANSWERS_WITHIN_MS);
  const firstMs = Date.now() - sentMs;
  const answer = await eventually(async () => {
    const done = (await own()).find(({ blocks = [] }) => JSON.stringify(blocks).includes('trace_detail'));
    return done !== undefined && (await slack.thread(done.ts)).length > 0 ? done : undefined;
  }, ANSWERS_WITHIN_MS);
  const report = await bot.report(/"value":"([^"]+)"/.exec(JSON.stringify(answer.blocks))?.[1] ?? '');
  // What a person looks at when a check fails.
  await writeFile(join(folder, `${name}.json`), JSON.stringify(report, undefined, 2));
  await writeFile(join(folder, `${name}.png`), pictureOf(answer, slack).bytes);
  console.log(`        after ${firstMs} and ${Date.now() - sentMs} ms: ${report.diagnosis?.verdict}`);

  assert.ok(firstMs <= FIRST_VERDICT_MS, `the first verdict took ${firstMs} ms`);
  assert.equal((await own()).length, 1, 'there is more than the one message');
  assertVerdict(report, expected);
  if (expected === undefined) return;
  // The messages of a thread come one after the other.
  const said = JSON.stringify((report.diagnosis?.verdict ?? '?').slice(0, 400)).slice(1, -1);
  await eventually(async () => {
    const thread = JSON.stringify((await slack.thread(answer.ts)).map(({ blocks }) => blocks));
    return thread.includes(said) || undefined;
  }, ANSWERS_WITHIN_MS);
  assertSeen(report, { answer, slack, brokenMs });
}

function assertVerdict(report: Report, expected: Scene['expected']): void {
  const { verdict = '', status, service, kind = '', change } = report.diagnosis ?? {};
  if (expected === undefined) {
    assert.ok(status === undefined || status === 'inconclusive', `nothing is wrong, but ${status}: ${verdict}`);
    assert.equal(change ?? null, null, `nothing is wrong, but it is blamed on ${change?.id}`);
    return;
  }
  assert.equal(service, expected.service, verdict);
  assert.match(kind, expected.kind, verdict);
  assert.match(verdict, expected.says);
  assert.notEqual(status, 'inconclusive', verdict);
  assert.equal(change?.id ?? null, expected.change, verdict);
  if (expected.change === null) return;
  const timesNamed = verdict.split(expected.change).length - 1;
  assert.equal(timesNamed, 1, verdict);
}

/** Many requests beside healthy ones, since when, and a picture that says so. */
function assertSeen(
  { compared, onset, gaps }: Report,
  { answer, slack, brokenMs }: Readonly<{ answer: SlackMessage; slack: SlackSide; brokenMs: number }>,
): void {
  assert.ok((compared?.requests ?? 0) >= FEWEST_COMPARED, `compared: ${JSON.stringify(compared)}`);
  const lateMs = Date.parse(onset?.at ?? '') - brokenMs;
  assert.ok(Math.abs(lateMs) < ONSET_WITHIN_MS, `it began at ${new Date(brokenMs).toISOString()}, not ${onset?.at}`);
  const silent = gaps.filter(({ problem }) => /did not answer|timed out|is configured|has no known/.test(problem));
  assert.deepEqual(silent, []);
  const { bytes, words } = pictureOf(answer, slack);
  assert.ok(bytes.length < PICTURE_MAX_BYTES, `the picture has ${bytes.length} bytes`);
  assert.ok(words.length > 20, `the picture is described as: ${words}`);
}

function isVerdict({ blocks = [] }: SlackMessage): boolean {
  return blocks.some(({ type }) => type === 'image');
}

/** The bytes are those of an upload as a form or as it is: Slack takes both. */
function pictureOf({ blocks = [] }: SlackMessage, slack: SlackSide): Readonly<{ bytes: Buffer; words: string }> {
  const picture = blocks.find(({ type }) => type === 'image');
  assert.ok(picture?.type === 'image' && 'slack_file' in picture && picture.slack_file !== undefined, 'no picture');
  const bytes = slack.proxy.uploads.get('id' in picture.slack_file ? (picture.slack_file.id ?? '') : '');
  assert.ok(bytes, 'the picture was never uploaded');
  assert.ok(bytes.includes(PNG_SIGNATURE), 'what was uploaded is no PNG');
  return { bytes: bytes.subarray(bytes.indexOf(PNG_SIGNATURE)), words: picture.alt_text };
}
