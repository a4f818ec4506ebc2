import { describe, expect, test } from 'vitest';
import { strainedServers } from '#detect/signs/servers/strained-servers.ts';
import { strainedSightings, strainedWords } from '#detect/signs/servers/strained-sightings.ts';
import { type DrawnSeries, METRICS_WINDOW, series, seriesOf } from '#test/metrics.ts';

const since = (before: number, after: number) => (minute: number) => (minute < 2 ? before : after);
const of = (server: string, labels: Record<string, string> = {}) => ({
  job: 'quartz',
  instance: `${server}:9180`,
  ...labels,
});
const strained = (...drawn: readonly DrawnSeries[]) => strainedServers(seriesOf(drawn), METRICS_WINDOW);
const named = (...drawn: readonly DrawnSeries[]) => strained(...drawn).map(({ name, isApart }) => [name, isApart]);

describe('a store that nobody knows', () => {
  test('is the one of three whose numbers rise many times over', () => {
    const pending = (server: string, now: number) => series('quartz_pending_compactions', of(server), since(3, now));
    expect(named(pending('store-0', 4), pending('store-1', 760), pending('store-2', 3))).toEqual([['store-1', true]]);
  });

  test('goes by the set of its servers where all of them are under strain', () => {
    const stalls = (server: string) => series('quartz_write_stall_seconds', of(server), since(0, 4));
    expect(named(stalls('store-0'), stalls('store-1'))).toEqual([['store', false]]);
  });

  test('goes by the set of its servers where the job names only who measures', () => {
    const waits = (server: string) =>
      series('quartz_threads_waiting', { job: 'quartz-exporter', instance: `${server}:9104` }, since(0, 40));
    expect(named(waits('ledger-db-0'), waits('ledger-db-1'))).toEqual([['ledger-db', false]]);
  });

  test('has the disk below it', () => {
    const [one] = strained(
      series('quartz_flush_latency_p99', of('store-0'), since(2, 900)),
      series('quartz_flush_latency_p99', of('store-1'), since(2, 3)),
      series(
        'node_disk_io_time_seconds_total',
        { job: 'node-exporter', instance: 'store-0', device: 'vdb' },
        (minute) => (minute < 2 ? 12 * (minute + 60) : 12 * 62 + 60 * (minute - 2)),
      ),
    );
    expect(one).toMatchObject({ name: 'store-0', isApart: true });
    expect(one?.numbers.map(({ how }) => how)).toEqual(['risen', 'full']);
  });

  test('has a lower limit since a minute', () => {
    const [one] = strained(series('quartz_max_storage', of('store-0'), since(40e9, 2e9)));
    expect(one?.numbers).toMatchObject([{ how: 'lowered', before: 40e9, now: 2e9 }]);
  });

  test('reaches the limit that stands beside it', () => {
    const labels = { database: 'pawn', job: 'quartz-exporter', resource_name: 'sessions' };
    const [one] = strained(
      series('quartz_resource_current', labels, since(330, 472)),
      series('quartz_resource_limit', labels, () => 472),
    );
    expect(one).toMatchObject({ name: 'pawn', numbers: [{ how: 'full', now: 472 }] });
  });

  test('loses some of a few', () => {
    const [one] = strained(series('quartz_live_nodes', of('store-0'), since(5, 3)));
    expect(one?.numbers).toMatchObject([{ how: 'fallen', before: 5, now: 3 }]);
  });
});

describe('a server that the others of its set miss', () => {
  const missing = (server: string, now: number) =>
    series('quartz_replicas_underreplicatedpartitions', of(server), since(0, now));
  const waits = (server: string, now: number) =>
    series('quartz_metrics_getLastError_wtime_millis', of(server), since(3, now));

  test('leads with a small number of its own', () => {
    const offline = series('quartz_log_offlinelogdirectorycount', of('store-2'), since(0, 1));
    const [one] = strained(missing('store-0', 14), missing('store-1', 14), missing('store-2', 0), offline);
    expect(one).toMatchObject({ name: 'store-2', isMissed: true, isGone: false, isApart: true });
    expect(one?.numbers.map(({ metric }) => metric)).toEqual(['quartz_log_offlinelogdirectorycount']);
  });

  test('shares the name of the set with another one for which the primary waits', () => {
    const lag = (server: string) => series('quartz_replication_lag', of(server), since(0.4, 3.2));
    const sizes = ['store-0', 'store-1', 'store-2'].map((server) => series('quartz_connections', of(server), () => 40));
    const [one] = strained(waits('store-0', 5000), lag('store-1'), lag('store-2'), ...sizes);
    expect(one).toMatchObject({ name: 'store', isMissed: true, isApart: false, strained: 2, of: 3 });
  });

  test.each<[string, readonly DrawnSeries[]]>([
    ['where nobody has a number of its own', [missing('store-0', 14), missing('store-1', 14), missing('store-2', 0)]],
    [
      'where the one that moved measures something else',
      [missing('store-0', 14), missing('store-1', 0), series('quartz_group_lag', of('quartz-exporter'), since(2, 90))],
    ],
    [
      'where who misses it has another trouble',
      [
        missing('store-0', 14),
        series('quartz_flush_latency_p99', of('store-0'), since(2, 900)),
        missing('store-1', 0),
        series('quartz_log_offlinelogdirectorycount', of('store-1'), since(0, 1)),
      ],
    ],
  ])('is not sought %s', (_, drawn) => {
    expect(strained(...drawn).map(({ isMissed }) => isMissed)).not.toContain(true);
  });
});

describe('people know servers under strain by the name that services call', () => {
  const db = (server: string) => ({ job: 'quartz-exporter', instance: `${server}:9104` });
  const running = (server: string, now: number) => series('quartz_threads_running', db(server), since(3, now));

  test('the set, where only the member shows it to which clients write', () => {
    const [one] = strained(running('ledger-0', 61), running('ledger-1', 3), running('ledger-2', 3));
    expect(one).toMatchObject({ name: 'ledger', member: 'ledger-0', isApart: false });
  });

  test('the member, where its disk is behind what clients wait for', () => {
    const flush = (server: string, now: number) => series('quartz_flush_latency_p99', db(server), since(2, now));
    const [one] = strained(
      ...[running('ledger-0', 61), running('ledger-1', 3), flush('ledger-0', 900), flush('ledger-1', 3)],
    );
    expect(one).toMatchObject({ name: 'ledger-0', isApart: true });
  });

  test('the set, where all of its members wait for one copy', () => {
    const paused = (server: string) => series('quartz_flow_control_paused', db(server), since(0.001, 0.7));
    const queue = (server: string, now: number) => series('quartz_recv_queue', db(server), since(0.4, now));
    const [one] = strained(
      ...['ledger-0', 'ledger-1', 'ledger-2'].map(paused),
      ...[queue('ledger-0', 0.5), queue('ledger-1', 0.4), queue('ledger-2', 170)],
    );
    expect(one).toMatchObject({ name: 'ledger', member: 'ledger-2', isApart: true });
  });

  test.each([
    ['tikv', 'tidb_server_connections', 'ledger-sql'],
    ['bookie', 'pulsar_topics_count', 'ledger-sql'],
  ])('the store above the whole layer of %s', (job, metric, store) => {
    const stall = (server: string) => series(`${job}_write_stall_seconds`, { job, instance: server }, since(0, 4));
    const above = series(metric, { job: 'sql', instance: `${store}-0:10080` }, () => 36);
    const [one] = strained(stall('ledger-kv-0:20180'), stall('ledger-kv-1:20180'), above);
    expect(one).toMatchObject({ name: store, below: 'ledger-kv' });
  });
});

describe('no store under strain', () => {
  const HASHED = { pod: 'orders-5f6585d649-fnmft', job: 'orders' };

  test.each<[string, readonly DrawnSeries[]]>([
    ['where numbers only double', [series('quartz_pending_compactions', of('store-0'), since(3, 7))]],
    ['where more is no trouble', [series('quartz_statements', of('store-0'), since(3, 900))]],
    ['where a program counts its own failures', [series('orders_failed_steps', HASHED, since(0, 90))]],
    ['where a balancer counts failures', [series('haproxy_backend_retries', of('proxy-0'), since(0, 90))]],
    [
      'where it lasts for two points',
      [series('quartz_wait_seconds', of('store-0'), (at) => (at === 5 || at === 6 ? 90 : 0))],
    ],
    [
      'where a service answers requests under that job',
      [
        series('quartz_wait_seconds', of('store-0'), since(0, 90)),
        series('quartz_answers_total', of('store-0', { method: 'GET', code: '200' }), (at) => at + 100),
      ],
    ],
  ])('%s', (_, drawn) => {
    expect(strained(...drawn)).toEqual([]);
  });
});

test('a pooler whose clients wait is not gone, though it has no idle connection left', () => {
  const own = { pod: 'pooler-0', job: 'pooler' };
  const waits = series('pooler_clients_waiting', own, since(0, 58));
  const idle = series('pooler_idle_connections', own, since(12, 0));
  expect(strained(waits, idle)[0]).toMatchObject({ name: 'pooler', isGone: false });
  expect(strained(idle)[0]).toMatchObject({ isGone: true });
});

test('the same list of series is read once for the same times, and anew for others', () => {
  const all = seriesOf([series('quartz_pending_compactions', of('store-0'), since(3, 760))]);
  const found = strainedServers(all, METRICS_WINDOW);
  expect(found).toHaveLength(1);
  expect(strainedServers(all, { ...METRICS_WINDOW, service: 'shop' })).toBe(found);
  expect(strainedServers(all, { ...METRICS_WINDOW, fromUs: METRICS_WINDOW.fromUs + 120e6 })).not.toBe(found);
});

test('its names include those of its few databases', () => {
  const waits = (database: string) =>
    series('quartz_lock_wait_time', { job: 'quartz', instance: 'store-0', database }, since(0.3, 60));
  expect(strained(waits('ferries'))[0]?.names).toContain('ferries');
  expect(strained(...['a1', 'b1', 'c1', 'd1'].map(waits))[0]?.names).not.toContain('a1');
});

test('a store that takes no more writes says so with one number', () => {
  const [one] = strained(series('quartz_namespace_stop_writes', of('store-0'), since(0, 1)));
  expect(one).toMatchObject({ name: 'store', numbers: [{ how: 'risen', now: 1 }] });
});

test('a server that does not run is gone, and so are replicas that a store lacks', () => {
  const up = (server: string, now: number) => series('quartz_up', of(server), since(1, now));
  expect(strained(up('store-0', 0), up('store-1', 1))[0]).toMatchObject({ name: 'store-0', isGone: true });
  const missing = (server: string) => series('quartz_underreplicatedpartitions', of(server), since(0, 900));
  const three = [missing('store-0'), up('store-0', 1), up('store-1', 0), up('store-2', 0)];
  expect(strained(...three)[0]).toMatchObject({ name: 'store-1', isGone: true, strained: 2, of: 3, isApart: false });
  const lacks = series('quartz_underreplicatedpartitions', of('store-0'), since(0, 64));
  expect(strained(lacks)[0]).toMatchObject({ isGone: true });
  expect(strained(series('quartz_pending_compactions', of('store-0'), since(3, 760)))[0]).toMatchObject({
    isGone: false,
  });
});

describe('what the form of a number says, whoever wrote its exporter', () => {
  const one = (...drawn: readonly DrawnSeries[]) => strained(...drawn)[0];
  /** A counter that rises by one a minute and then by 200. */
  const counts = (minute: number) => (minute < 2 ? 900 + minute : 900 + 2 + 200 * (minute - 2));

  test.each<[string, string, (minute: number) => number, string]>([
    ['postgres_exporter: a counter without a word for it', 'pg_stat_database_conflicts', counts, 'risen'],
    ['mysqld_exporter: the same', 'mysql_global_status_slow_queries', counts, 'risen'],
    ['windows_exporter: the same', 'windows_mssql_locks_lock_waits', counts, 'risen'],
    ['postgres_exporter: a setting', 'pg_settings_statement_timeout_seconds', since(30, 0.015), 'lowered'],
    ['mysqld_exporter: a setting', 'mysql_global_variables_wait_timeout', since(28_800, 30), 'lowered'],
    ['a setting that bounds what had no bound', 'pg_settings_temp_file_limit_bytes', since(-1, 1e6), 'lowered'],
    ['postgres_exporter: a role', 'pg_replication_is_replica', since(0, 1), 'changed'],
    ['mongodb_exporter: a state', 'mongodb_members_state', since(2, 3), 'changed'],
    ['mysqld_exporter: a flag', 'mysql_slave_status_slave_sql_running', since(1, 0), 'changed'],
    ['MinIO: a flag', 'minio_cluster_health_erasure_set_status', since(1, 0), 'changed'],
    [
      'Azure: the largest share of a minute',
      'azure_microsoft_documentdb_databaseaccounts_normalizedruconsumption_maximum_percent',
      since(30, 99),
      'full',
    ],
    [
      'YACE: how often a limit is reached',
      'aws_kinesis_write_provisioned_throughput_exceeded_sum',
      since(0, 90),
      'risen',
    ],
    ['YACE: the largest number of a minute', 'aws_es_index_writes_blocked_maximum', since(0, 3), 'risen'],
    ['elasticsearch_exporter: indices', 'elasticsearch_indices_settings_stats_read_only_indices', since(0, 4), 'risen'],
  ])('%s', (_, name, value, how) => {
    const found = one(series(name, { job: 'store-exporter', instance: 'store-0:9187' }, value));
    expect(found?.numbers).toMatchObject([{ metric: name, how }]);
  });

  test.each<[string, string, (minute: number) => number]>([
    ['a time-out that is longer', 'pg_settings_statement_timeout_seconds', since(15, 30)],
    ['a time-out that is switched off', 'pg_settings_statement_timeout_seconds', since(15, 0)],
    ['a counter that rises as before', 'pg_stat_database_conflicts', (minute) => 900 + minute],
    ['what its users cause', 'pg_stat_database_xact_rollback', counts],
  ])('%s is none', (_, name, value) => {
    expect(strained(series(name, { job: 'store-exporter', instance: 'store-0:9187' }, value))).toEqual([]);
  });

  test('a number about another server of the set is that server’s', () => {
    const lag = (member: string, now: number) =>
      series('mongodb_replset_member_lag', of('store-0', { name: `${member}:27017` }), since(1, now));
    expect(named(lag('store-0', 1), lag('store-1', 1), lag('store-2', 900))).toEqual([['store-2', true]]);
  });

  test('a service with a port is the server, as aerospike_exporter writes it', () => {
    const stops = (server: string) =>
      series('quartz_namespace_stop_writes', { job: 'quartz', service: `${server}:3000` }, since(0, 1));
    expect(named(stops('ledger-as-0'), stops('ledger-as-1'))).toEqual([['ledger-as', false]]);
  });

  test('and one that names whom a server follows is its own', () => {
    const runs = (server: string, now: number) =>
      series('mysql_slave_status_slave_sql_running', of(server, { master_host: 'store-0' }), since(1, now));
    expect(named(runs('store-1', 1), runs('store-2', 0))).toEqual([['store-2', true]]);
  });

  test('two exporters of one server tell of one server', () => {
    const waits = (job: string) => series(`${job}_lock_waits`, { job, instance: 'store-0:9182' }, since(0, 40));
    expect(strained(waits('mssql-exporter'), waits('windows-exporter'))).toHaveLength(1);
  });
});

test('a finding says whether each number only counts errors', () => {
  const slow = series('http_request_duration_p95_seconds', { service: 'web' }, since(0.02, 4));
  const isOfErrors = (name: string) => {
    const labels = { dimension_BucketName: 'receipts', name: 'arn:aws:s3:::receipts' };
    return strainedSightings(seriesOf([slow, series(name, labels, since(0, 40))]), METRICS_WINDOW)[0]?.facts.isOfErrors;
  };
  expect(isOfErrors('aws_s3_5xx_errors_sum')).toBe(true);
  expect(isOfErrors('aws_s3_total_request_latency_average')).toBe(false);
});

test.each([
  ['db2_lock_waits_current', true, false],
  ['mssql_deadlock_errors', true, false],
  ['mysql_innodb_row_lock_wait_seconds', true, false],
  ['pg_blocks_wait_seconds', false, false],
  ['activemq_queue_oldest_message_age', false, true],
  ['rabbitmq_queue_messages_unacked_pending', false, true],
  ['cassandra_queue_wait_seconds', false, false],
])('a finding says whether %s is of locks or of queues', (name, isOfLocks, isOfQueues) => {
  const slow = series('http_request_duration_p95_seconds', { service: 'web' }, since(0.02, 4));
  const labels = { job: 'store-exporter', instance: 'harbour-store:9187' };
  const found = strainedSightings(seriesOf([slow, series(name, labels, since(0, 4_000))]), METRICS_WINDOW);
  expect(found[0]?.facts).toMatchObject({ isOfLocks, isOfQueues });
});

/** As fast as before. */
const ANSWERS = series('http_request_duration_seconds', { service: 'checkout', quantile: '0.95' }, () => 0.02);

describe('a cluster with colours', () => {
  const health = (what: string, value: (minute: number) => number, labels: Record<string, string> = {}) =>
    series(
      `elasticsearch_cluster_health_${what}`,
      { job: 'elasticsearch-exporter', cluster: 'sky-es', ...labels },
      value,
    );
  const colour = (color: string, before: number, after: number) => health('status', since(before, after), { color });

  test('is red: some data has no server, whether answers are measured or not', () => {
    const drawn = [
      colour('green', 1, 0),
      colour('yellow', 0, 0),
      colour('red', 0, 1),
      health('unassigned_shards', since(0, 14)),
      health('number_of_nodes', since(3, 2)),
    ];
    const [one] = strained(...drawn);
    expect(one).toMatchObject({ name: 'sky-es', isGone: true });
    expect(one?.numbers.map(({ what }) => what)).toContain('elasticsearch cluster health status (red)');
    expect(strainedSightings(seriesOf(drawn), METRICS_WINDOW)).toMatchObject([{ service: 'sky-es' }]);
  });

  test('is yellow while it copies, and nobody feels it', () => {
    const drawn = [
      colour('green', 1, 0),
      colour('yellow', 0, 1),
      colour('red', 0, 0),
      health('unassigned_shards', since(0, 14)),
      ANSWERS,
    ];
    expect(strainedSightings(seriesOf(drawn), METRICS_WINDOW)).toEqual([]);
  });
});

describe('a store of locks', () => {
  const leader = (server: string, value: (minute: number) => number) =>
    series('etcd_server_has_leader', { job: 'etcd', instance: `${server}:2379` }, value);
  const seen = (value: (minute: number) => number) =>
    strainedSightings(seriesOf([leader('locks-0', value), leader('locks-1', () => 1)]), METRICS_WINDOW)[0];

  test('has no leader', () => {
    const one = seen(since(1, 0));
    expect(one).toMatchObject({ service: 'locks-0', facts: { isLeaderless: true } });
    expect(strainedWords({ ...one?.facts, service: 'locks-0' }).title).toMatch(/^locks-0 has no leader since /);
  });

  test('has a leader as before', () => {
    expect(seen(() => 1)).toBeUndefined();
  });
});

describe('a database', () => {
  const labels = { job: 'postgres-exporter', instance: 'shop-pg:9187', datname: 'shop' };
  const waits = (type: string, event: string) =>
    series('pg_stat_activity_count', { ...labels, wait_event_type: type, wait_event: event }, since(0, 43));
  const ofMysql = (what: string, value: (minute: number) => number, server = 'shop-db-0') =>
    series(`mysql_${what}`, { job: 'mysqld-exporter', instance: `${server}:9104` }, value);
  const HISTORY = 'info_schema_innodb_metrics_transaction_trx_rseg_history_len';
  const running = ofMysql('global_status_threads_running', since(4, 26));
  const growing = (minute: number) => (minute < -15 ? 900 : 900 + 60_000 * (minute + 15));

  test('has sessions that wait for its own light locks', () => {
    const [one] = strained(waits('LWLock', 'SubtransSLRU'), waits('LWLock', 'SubtransBuffer'));
    expect(one).toMatchObject({ name: 'shop-pg' });
    expect(one?.numbers[0]?.what).toContain('SubtransSLRU');
  });

  test('has sessions that wait for their clients', () => {
    expect(strained(waits('Client', 'ClientRead'))).toEqual([]);
  });

  test('keeps old rows for a transaction, and its statements pile up', () => {
    const found = strained(
      running,
      ofMysql(HISTORY, growing),
      ofMysql(HISTORY, () => 900, 'shop-db-1'),
    );
    expect(found).toMatchObject([{ name: 'shop-db-0', isApart: true }]);
    expect(found[0]?.numbers.map(({ metric }) => metric)).toContain(`mysql_${HISTORY}`);
  });

  test('keeps old rows, and nothing else moves', () => {
    expect(strained(ofMysql(HISTORY, growing))).toEqual([]);
  });
});

describe('a proxy that lets requests wait for a free server', () => {
  const proxy = (what: string, value: (minute: number) => number) =>
    series(`haproxy_${what}`, { job: 'haproxy', proxy: 'be_shop', instance: 'haproxy-0:8404' }, value);
  const seen = (...drawn: readonly DrawnSeries[]) =>
    strainedSightings(seriesOf(drawn), METRICS_WINDOW).map(({ service, facts }) => [service, facts.isLowered]);

  test('has fewer slots for each server since then', () => {
    const drawn = [
      proxy('server_limit_sessions', since(200, 1)),
      proxy('backend_current_queue', since(0, 43)),
      proxy('backend_queue_time_average_seconds', since(0.0001, 3.8)),
    ];
    expect(seen(...drawn)).toEqual([['haproxy', true]]);
  });

  test('waits for less than people notice', () => {
    const short = proxy('backend_queue_time_average_seconds', since(0.0001, 0.2));
    expect(seen(short, ANSWERS)).toEqual([]);
  });
});

describe('a disk of a machine without other numbers', () => {
  const disk = series(
    'node_disk_io_time_seconds_total',
    { job: 'node-exporter', instance: 'ink-db-1:9100', device: 'md0' },
    (minute) => (minute < 2 ? 4 * (minute + 60) : 4 * 62 + 59 * (minute - 2)),
  );
  const written = series(
    'node_disk_write_time_seconds_total',
    { job: 'node-exporter', instance: 'ink-db-1:9100', device: 'md0' },
    (minute) => (minute < 2 ? 2 * (minute + 60) : 2 * 62 + 400 * (minute - 2)),
  );
  const running = (server: string) =>
    series('mysql_global_status_threads_running', { job: 'mysqld-exporter', instance: `${server}:9104` }, since(3, 19));

  test('has the name of the store whose work waits since then', () => {
    expect(strained(disk, written, running('ink-mysql'))).toMatchObject([{ name: 'ink-mysql', machine: 'ink-db-1' }]);
  });

  test('keeps its own where none waits, or two do', () => {
    expect(strained(disk, written)).toMatchObject([{ name: 'ink-db-1' }]);
    expect(strained(disk, written, running('ink-mysql'), running('pen-mysql'))[0]?.name).not.toBe('ink-mysql');
  });
});

describe('numbers of a cloud', () => {
  const PREFIX = 'stackdriver_cloud_run_revision_run_googleapis_com_';

  test('a program that Google runs is no server', () => {
    const run = { project_id: 'p', service_name: 'barns', revision_name: 'barns-00004-xyz' };
    const latencies = (end: string) => series(`${PREFIX}request_latencies_${end}`, run, since(1, 4_000));
    expect(strained(latencies('sum'), latencies('count'), latencies('bucket'))).toEqual([]);
  });

  test('a managed store goes by its own name, and the parts of a distribution are no strain', () => {
    const labels = { instance_id: 'projects/p/locations/l/instances/barn-cache', node_id: 'node-0' };
    const of = (name: string) =>
      series(`stackdriver_redis_instance_redis_googleapis_com_${name}`, labels, since(1, 900));
    expect(named(of('rejected_connections'))).toEqual([['barn-cache', false]]);
    expect(strained(of('wait_latencies_bucket'), of('wait_latencies_sum'), of('wait_latencies_count'))).toEqual([]);
  });
});

test('the only member of a set goes by the name that its callers know', () => {
  const labels = { job: 'memcached-exporter', instance: 'barn-cache-0:9150' };
  expect(
    named(series('memcached_connections_rejected_total', labels, (minute) => (minute < 2 ? 0 : 3_000 * minute))),
  ).toEqual([['barn-cache', false]]);
});
