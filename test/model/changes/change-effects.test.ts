import { describe, expect, test } from 'vitest';
import type { Change } from '#model/changes/change.ts';
import { effectsOf } from '#model/changes/change-effects.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import type { EffectKind } from '#model/changes/effect.ts';
import { isQuietTitle } from '#model/changes/title-effects.ts';

function read(diff: string, more: Partial<Change> = {}) {
  const change = { kind: 'deploy', text: '', files: ['src/a.ts'], diff, ...more } as const;
  return effectsOf(change, codeChangeOf(change));
}

const kindsOf = (...told: Parameters<typeof read>) => read(...told).map(({ kind }) => kind);

const DONE: readonly (readonly [EffectKind, string])[] = [
  [
    'never-closed',
    '@@ L.java @@\n+  Connection c = dataSource.getConnection();\n+  try (var st = c.prepareStatement(FREE)) {\n+  }',
  ],
  ['never-closed', '@@ l.py @@\n+  conn = pool.getconn()\n+  with conn.cursor() as cur:\n+    cur.execute(FREE)'],
  [
    'never-closed',
    '@@ l.go @@\n+  conn, err := s.pool.Acquire(ctx)\n+  rows, err := conn.Query(ctx, free)\n+  defer rows.Close()',
  ],
  [
    'unindexed-statement',
    '@@ q.js @@\n-  match: { name: q }\n+  query_string: { query: "*" + q + "*", fields: ["name"] }',
  ],
  ['unindexed-statement', '@@ q.py @@\n-  {"match": {"name": q}}\n+  {"query_string": {"query": f"*{q}*"}}'],
  ['unindexed-statement', '@@ Q.java @@\n-  match("name", q)\n+  queryStringQuery("*" + q + "*")'],
  ['fewer-workers', '@@ values.yaml @@\n-  RAILS_MAX_THREADS: "16"\n+  rails: shared'],
  ['fewer-workers', '@@ app.properties @@\n-server.tomcat.max-threads=200'],
  ['fewer-workers', '@@ www.conf @@\n-pm.max_children = 40'],
  ['other-network', '@@ serverless.yml @@\n+  vpc:\n+    subnetIds: [subnet-9]'],
  ['other-network', '@@ vpc.tf @@\n-resource "aws_nat_gateway" "out" {'],
  ['other-network', '@@ run.yaml @@\n+  vpc_connector: inner'],
  ['more-workers', '@@ env @@\n-PARALLEL=2\n+PARALLEL=40'],
  ['less-cpu', '@@ plan.tf @@\n-  sku = "S1"\n+  sku = "F1"'],
  ['cold-cache', '@@ post-deploy.sh @@\n-php bin/console cache:pool:prune\n+php bin/console cache:pool:clear --all'],
  ['cold-cache', '@@ deploy.sh @@\n+redis-cli -h cache FLUSHALL'],
  ['cold-cache', '@@ release.rb @@\n+Rails.cache.clear'],
  ['other-scale', '@@ 031.sql @@\n+UPDATE lot SET net = net * 1000;'],
  ['other-scale', '@@ tax.ts @@\n-  rate: percent\n+  rate: fraction'],
  [
    'calls-in-loop',
    '--- a/views/components/card.blade.php\n+++ b/views/components/card.blade.php\n@@ -1 +1 @@\n+<x-voices :pier="$pier" />',
  ],
  ['unlimited-statement', '@@ Pier.java @@\n-  @OneToMany(mappedBy = "pier")\n+  @OneToMany(fetch = FetchType.EAGER)'],
  ['unlimited-statement', '@@ pier.py @@\n-  tugs = relationship("Tug")\n+  tugs = relationship("Tug", lazy="joined")'],
  [
    'instances-stopped',
    '@@ run.yaml @@\n-  autoscaling.knative.dev/min-scale: "1"\n+  autoscaling.knative.dev/min-scale: "0"',
  ],
  ['instances-stopped', '@@ template.yaml @@\n-  ProvisionedConcurrentExecutions: 5'],
  ['more-messages', '@@ buoy.yaml @@\n-sample_hz: 2\n+sample_hz: 200'],
  ['index-gone', '@@ tides.sql @@\n-ENGINE = MergeTree ORDER BY (pier, at)\n+ENGINE = MergeTree ORDER BY (at)'],
  ['unindexed-statement', '@@ Q.cs @@\n-  .Where(t => t.Pier == id)\n+  .Where(t => t.Pier.ToString() == id)'],
  [
    'calls-in-loop',
    '@@ a.ex @@\n-  tugs = Tugs.list()\n+  tugs = Enum.map(Tugs.list(), &Map.put(&1, :pier, Piers.get(&1.id)))',
  ],
  ['calls-in-loop', '@@ A.kt @@\n-  val all = piers.getAll(ids)\n+  tugs.forEach { it.pier = piers.fetch(it.pierId) }'],
  ['larger-payload', '@@ seats.go @@\n-  Resolution: time.Hour,\n+  Resolution: time.Minute,'],
  ['larger-payload', '@@ chart.ts @@\n-  const step = "300s"\n+  const step = "10s"'],
  ['larger-payload', '@@ prompt.py @@\n-  top_k=12\n+  top_k=None'],
  ['larger-payload', '@@ Report.java @@\n-  pageSize = 200\n+  pageSize = Integer.MAX_VALUE'],
  [
    'unlimited-statement',
    '@@ Q.cs @@\n-  return db.Jobs.Where(j => j.Due);\n+  return db.Jobs.AsEnumerable().Where(j => j.Due);',
  ],
  [
    'unlimited-statement',
    '@@ q.js @@\n-  return jobs.find({ due }).limit(50);\n+  return (await jobs.find({}).toArray()).filter(due);',
  ],
  [
    'longer-batching',
    '@@ app.properties @@\n-spring.kafka.producer.properties.linger.ms=20\n+spring.kafka.producer.properties.linger.ms=900',
  ],
  ['longer-batching', '@@ postgresql.conf @@\n-commit_delay = 1000\n+commit_delay = 90000'],
  ['stricter-breaker', '   venue:\n-    failureRateThreshold: 50\n+    failureRateThreshold: 1'],
  ['other-trust', '@@ Dockerfile @@\n-COPY cacerts /opt/java/lib/security/cacerts\n+COPY app.jar /app.jar'],
  [
    'unchecked-value',
    '@@ a.rs @@\n-    let fare = fares.get(&zone).copied().unwrap_or(0);\n+    let fare = fares[&zone];',
  ],
  ['unchecked-index', '@@ a.rs @@\n-    for lane in 0..LANES {\n+    for lane in 0..=LANES {'],
  ['unchecked-index', '@@ a.c @@\n-  for (int i = 0; i < lanes; i++)\n+  for (int i = 0; i <= lanes; i++)'],
  ['unchecked-index', '@@ a.kt @@\n-  for (i in 0 until lanes) fill(i)\n+  for (i in 0..lanes) fill(i)'],
  ['unchecked-index', '@@ a.swift @@\n-  for i in 0..<lanes {\n+  for i in 0...lanes {'],
  ['unchecked-index', '@@ a.py @@\n-    for i in range(lanes):\n+    for i in range(lanes + 1):'],
  ['less-cpu', '@@ sql.tf @@\n-  tier = "db-custom-8-30720"\n+  tier = "db-custom-2-7680"'],
  ['less-cpu', '@@ pg.tf @@\n-  sku_name = "GP_Standard_D8s_v3"\n+  sku_name = "GP_Standard_D2s_v3"'],
  ['sync-writes', '@@ redis.conf @@\n-appendfsync everysec\n+appendfsync always'],
  ['rows-gone', '+DELETE FROM price_lists WHERE zone > 6;'],
  ['rows-gone', '+TRUNCATE TABLE public.rates;'],
  ['other-primary', '@@ db.params @@\n-default_transaction_read_only = off\n+default_transaction_read_only = on'],
  ['smaller-pool', '@@ Http.java @@\n-    .setMaxConnTotal(300)\n+    .disableCookieManagement()'],
  ['other-format', '@@ event.ts @@\n-  depth: sample.metres,\n+  depth: { value: sample.metres, unit: "m" },'],
  ['smaller-answer', '@@ Dao.java @@\n-  where("owner = :o")\n+  where("owner = :o and listed_from > now()")'],
  [
    'calls-in-loop',
    '@@ view.ts @@\n-const all = await rates.batch(ids)\n+for (const one of ids) rows.push(await rates.get(one))',
  ],
  [
    'call-in-transaction',
    '-  with {:ok, ok} <- Partner.confirm(attrs) do\n-    Repo.transaction(fn -> reserve!(ok) end)\n-  end\n+  Repo.transaction(fn ->\n+    row = reserve!(attrs)\n+    {:ok, _} = Partner.confirm(row)\n+  end)',
  ],
  [
    'never-closed',
    '-  jdbc.update(INSERT, e.id());\n+  Connection con = dataSource.getConnection();\n+  con.prepareStatement(INSERT).executeUpdate();',
  ],
  [
    'never-closed',
    '+\trows, err := s.db.QueryContext(ctx, preview, zone)\n+\tif rows.Next() {\n+\t\treturn &d, rows.Scan(&d.ID)\n+\t}',
  ],
  ['grows', '+  go func() {\n+    for seat := range hall.Subscribe(id) {\n+      out <- seat\n+    }\n+  }()'],
  ['grows', '+  go func() {\n+    for {\n+      poll(id)\n+    }\n+  }()'],
  ['grows', '+  setInterval(() => send(seat), 1000)'],
  ['grows', '+  bus.on("seat", (seat) => response.write(seat))'],
  ['unindexed-statement', '-  rdb.Get(ctx, "seat:"+id)\n+  rdb.Keys(ctx, "seat:*:free")'],
  ['unindexed-statement', '-  client.get("seat:" + id)\n+  client.keys("seat:*")'],
  ['unindexed-statement', '-  $redis->get("seat:$id");\n+  $redis->keys("seat:*");'],
  ['unindexed-statement', '+  redis.call("KEYS", pattern)'],
  ['unindexed-statement', '-SELECT * FROM seats WHERE id = ?\n+SELECT * FROM seats WHERE hall = ? ALLOW FILTERING'],
  ['smaller-pool', '   parameter {\n     name  = "max_connections"\n-    value = "500"\n+    value = "50"\n   }\n'],
  ['grows', '-    redis.set(key, body, ex=3600)\n+    redis.set(key, body)'],
  ['grows', '-  await redis.setex(key, 60, body)\n+  await redis.set(key, body)'],
  ['grows', '+\trdb.Set(ctx, "seen:"+id, body, 0)'],
  [
    'never-closed',
    '-  try (var link = pool.getConnection()) {\n-    save(link);\n-  }\n+  var link = DriverManager.getConnection(url);\n+  save(link);',
  ],
  [
    'never-closed',
    '-    with pool.connection() as link:\n-        save(link)\n+    link = psycopg.connect(DSN)\n+    save(link)',
  ],
  ['never-closed', '+  const handle = await open(path)\n+  return await handle.readFile()'],
  [
    'other-labels',
    '@@ charts/web/templates/deployment.yaml @@\n-        app: web\n+        app.kubernetes.io/name: web',
  ],
  ['other-format', "-  'at' => $o->at->toIso8601String(),\n+  'at' => $o->at->format('d.m.Y H:i'),"],
  ['eager-gone', '-  scope :all, -> { includes(:course, :owner) }\n+  scope :all, -> { order(:id) }'],
  [
    'new-wait',
    ' async def stock(ref):\n-    async with session.get(url) as answer:\n-        return await answer.json()\n+    return requests.get(url).json()',
  ],
  [
    'unlimited-statement',
    '-  return await db.Rows.Where(r => r.Id == id).ToListAsync();\n+  var all = await db.Rows.ToListAsync();\n+  return all.Where(r => r.Id == id).ToList();',
  ],
  ['grows', '+@lru_cache(maxsize=None)\n def render(id: str, at: float) -> bytes:'],
  [
    'other-format',
    '-  JsonConvert.SerializeObject(o, Iso);\n+  JsonSerializer.Serialize(o, new CultureDateConverter(CultureInfo.CurrentCulture));',
  ],
  ['other-trust', '-rustls = ["native-roots"]\n+rustls = ["manual-roots"]'],
  ['other-cache-keys', '-  cacheKey = kind + id\n+  cacheKey = kind + id + requestId'],
  [
    'other-cache-keys',
    '@@ cache/key.go @@\n-func Key(id int) string { return fmt.Sprintf("user:v0:%d", id) }\n+func Key(id int) string { return fmt.Sprintf("user:%s:%d", build, id) }',
  ],
  [
    'other-cache-keys',
    '-  Rails.cache.fetch("page/#{id}") { load(id) }\n+  Rails.cache.fetch("page/#{id}/#{I18n.locale}") { load(id) }',
  ],
  [
    'other-cache-keys',
    '@@ nginx.conf @@\n-  proxy_cache_key "$scheme$host$uri";\n+  proxy_cache_key "$scheme$host$uri$http_user_agent";',
  ],
  ['costlier-work', '@@ devise.rb @@\n-  config.stretches = 10\n+  config.stretches = 14'],
  ['costlier-work', '-  new BCryptPasswordEncoder(10)\n+  new BCryptPasswordEncoder(13)'],
  ['costlier-work', '-  await bcrypt.hash(word, 10)\n+  await bcrypt.hash(word, 14)'],
  ['unindexed-statement', '-  cmd.Add("p0", text + "%");\n+  cmd.Add("p0", "%" + text + "%");'],
  ['unindexed-statement', "-  q = f'{text}%'\n+  q = f'%{text}%'"],
  ['unindexed-statement', '-  .Where(f => f.Title.StartsWith(q))\n+  .Where(f => f.Title.Contains(q))'],
  ['unindexed-statement', '-  { title: { $regex: "^" + q } }\n+  { title: { $regex: q } }'],
  ['unindexed-statement', '-  return rooms.find({ name })\n+  return rooms.find({ name: new RegExp(name, "i") })'],
  ['unindexed-statement', '-  WHERE street = $1\n+  WHERE street ~* $1'],
  ['unindexed-statement', '-  { code: { $regex: "^" + q } }\n+  { code: { $regex: "^" + q, $options: "i" } }'],
  ['unindexed-statement', '+ALTER TABLE seats ALTER COLUMN hall_id TYPE varchar(40);'],
  ['index-gone', '+ALTER TABLE halls CONVERT TO CHARACTER SET latin1;'],
  ['index-gone', '+    op.execute("ALTER TABLE seats MODIFY hall VARCHAR(40) COLLATE utf8mb4_bin")'],
  ['less-cpu', '@@ db.tf @@\n-  sku_name = "P2"\n+  sku_name = "S1"'],
  ['less-cpu', '@@ atlas.tf @@\n-  instance_size_name = "M40"\n+  instance_size_name = "M10"'],
  [
    'more-retries',
    '-  retryOnServerErrors(maxRetries = 1)\n-  exponentialDelay()\n+  maxRetries = 5\n+  constantDelay(1)',
  ],
  ['fewer-workers', '-const val THREADS = 200\n+val THREADS = Runtime.getRuntime().availableProcessors() * 4'],
  [
    'more-messages',
    '-  rows.in_batches(of: 500) { |b| Job.perform_later(b.ids) }\n+  rows.find_each { |r| Job.perform_later(r.id) }',
  ],
  ['new-statement', '@@ list.py @@\n+    return db.all("SELECT name FROM vouchers WHERE open = true")'],
  ['new-statement', '@@ list.ts @@\n+  const open = await vouchers.find({ open: true }).toArray()'],
  ['other-consistency', '@@ mongo.yaml @@\n-readPreference: nearest\n+readPreference: primary'],
  ['other-consistency', '@@ redis.conf @@\n-appendfsync no\n+appendfsync always'],
  ['other-consistency', '@@ producer.yaml @@\n-  acks: 1\n+  acks: all'],
  ['larger-request', '@@ deploy.yaml @@\n   requests:\n-    memory: 1Gi\n+    memory: 12Gi'],
  ['grows', '@@ Metrics.java @@\n+  registry.gauge("cart.total", Tags.of("cart", cart.id()), cart)'],
  ['setting-gone', '@@ plans.json @@\n+  { "plan": "trial", "ceiling": null }'],
  ['other-name', '@@ client.ts @@\n-  params: { tour_id: id, max_seats: 4 }\n+  params: { tourId: id, maxSeats: 4 }'],
  ['costlier-work', '@@ encode.ts @@\n-  { effort: 2 }\n+  { effort: 8 }'],
  [
    'costlier-work',
    "@@ Iban.php @@\n-  const FORM = '/^[A-Z]+$/';\n+  const IBAN_PATTERN = '/^(([A-Z]+)*[0-9 ]?)+$/i';",
  ],
  ['costlier-work', '@@ Card.java @@\n+  @Pattern(regexp = "^(\\\\d+[ -]?)+x$")\n+  String card;'],
  ['costlier-work', '@@ schema.json @@\n-  "pattern": "^[a-z]+$"\n+  "pattern": "^([a-z]+-?)+$"'],
  ['other-source', '@@ worker.py @@\n-  group_id="billing",\n+  group_id="invoices",'],
  ['other-source', '@@ pulsar.conf @@\n-subscriptionName=mailer\n+subscriptionName=letters'],
  ['costlier-work', '+const BAD = /^(?:(?:a|b)+)*;?(?:.*=.*)$/;'],
  ['index-gone', '+DROP INDEX CONCURRENTLY stock_sku_idx;'],
  ['index-gone', '+    drop index(:stock, [:sku], name: :stock_sku_idx)'],
  ['index-gone', '+    drop_if_exists index(:stock, [:sku])'],
  ['larger-payload', '@@ stock.proto @@\n+  repeated Move moves = 4;'],
  [
    'index-gone',
    '-CREATE INDEX orders_idx ON orders (customer_id, placed_at);\n+CREATE INDEX orders_idx ON orders (placed_at);',
  ],
  ['unindexed-statement', '-SELECT id FROM users WHERE email = $1\n+SELECT id FROM users WHERE lower(email) = $1'],
  ['unindexed-statement', '-\treturn esquery.Match("name", q)\n+\treturn esquery.Wildcard("name", "*"+q+"*")'],
  ['unindexed-statement', '-  q := elastic.NewMatchQuery("name", t)\n+  q := elastic.NewRegexpQuery("name", t)'],
  ['unindexed-statement', '-  .Query(q => q.Match(m))\n+  .Query(q => q.Wildcard(w => w.Value(text)))'],
  ['unindexed-statement', '-  AND booked_on >= $2\n+  AND EXTRACT(YEAR FROM booked_on) >= $2'],
  ['unindexed-statement', '-  WHERE seat = ?\n+  WHERE TRIM(seat) = ?'],
  ['unindexed-statement', '-  WHERE flight_at < @p2\n+  WHERE CONVERT(varchar(10), f.flight_at, 120) < @p2'],
  ['unlimited-statement', '-SELECT id FROM events ORDER BY at LIMIT 50\n+SELECT id FROM events ORDER BY at'],
  ['unlimited-statement', '-  rows = Event.where(open: true).limit(100)\n+  rows = Event.where(open: true)'],
  ['locking-migration', '+ALTER TABLE orders ADD COLUMN note text;'],
  ['locking-migration', '+    add_index :orders, :note'],
  ['locking-migration', "+UPDATE orders SET state = 'new';"],
  ['column-gone', '+ALTER TABLE users RENAME COLUMN mail TO email;'],
  ['column-gone', '+    remove_column :users, :mail'],
  ['new-constraint', '+ALTER TABLE users ALTER COLUMN email SET NOT NULL;'],
  ['narrower-type', '+ALTER TABLE users ALTER COLUMN code TYPE varchar(8);'],
  ['guard-gone', '-  Player p = all.isEmpty() ? any() : all.get(0);\n+  Player p = all.get(0);'],
  ['shorter-timeout', '-BOOKING_TIMEOUT_MS=5000\n+BOOKING_TIMEOUT_MS=300'],
  ['longer-timeout', '-  readTimeout: 2s\n+  readTimeout: 60s'],
  ['shorter-lived-cache', '-  cache_ttl: 10m\n+  cache_ttl: 5s'],
  ['cache-gone', '-  @Cacheable("prices")\n   Price find(String sku)'],
  ['cache-gone', '-CACHE_ENABLED=true\n+CACHE_ENABLED=false'],
  ['other-cache-keys', '-cache_prefix = "v2:"\n+cache_prefix = "v3:"'],
  ['other-cache-keys', '-SHELF = "v2:shelf:%s"\n+SHELF = "v3:shelf:%s"'],
  ['other-cache-keys', '-  key = f"seat:v1:{row}"\n+  key = f"seat:v2:{row}"'],
  ['smaller-pool', ' hikari:\n-  maximum-pool-size: 30\n+  maximum-pool-size: 4'],
  ['smaller-pool', ' "pool": {\n-  "max": 30\n+  "max": 4\n }'],
  ['larger-pool', '-  pool: 5\n+  pool: 100'],
  ['fewer-workers', '-  replicas: 8\n+  replicas: 1'],
  ['larger-batches', '-  batchSize: 100\n+  batchSize: 10000'],
  ['more-trips', '-hibernate.jdbc.fetch_size: 500\n+hibernate.jdbc.fetch_size: 1'],
  ['more-trips', '-    cursor.itersize = 2000\n+    cursor.itersize = 10'],
  ['less-cpu', ' limits:\n-    cpu: "2"\n+    cpu: 400m'],
  ['less-cpu', '-  limits: { memory: 1Gi, cpu: "2" }\n+  limits: { memory: 1Gi, cpu: 250m }'],
  ['less-memory', '-  "limits": {"cpu": "2", "memory": "2Gi"}\n+  "limits": {"cpu": "2", "memory": "256Mi"}'],
  ['unindexed-statement', '@@ find.ts @@\n-  match: { name: text }\n+  wildcard: { name: pattern }'],
  ['unindexed-statement', '@@ find.ts @@\n-  must: [{ term: { name } }]\n+  must: [{ regexp: { name: pattern } }]'],
  ['less-memory', '-  memory: 2Gi\n+  memory: 256Mi'],
  ['less-memory', '-JAVA_OPTS: "-Xmx2g"\n+JAVA_OPTS: "-Xmx512m"'],
  ['more-retries', '-  max_attempts: 2\n+  max_attempts: 10'],
  ['more-retries', '+  @Retryable(maxAttempts = 5)'],
  ['costlier-work', '-  bcrypt_cost: 8\n+  bcrypt_cost: 14'],
  ['stricter-probe', ' livenessProbe:\n-  initialDelaySeconds: 60\n+  initialDelaySeconds: 5'],
  ['more-logs', '-  level: info\n+  level: debug'],
  ['more-logs', '-  sampling_ratio: 0.01\n+  sampling_ratio: 1.0'],
  ['more-logs', '-    org.apache.http: WARN\n+    org.apache.http: TRACE'],
  ['cache-gone', '-  add_header Cache-Control "public, max-age=600";\n+  add_header Cache-Control "no-store";'],
  ['cache-gone', "-  res.set('cache-control', 's-maxage=60')\n+  res.set('cache-control', 's-maxage=0')"],
  ['calls-in-loop', '+  for (const item of items) {\n+    rows.push(await store.getRow(item));\n+  }'],
  ['eager-gone', '-  Task.includes(:labels)\n+  Task.all'],
  [
    'parallel-gone',
    '-  const [a, b] = await Promise.all([one(), two()]);\n+  const a = await one();\n+  const b = await two();',
  ],
  ['parallel-gone', '-\tg, ctx := errgroup.WithContext(ctx)\n+\tfor _, load := range loaders {'],
  ['new-lock', '-SELECT id FROM seats\n+SELECT id FROM seats FOR UPDATE'],
  ['new-wait', '+  Thread.sleep(500);'],
  ['less-memory', '-  OPTS: "-Xms2g -Xmx2g"\n+  OPTS: "-Xmx320m"'],
  ['new-wait', '-  var a = await Load(id);\n+  var a = Load(id).Result;'],
  ['shorter-interval', '-  schedule: "0 3 * * *"\n+  schedule: "*/15 * * * *"'],
  ['other-image', ' images:\n-  newTag: 2.3.0\n+  newTag: 2.3.1'],
  ['other-settings', ' envFrom:\n - configMapRef:\n-    name: common\n+    name: own'],
  ['other-lock-order', '-  A.lock!\n-  UPDATE b SET n = 1\n+  UPDATE b SET n = 1\n+  A.lock!'],
  ['never-closed', '+  resp, err := http.Get(url)\n+  return read(resp.Body)'],
  ['other-version', '-    "parser": "^2.9.1",\n+    "parser": "^3.0.0",'],
  ['route-gone', '   rules:\n-    - host: m.acme.example'],
  ['setting-gone', '-PAYMENT_API_KEY_FILE=/run/key\n+OTHER=1'],
  ['other-host', '-  upstream: http://stock.prod:8080\n+  upstream: http://stock-v2.prod:8080'],
  ['other-source', '-{ "tasks": "tasks-v7" }\n+{ "tasks": "tasks-v8" }'],
  ['other-name', '-  @JsonProperty("price_cents")\n+  @JsonProperty("amount")'],
  ['other-image', '-  image: acme/labels:2.3.0\n+  image: acme/labels:2.4.O'],
];

/** A call over the network or to a store that a lock surrounds now, and did not before. */
const HELD: Readonly<Record<string, string>> = {
  'Java, the whole method':
    '-  void refill(Tank t) {\n-    synchronized (this) { level.put(t.id(), 0); }\n+  synchronized void refill(Tank t) {\n+    level.put(t.id(), 0);\n     pumpClient.refill(t.id());\n   }',
  'C#': '+    lock (_gate)\n+    {\n+        var row = db.Query(sql);\n+    }',
  Python: ' async def book(self, seat):\n+    async with self._lock:\n+        return await self.partner.book(seat)',
  Go: '-\tc.mu.Lock()\n-\tc.seen[id] = true\n-\tc.mu.Unlock()\n+\tc.mu.Lock()\n+\tdefer c.mu.Unlock()\n+\tc.seen[id] = true\n \treturn c.push(ctx, id)',
  Kotlin: '+    mutex.withLock {\n+      val rate = ratesApi.get(day)\n+    }',
  'C++': '+  std::lock_guard<std::mutex> held(m_);\n   socket.send(frame);',
};

test.each(Object.entries(HELD))('a lock around a call that waits: %s', (_, diff) => {
  expect(read(diff).map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^it calls \S+ while it holds a lock$/),
  );
});

test.each([
  '-\tc.mu.Lock()\n-\tn := c.n\n-\tc.mu.Unlock()\n+\tc.mu.Lock()\n+\tn := c.count\n+\tc.mu.Unlock()\n \treturn c.push(ctx, n)',
  '+    lock (_gate)\n+    {\n+        _seen.Add(id);\n+    }\n+    await client.SendAsync(id);',
  ' \tc.mu.Lock()\n \tdefer c.mu.Unlock()\n-\treturn c.push(ctx, 1)\n+\treturn c.push(ctx, 2)',
])('no call that waits comes under a lock: %j', (diff) => {
  expect(read(diff).filter(({ text }) => text.includes('while it holds a lock'))).toEqual([]);
});

test('code that only moves a lock around a call is not the same as before', () => {
  expect(codeChangeOf({ files: ['a.go'], diff: HELD.Go ?? '' })?.isRearranged).toBe(false);
});

test.each(DONE)('%s: %j', (kind, diff) => {
  expect(kindsOf(diff)).toContain(kind);
});

test('a driver that fetches more rows at once, or nearly as many, makes no more trips', () => {
  expect(kindsOf('-hibernate.jdbc.fetch_size: 50\n+hibernate.jdbc.fetch_size: 500')).not.toContain('more-trips');
  expect(kindsOf('-hibernate.jdbc.fetch_size: 500\n+hibernate.jdbc.fetch_size: 450')).not.toContain('more-trips');
  expect(kindsOf('-page_size: 500\n+page_size: 10')).not.toContain('more-trips');
});

describe('innocent twins', () => {
  test('resources in one map that stay as they are, or grow', () => {
    const same = '-  limits: { cpu: 500m, memory: 1Gi }\n+  limits: { cpu: 500m, memory: 2Gi }';
    expect(kindsOf(same)).not.toContain('less-cpu');
    expect(kindsOf('-  limits: { cpu: 500m, memory: 1Gi }\n+  limits: { cpu: "2", memory: 1Gi }')).not.toContain(
      'less-cpu',
    );
  });

  test('a search that no longer compares every term', () => {
    const back = '@@ find.ts @@\n-  wildcard: { name: text }\n+  match: { name: text }';
    expect(kindsOf(back)).not.toContain('unindexed-statement');
  });

  test('a larger machine, and one of another kind', () => {
    expect(kindsOf('-  tier = "db-custom-2-7680"\n+  tier = "db-custom-8-30720"')).not.toContain('less-cpu');
    expect(kindsOf('-  machine = "n2-standard-8"\n+  machine = "c3-standard-4"')).not.toContain('less-cpu');
  });

  test('a connection that is given back, a search from the beginning of a word, a cache that is kept', () => {
    const taken = '+  try (Connection c = dataSource.getConnection(); var st = c.prepareStatement(FREE)) {\n+  }';
    expect(kindsOf(taken)).not.toContain('never-closed');
    expect(kindsOf('+link = psycopg.connect(DSN)')).not.toContain('never-closed');
    const back = '+  const c = await pool.connect()\n+  const rows = await c.query(q)\n+  c.close()';
    expect(kindsOf(back)).not.toContain('never-closed');
    const after = '+  Connection c = dataSource.getConnection();\n+  try { run(c); } finally { c.close(); }';
    expect(kindsOf(after)).not.toContain('never-closed');
    expect(kindsOf('-  match: q\n+  query_string: { query: q + "*" }')).not.toContain('unindexed-statement');
    expect(kindsOf('-bin/console cache:pool:clear --all\n+bin/console cache:pool:prune')).not.toContain('cold-cache');
  });

  test('rows that are closed', () => {
    expect(kindsOf('+\trows, err := s.db.QueryContext(ctx, q)\n+\tdefer rows.Close()')).not.toContain('never-closed');
  });

  test('a key named app in settings of no cluster', () => {
    expect(kindsOf('-app: shop\n+app: shop-eu')).not.toContain('other-labels');
  });

  test('an alias of the same kind of thing is moved, a number is not', () => {
    const moved = {
      kind: 'migration',
      id: 'alias-orders-read',
      text: 'orders: orders-2026-01 -> orders-2026-02',
    } as const;
    expect(kindsOf('', { ...moved, files: [] })).toContain('other-source');
    expect(kindsOf('', { ...moved, files: [], id: 'cfg-7' })).not.toContain('other-source');
  });

  test.each([
    ['an index that is made again', '-CREATE INDEX a_idx ON a (b);\n+CREATE INDEX a_idx ON a (b);', 'index-gone'],
    [
      'one that Ecto makes again',
      '+drop index(:a, [:b], name: :a_idx)\n+create index(:a, [:b, :c], name: :a_idx)',
      'index-gone',
    ],
    [
      'a list that was there',
      '-  repeated Move moves = 4;\n+  repeated Move moves = 4; // newest first',
      'larger-payload',
    ],
    ['an index without a lock', '+CREATE INDEX CONCURRENTLY a_idx ON a (b);', 'locking-migration'],
    ['rows of a condition', "+UPDATE orders SET state = 'new' WHERE id = 7;", 'locking-migration'],
    ['rows of a condition in the next line', "+UPDATE orders SET state = 'new'\n+  WHERE id = 7;", 'locking-migration'],
    ['a limit that stays', '-SELECT a FROM b LIMIT 50\n+SELECT a, c FROM b LIMIT 50', 'unlimited-statement'],
    [
      'a goroutine that its context ends',
      '+  go func() {\n+    for seat := range hall.Subscribe(ctx, id) {\n+      out <- seat\n+    }\n+  }()',
      'grows',
    ],
    ['a goroutine that ends by itself', '+  go func() { audit.Write(entry) }()', 'grows'],
    ['goroutines that were there', '-  go func() { for { poll(a) } }()\n+  go func() { for { poll(b) } }()', 'grows'],
    ['a timer that is cleared', '+  const id = setInterval(tick, 1000)\n+  onClose(() => clearInterval(id))', 'grows'],
    ['a listener of the end', '+  socket.on("close", () => seats.delete(id))', 'grows'],
    [
      'the keys of a map',
      '+  const names = Object.keys(seats)\n+  for (const key of seats.keys()) free(key)',
      'unindexed-statement',
    ],
    ['a step through the keys', '-  r.keys("seat:*")\n+  r.scan_iter("seat:*")', 'unindexed-statement'],
    [
      'a value of another name',
      '   parameter {\n     name  = "max_connections"\n     value = "500"\n   }\n   parameter {\n     name  = "port"\n-    value = "500"\n+    value = "50"\n   }\n',
      'smaller-pool',
    ],
    ['a name', '-  label: Save\n+  label: Store', 'other-host'],
    ['a limit that is tuned', '-  timeout: 1000\n+  timeout: 900', 'shorter-timeout'],
    ['parallel work elsewhere', '-  await Promise.all(a);\n+  await Promise.all(b);', 'parallel-gone'],
    [
      'a key of the same version, with another thing behind it',
      '-SHELF = "v2:shelf:%s"\n+ROW = "v2:row:%s"',
      'other-cache-keys',
    ],
    ['the tag of an image', '-image: "shop:v2:latest"\n+image: "shop:v3:latest"', 'other-cache-keys'],
    ['a key with another name', '-  const key = "user:" + id\n+  const userKey = "user:" + id', 'other-cache-keys'],
    ['a pattern that ends with a wildcard', '+  cmd.Add("p0", text + "%");', 'unindexed-statement'],
    [
      'a function around a parameter',
      '-  AND booked_on >= $2\n+  AND booked_on >= CONVERT(date, @p2)',
      'unindexed-statement',
    ],
    ['a function in what is returned', '-  SELECT booked_on\n+  SELECT YEAR(booked_on)', 'unindexed-statement'],
    ['a pattern that begins with the text', '+  rooms.find({ name: { $regex: "^" + name } })', 'unindexed-statement'],
    ['a pattern that asks no database', '+  const isCode = new RegExp(pattern).test(text)', 'unindexed-statement'],
    ['the characters of a page', '-  <meta charset="latin1">\n+  <meta charset="utf-8">', 'index-gone'],
    ['a larger tier', '-  sku_name = "S1"\n+  sku_name = "P1"', 'less-cpu'],
    ['a wildcard that stood there', '-  a("%" + q)\n+  b("%" + q)', 'unindexed-statement'],
    ['a cheaper hash', '-  config.stretches = 12\n+  config.stretches = 11', 'costlier-work'],
    ['a cache that stays', '-  cache.get(key)\n+  cache.get(id)', 'cache-gone'],
    ['a level that is lower', '-  level: debug\n+  level: info', 'more-logs'],
    ['a logger that is quieter', '-    org.apache.http: TRACE\n+    org.apache.http: WARN', 'more-logs'],
    ['answers that caches may keep longer', '-  Cache-Control: max-age=60\n+  Cache-Control: max-age=90', 'cache-gone'],
    ['answers that no cache kept before', '-  Cache-Control: private\n+  Cache-Control: no-store', 'cache-gone'],
    ['a new table', '+CREATE TABLE notes (id int);', 'column-gone'],
  ] as const)('%s', (_, diff, kind) => {
    expect(kindsOf(diff)).not.toContain(kind);
  });
});

test.each([
  ['smaller-pool', 'Right-size the database pool: 40 to 4'],
  ['less-memory', 'Memory limit of the service 1Gi -> 256Mi'],
  ['less-memory', 'CONFIG SET maxmemory 4gb -> 512mb'],
  ['lower-limit', 'Rate limit per client 1000 to 100 per minute'],
  ['lower-limit', 'Rate limit per client is 100 a minute (was 1000)'],
  ['less-memory', 'Memory limit of the service 256Mi instead of 1Gi'],
  ['smaller-pool', 'database pool: size 4 (40 before)'],
  ['shorter-timeout', "ALTER ROLE orders SET statement_timeout = '20ms'"],
  ['other-network', 'NetworkPolicy: default deny ingress for stock'],
  ['route-gone', 'Drop the old /prices route'],
  ['route-gone', 'HTTPRoute stock: rewrite prefix /find to /'],
  ['new-lock', 'Keep baskets under a distributed lock'],
  ['new-wait', 'Templates are loaded synchronously'],
  ['new-wait', 'Blocking driver for the ledger'],
  ['narrower-type', 'Ids in messages are UUIDs'],
  ['other-name', 'Consistent names of fields in the answer'],
  ['other-credentials', 'Check the audience of access tokens'],
  ['shorter-interval', 'Schedule of the clean-up: 0 3 * * * to */15 * * * *'],
  ['fewer-workers', 'Bounded concurrency of the importer'],
  ['other-version', 'Upgrade from 1.2.3 to 1.3.0'],
  ['other-credentials', 'Tighten the role of the uploader'],
  ['other-credentials', 'Grants of the reporting user revoked'],
  ['other-source', 'alias orders-live: orders-v3 -> orders-v4'],
  ['more-workers', 'Concurrency of the importer 4 -> 20'],
])('a title says %s: %s', (kind, text) => {
  expect(kindsOf('', { kind: 'config', text, files: [] })).toContain(kind);
});

test.each([
  'Timeout of the client 2 s to 3 s',
  'Show the new tooltip on the profile page',
  'Replace synchronous loads of templates',
  'ci: cache key of the build',
  'Read pages 5-10 of the guide',
  'Memory request 512Mi to 640Mi',
  'Move the table of contents to the left',
  'Drop-shadow of the role picker',
])('a title says nothing of the kind: %s', (text) => {
  expect(kindsOf('', { kind: 'config', text, files: [] })).toEqual([]);
});

test('a call that was inside of a transaction before is no news', () => {
  const diff =
    '-  Repo.transaction(fn ->\n-    Partner.confirm(old)\n-  end)\n+  Repo.transaction(fn ->\n+    Partner.confirm(row)\n+  end)';
  expect(kindsOf(diff)).not.toContain('call-in-transaction');
});

test('the index that is made without a lock changes nothing for statements', () => {
  const text = 'CREATE INDEX CONCURRENTLY ON rooms (code)';
  expect(kindsOf('', { kind: 'migration', text })).toEqual([]);
});

test.each([
  ['index-gone', 'DROP INDEX CONCURRENTLY idx_loans_account_id (no longer used)'],
  ['locking-migration', 'ALTER TABLE loans ADD COLUMN note text'],
])('the title of a migration is read as its statement: %s', (kind, text) => {
  expect(kindsOf('', { kind: 'migration', text })).toContain(kind);
});

test('tools of the build and settings are no dependencies', () => {
  expect(kindsOf('-    "eslint": "9.9.0",\n+    "eslint": "10.0.0",')).not.toContain('other-version');
  expect(kindsOf('-  SAMPLER_ARG: "0.05"\n+  SAMPLER_ARG: "1.1"')).not.toContain('other-version');
});

test('who reads a renamed field fails at what it holds', () => {
  const [renamed] = read('-  base_price: { amount: row.price },\n+  basePrice: { amount: row.price },');
  expect(renamed).toMatchObject({ kind: 'other-name', names: ['base_price', 'basePrice', 'amount'] });
});

test('a name means something only where it is mentioned', () => {
  const [renamed] = read('-  "checkout.title": "Checkout",\n+  "checkout.title": "Kasse",');
  expect(renamed).toMatchObject({ kind: 'other-name', names: ['Checkout', 'Kasse'] });
});

test('a halved limit says less than one of a tenth', () => {
  const strength = (after: number) => read(`-  pool: 40\n+  pool: ${after}`)[0]?.strength ?? 0;
  expect(strength(20)).toBeLessThan(strength(4));
});

const WITHOUT_LINES: readonly (readonly [EffectKind, Partial<Change>])[] = [
  ['other-credentials', { kind: 'config', text: 'Rotate the signing key' }],
  ['other-credentials', { kind: 'config', text: 'New password: reset the database user of billing' }],
  ['other-primary', { kind: 'config', text: 'Failover of billing-db' }],
  ['other-resolver', { kind: 'config', service: 'coredns', text: 'forward elsewhere' }],
  ['flag-on', { kind: 'flag', text: 'sorting: 5 % -> 100 %' }],
  ['flag-on', { kind: 'flag', text: 'own-sorting: off -> northern shops' }],
  ['flag-off', { kind: 'flag', text: 'own-sorting: northern shops -> off' }],
];

test.each(WITHOUT_LINES)('%s is read from %j', (kind, change) => {
  expect(kindsOf('', { files: [], ...change })).toContain(kind);
});

test.each<Partial<Change>>([
  { kind: 'config', text: 'Document the key of the colour legend' },
  { kind: 'config', text: 'Primary colour of the shop' },
  { kind: 'config', service: 'dnsapi-docs', text: 'words' },
  { kind: 'flag', text: 'sorting: 90 % -> 100 %' },
  { kind: 'flag', text: 'own-sorting: northern shops -> southern shops' },
  { kind: 'flag', text: 'cut-off -> late orders' },
])('nothing is read from %j', (change) => {
  expect(kindsOf('', { files: [], ...change })).toEqual([]);
});

test.each([
  ['a schedule that is moved', '-  schedule: "0 3 * * *"\n+  schedule: "0 4 * * *"'],
  ['a name of a container', ' ports:\n-  name: web\n+  name: http'],
  ['locks in the same order', '-  A.lock!\n-  B.lock!\n+  A.lock!\n+  log()\n+  B.lock!'],
  ['what is closed', '+  resp, err := http.Get(url)\n+  defer resp.Body.Close()'],
])('%s leads to nothing', (_, diff) => {
  const [none] = kindsOf(diff).filter((kind) =>
    ['shorter-interval', 'other-settings', 'other-lock-order', 'never-closed'].includes(kind),
  );
  expect(none).toBeUndefined();
});

test('a major version may do everything in another way, a patch hardly', () => {
  const strength = (after: string) => read(`-  "parser": "2.9.1",\n+  "parser": "${after}",`)[0]?.strength;
  expect([strength('3.0.0'), strength('2.9.2')]).toEqual([1, 0.25]);
});

test('a scaling is read from its text, with a diff and without', () => {
  const text = 'worker: replicas 8 -> 1';
  expect(kindsOf('', { kind: 'scale', text })).toContain('fewer-workers');
  expect(kindsOf('-  note: a\n+  note: b', { kind: 'scale', text })).toContain('fewer-workers');
  expect(kindsOf('', { kind: 'scale', text: 'worker: replicas 2 -> 0' })).toEqual(['instances-stopped']);
  expect(kindsOf('', { kind: 'scale', text: 'worker: replicas 0 -> 0' })).toEqual([]);
  expect(kindsOf('', { kind: 'scale', text: 'worker: replicas 1 -> 8' })).toEqual(['more-workers']);
  expect(kindsOf('', { kind: 'scale', text: 'worker: replicas 4 -> 5' })).toEqual([]);
  const most = read('', { kind: 'scale', text: 'worker: HPA min 2 max 9 -> min 1 max 2' }).map(({ text }) => text);
  expect(most).toEqual(['it scales from 9 down to 2']);
  expect(kindsOf('', { kind: 'scale', text: 'maxReplicas: 4 to maxReplicas: 40' })).toEqual(['more-workers']);
});

test('cores and thousandths of a core are one measure', () => {
  const told = (text: string) =>
    read('', { kind: 'config', text, files: [] }).filter(({ kind }) => kind === 'less-cpu');
  expect(told('tiles: limits.cpu 2 -> 300m').map(({ text }) => text)).toEqual(['it changes a limit from 2 to 0.3']);
  expect(told('tiles: limits.cpu 300m -> 2')).toEqual([]);
});

test('a gate that lets more in brings more load', () => {
  const told = (text: string) => read('', { kind: 'config', text, files: [] }).map(({ text }) => text);
  expect(told('lobby: ADMIT_RATE 50 -> 500')).toContain('it lets 10 times as many in');
  expect(told('lobby: ADMIT_RATE 500 -> 50')).not.toContain('it lets 10 times as many in');
});

test.each(['media-edge: Vary: Accept-Encoding, Cookie', 'media-edge: cache policy forwards all query strings'])(
  'what else a cache looks at: %s',
  (text) => {
    expect(kindsOf('', { kind: 'config', text, files: [] })).toContain('other-cache-keys');
  },
);

test('a thing whose name has a quiet word is no quiet work', () => {
  const told = (text: string) => isQuietTitle({ text });
  expect(told('bucket policy of team-docs, deny without owner=docs')).toBe(false);
  expect(told('bucket policy tenant-copy: deny')).toBe(false);
  expect(told('docs: how the bucket policy works')).toBe(true);
  expect(told('update the docs')).toBe(true);
  expect(told('log the ropes')).toBe(true);
  expect(told('log.level to warn')).toBe(true);
  expect(told('LOG_LEVEL=debug (was info)')).toBe(false);
  expect(told('scrape interval of the exporter')).toBe(true);
  expect(told('log in with passkeys from the app')).toBe(false);
});

test('a migration counts without its statements, and with statements of no known kind', () => {
  expect(kindsOf('', { kind: 'migration', files: [] })).toEqual(['any-migration']);
  expect(kindsOf('+SELECT refresh_prices();', { kind: 'migration' })).toContain('any-migration');
  expect(kindsOf("+INSERT INTO plans VALUES ('basic');", { kind: 'migration' })).toEqual([]);
});

test('deleted rows count only where the failure names the table, as people write it', () => {
  const [gone] = read('+DELETE FROM price_lists WHERE zone > 6;', { kind: 'migration' });
  expect(gone?.names).toEqual(['price_lists', 'price lists', 'price lists', 'price list']);
});

test('a bundle of certificates is changed by what looks like its comments', () => {
  const diff = '@@ tls/roots.pem @@\n-# CN=Old Root\n+# CN=New Root';
  expect(codeChangeOf({ files: ['tls/roots.pem'], diff })?.isHarmless).toBe(false);
  expect(
    codeChangeOf({ files: ['src/roots.py'], diff: diff.replace('tls/roots.pem', 'src/roots.py') })?.isHarmless,
  ).toBe(true);
});

test('other versions of tools of the build change nothing that runs', () => {
  const diff = '@@ package.json @@\n-    "eslint": "9.1.0",\n+    "eslint": "10.0.0",';
  expect(codeChangeOf({ files: ['package.json'], diff })?.isHarmless).toBe(true);
  expect(codeChangeOf({ files: ['package.json'], diff: diff.replaceAll('eslint', 'express') })?.isHarmless).toBe(false);
});

test('a value that a setting gets is a text of the change', () => {
  const change = codeChangeOf({
    files: ['sites/north.yaml'],
    diff: '@@ sites/north.yaml @@\n-  model: tide-2025\n+  model: tide-2026-pre',
  });
  expect(change?.texts).toContain('tide-2026-pre');
  expect(change?.texts).not.toContain('tide-2025');
});

test('keys that expire later, or as before, fill nothing', () => {
  expect(kindsOf('-  redis.set(key, body, ex=3600)\n+  redis.set(key, body, ex=3000)')).not.toContain('grows');
  expect(kindsOf('-  redis.set(key, body)\n+  redis.set(name, body)')).not.toContain('grows');
  expect(kindsOf('+\trdb.Set(ctx, "seen:"+id, body, time.Hour)')).not.toContain('grows');
});

test('a support address is no port, a port is one', () => {
  expect(kindsOf('-SUPPORT_TEAM=blue\n+SUPPORT_TEAM=green', { kind: 'config' })).not.toContain('other-host');
  expect(kindsOf('-DB_PORT=main\n+DB_PORT=spare', { kind: 'config' })).toContain('other-host');
});

test('the value of a secret is replaced, a name beside it is not', () => {
  const said = (diff: string) => read(diff, { kind: 'config', files: [] }).map(({ text }) => text);
  expect(said('-MAPS_API_KEY=[hidden 1]\n+MAPS_API_KEY=[hidden 2]')).toContain('it replaces the value of MAPS_API_KEY');
  expect(said('-KEYBOARD=de\n+KEYBOARD=en').join()).not.toContain('it replaces the value of');
});

test.each([
  ['@@ Dockerfile @@\n-EXPOSE 5000\n+EXPOSE 5080', ['5000']],
  ['@@ app.js @@\n-app.listen(3000, ready)\n+app.listen(3100, ready)', ['3000']],
  [
    '@@ main.go @@\n-\tlog.Fatal(http.ListenAndServe(":7070", nil))\n+\tlog.Fatal(http.ListenAndServe(":7171", nil))',
    ['7070'],
  ],
])('a port that moves is named, for callers that still ask there: %s', (diff, names) => {
  expect(read(diff).find(({ text }) => text.startsWith('it moves port'))?.names).toEqual(names);
});

test('other numbers are no ports, and a further port takes none away', () => {
  const texts = [
    '@@ app.js @@\n-const size = 3000\n+const size = 3100',
    '@@ compose.yaml @@\n+    - "9102:9102"',
    '@@ a.go @@\n-\tlog.Printf("took %d ms", 5000)\n+\tlog.Printf("took %d ms", 5080)',
  ].flatMap((diff) => read(diff).map(({ text }) => text));
  expect(texts.filter((text) => text.startsWith('it moves port'))).toEqual([]);
});

test.each([
  ['a job that asks more often', '-  poll_interval: 60s\n+  poll_interval: 5s'],
  ['steps that become coarser', '-  step: 10s\n+  step: 300s'],
  ['steps that are hardly finer', '-  step: 60s\n+  step: 30s'],
  ['a limit that stays one', '-  top_k=40\n+  top_k=60'],
  ['a limit of something else that is set to nothing', '-  top_k=40\n+  colour=None'],
])('an answer does not grow because of %s', (_, diff) => {
  expect(kindsOf(`@@ a.py @@\n${diff}`)).not.toContain('larger-payload');
});

test('the name of a service that is scaled, and whose something is, mean nothing', () => {
  expect(kindsOf('', { kind: 'scale', text: 'weights replicas 3 -> 4', files: [] })).toEqual([]);
  expect(kindsOf('', { kind: 'config', text: 'weights 3 -> 4', files: [] })).toContain('other-traffic');
  const labels = '@@ values.yaml @@\n   podLabels:\n-    owner: core\n+    owner: platform';
  expect(kindsOf(labels, { kind: 'config', files: ['values.yaml'] })).not.toContain('other-name');
});

test('more processes of PHP’s pool are more workers', () => {
  const diff = '-  PHP_FPM_MAX_CHILDREN: "12"\n+  PHP_FPM_MAX_CHILDREN: "80"';
  const change = { kind: 'config', text: 'values of the shop', diff, files: [] } as const;
  expect(effectsOf(change, codeChangeOf(change)).map(({ kind }) => kind)).toContain('more-workers');
});
