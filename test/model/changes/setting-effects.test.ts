/** Settings and statements that by themselves cost time or refuse what was let in, and twins that do not. */
import { describe, expect, test } from 'vitest';
import { effectsOf } from '#model/changes/change-effects.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import type { EffectKind } from '#model/changes/effect.ts';

function textsOf(kind: EffectKind, diff: string): readonly string[] {
  const change = { kind: 'config', text: '', files: ['deploy/values.yaml'], diff } as const;
  return effectsOf(change, codeChangeOf(change)).flatMap((one) => (one.kind === kind ? [one.text] : []));
}

const hunk = (removed: string, added: string) => `@@ values.yaml @@\n-${removed}\n+${added}`;

describe('who confirms a write', () => {
  const waits = 'each write waits for more replicas, or for their disks';

  test.each([
    ['mongodb://a/club?w=majority', 'mongodb://a/club?w=5'],
    ['mongodb://a/club?w=1&retryWrites=true', 'mongodb://a/club?w=majority&retryWrites=true'],
    ['mongodb://a/club?w=2', 'mongodb://a/club?w=2&journal=true'],
  ])('%s becomes %s: it waits for more', (removed, added) => {
    expect(textsOf('other-consistency', hunk(`url: ${removed}`, `url: ${added}`))).toContain(waits);
  });

  test.each([
    ['mongodb://a/club?w=3', 'mongodb://a/club?w=1'],
    ['mongodb://a/club?w=majority', 'mongodb://b/club?w=majority'],
    ['https://a.example/search?q=tea', 'https://a.example/search?w=600'],
  ])('%s becomes %s: it does not', (removed, added) => {
    expect(textsOf('other-consistency', hunk(`url: ${removed}`, `url: ${added}`))).not.toContain(waits);
  });
});

describe('how much of its data a store keeps in memory', () => {
  test.each([
    ['cacheSizeGB: 12', 'cacheSizeGB: 0.5', 'cacheSizeGB: 0.5 instead of 12'],
    ['innodb_buffer_pool_size = 6G', 'innodb_buffer_pool_size = 512M', 'innodb_buffer_pool_size: 512M instead of 6G'],
    ["shared_buffers = '2GB'", "shared_buffers = '128MB'", 'shared_buffers: 128M instead of 2G'],
  ])('%s becomes %s: it reads the rest from its disk', (removed, added, said) => {
    const text = `the store keeps less of its data in memory (${said})`;
    expect(textsOf('less-memory', hunk(removed, added))).toContain(text);
    expect(textsOf('shorter-lived-cache', hunk(removed, added))).toContain(text);
  });

  test.each([
    ['cacheSizeGB: 4', 'cacheSizeGB: 16'],
    ['innodb_buffer_pool_size = 1G', 'innodb_buffer_pool_size = 1024M'],
    ['shared_buffers = 512MB', 'shared_buffers = 448MB'],
    ['effective_cache_size = 12GB', 'effective_cache_size = 2GB'],
  ])('%s becomes %s: it does not', (removed, added) => {
    expect(textsOf('less-memory', hunk(removed, added)).join()).not.toContain('the store keeps less');
  });
});

describe('what is kept between requests', () => {
  const spared = 'it switches off what spares the work of each request';

  test.each([
    ['opcache.enable=On', 'opcache.enable=Off'],
    ['opcache.jit = tracing', 'opcache.jit = disable'],
    ['config.cache_classes = true', 'config.cache_classes = false'],
    ['NODE_ENV: production', 'NODE_ENV: development'],
    ['JAVA_OPTS="-Xmx1g"', 'JAVA_OPTS="-Xmx1g -Xint"'],
    ['xdebug.mode = off', 'xdebug.mode = profile'],
  ])('%s becomes %s: it is lost', (removed, added) => {
    expect(textsOf('costlier-work', hunk(removed, added))).toContain(spared);
  });

  test.each([
    ['opcache.enable=0', 'opcache.enable=1'],
    ['opcache.enable_file_override=1', 'opcache.enable_file_override=0'],
    ['NODE_ENV: staging', 'NODE_ENV: development'],
    ['xdebug.mode = debug', 'xdebug.mode = off'],
  ])('%s becomes %s: it is not', (removed, added) => {
    expect(textsOf('costlier-work', hunk(removed, added))).not.toContain(spared);
  });
});

describe('how long headers may be', () => {
  test.each([
    ['proxy_buffer_size 32k;', 'proxy_buffer_size 2k;', 'headers may have 2k instead of 32k'],
    ['large_client_header_buffers 4 16k;', 'large_client_header_buffers 4 1k;', 'headers may have 1k instead of 16k'],
    ['max_request_headers_kb: 96', 'max_request_headers_kb: 8', 'headers may have 8 instead of 96'],
    ['tune.bufsize 1m', 'tune.bufsize 16k', 'headers may have 16k instead of 1m'],
  ])('%s becomes %s', (removed, added, text) => {
    expect(textsOf('smaller-headers', hunk(removed, added))).toEqual([text]);
  });

  test.each([
    ['proxy_buffer_size 4k;', 'proxy_buffer_size 8k;'],
    ['proxy_buffer_size 1024;', 'proxy_buffer_size 1k;'],
    ['proxy_buffers 8 16k;', 'proxy_buffers 8 4k;'],
  ])('%s becomes %s: not shorter', (removed, added) => {
    expect(textsOf('smaller-headers', hunk(removed, added))).toEqual([]);
  });
});

describe('a statement reads each row where one read sums', () => {
  test.each([
    [
      'SELECT zone, COUNT(*) FROM rides WHERE city = $1 GROUP BY zone',
      'SELECT zone, rider FROM rides WHERE city = $1',
      'it reads each row of rides, where the database grouped them',
    ],
    ['SELECT total FROM rides_daily WHERE city = $1', 'SELECT fare FROM rides WHERE city = $1', 'rides instead of'],
    [
      'SELECT fare FROM rides WHERE city = $1 AND at > now() - interval 7 day',
      'SELECT fare FROM rides WHERE city = $1',
      'its statement on rides has no bound any more',
    ],
  ])('%s becomes %s', (removed, added, text) => {
    const texts = textsOf('unlimited-statement', hunk(`q = "${removed}"`, `q = "${added}"`));
    expect(texts.join('\n')).toContain(text);
  });

  test.each([
    ['SELECT zone, COUNT(*) FROM rides GROUP BY zone', 'SELECT zone, SUM(fare) FROM rides GROUP BY zone'],
    ['SELECT zone, COUNT(*) FROM rides GROUP BY zone', 'SELECT zone FROM rides LIMIT 20'],
    ['SELECT COUNT(*) FROM rides', 'SELECT name FROM zones WHERE id = $1'],
    ['SELECT fare FROM rides WHERE at > $1', 'SELECT fare FROM rides WHERE at > $1 AND city = $2'],
  ])('%s becomes %s: it does not', (removed, added) => {
    expect(textsOf('unlimited-statement', hunk(`q = "${removed}"`, `q = "${added}"`))).toEqual([]);
  });
});

describe('how long a call may wait', () => {
  const waits = 'it no longer limits how long a call may wait';

  test.each([
    ['const api = axios.create({ baseURL, timeout: 900 })', 'const api = new Client(baseURL)'],
    ['return fetch(url, { signal: AbortSignal.timeout(LIMIT) })', 'return fetch(url)'],
    ['ctx, cancel := context.WithTimeout(ctx, limit)', 'ctx, cancel := context.WithCancel(ctx)'],
  ])('%s becomes %s: as long as it takes', (removed, added) => {
    expect(textsOf('longer-timeout', hunk(removed, added))).toContain(waits);
  });

  test.each([
    ['axios.create({ timeout: 900 })', 'new Client({ requestTimeout: 900 })'],
    ['const api = axios.create({ baseURL })', 'const api = new Client(baseURL)'],
  ])('%s becomes %s: still limited, or never', (removed, added) => {
    expect(textsOf('longer-timeout', hunk(removed, added))).not.toContain(waits);
  });
});

describe('how many requests come in', () => {
  test.each([
    'nginx.ingress.kubernetes.io/limit-rpm: "60"',
    'limit_req zone=api burst=5;',
    'plugins: [{ name: rate-limiting, config: { minute: 20 } }]',
    'filters: [RequestRateLimiter]',
    'throttlingRateLimit: 10',
  ])('a new limit: %s', (added) => {
    expect(textsOf('refuses-more', `@@ ingress.yaml @@\n+  ${added}`)).toHaveLength(1);
  });

  test.each([
    ['a limit that was there', 'limit-rps: "20"', 'limit-rps: "40"'],
    ['a limit of rows', 'limit: 20', 'limit: 40'],
    ['a limit that is gone', 'limit_req zone=api;', 'proxy_pass http://api;'],
    ['a comment about one', 'pool: 5', 'pool: 6 # see limit-rps-of-2024'],
  ])('none: %s', (_, removed, added) => {
    expect(textsOf('refuses-more', hunk(removed, added))).toEqual([]);
  });
});

describe('who collects the garbage', () => {
  const collects = 'it starts the garbage collection itself';

  test.each(['System.gc();', 'GC.Collect();', 'gc.collect()', 'GC.start', 'runtime.GC()', 'gc_collect_cycles();'])(
    '%s: the code itself',
    (added) => {
      expect(textsOf('costlier-work', `@@ Cleanup.java @@\n+  ${added}`)).toContain(collects);
    },
  );

  test.each([
    ['System.gc();', 'System.gc(); log();'],
    ['gc.freeze()', 'gc.disable()'],
    ['garbage.collect(bags)', 'garbage.collectAll(bags)'],
  ])('%s becomes %s: as before', (removed, added) => {
    expect(textsOf('costlier-work', hunk(removed, added))).not.toContain(collects);
  });
});

describe('how much a queue may hold', () => {
  test.each([
    ["ALTER QLOCAL('PARCELS.IN') MAXDEPTH(20000)", "ALTER QLOCAL('PARCELS.IN') MAXDEPTH(10)"],
    ['"parcels.in": {"x-max-length": 20000}', '"parcels.in": {"x-max-length": 10}'],
    ["stream add 'parcels.in' --max-msgs=20000", "stream add 'parcels.in' --max-msgs=10"],
  ])('%s becomes %s', (removed, added) => {
    expect(textsOf('lower-limit', hunk(removed, added)).join()).toMatch(/parcels\.in may hold 10 instead of 20000/i);
  });

  test.each([
    ["ALTER QLOCAL('PARCELS.IN') MAXDEPTH(10)", "ALTER QLOCAL('PARCELS.IN') MAXDEPTH(20000)"],
    ["ALTER QLOCAL('PARCELS.IN') MAXDEPTH(20000)", "ALTER QLOCAL('PARCELS.IN') MAXDEPTH(18000)"],
    ["ALTER QLOCAL('PARCELS.IN') MAXDEPTH(20000)", "ALTER QLOCAL('PARCELS.OUT') MAXDEPTH(10)"],
  ])('%s becomes %s: no less', (removed, added) => {
    expect(textsOf('lower-limit', hunk(removed, added)).join()).not.toContain('may hold');
  });
});

describe('what the log must not hold', () => {
  test.each([
    ['log.info("{} {}", r.method, r.path);', 'log.info("{} {} {}", r.method, r.path, r.headers);'],
    ['logger.debug("login %s", user)', 'logger.debug("login %s %s", user, password)'],
    ["console.log('sent', id)", "console.log('sent', id, req.body)"],
    ['info!("asked {}", path);', 'info!("asked {} with {:?}", path, token);'],
    ["log_format main '$request $status';", "log_format main '$request $status $http_authorization';"],
    ['.setLevel(Level.BASIC)', '.setLevel(Level.BODY)'],
    ["redact: ['card']", "name: 'payments'"],
  ])('%s becomes %s: it does now', (removed, added) => {
    expect(textsOf('logged-secrets', hunk(removed, added))).toHaveLength(1);
  });

  test.each([
    ['log.info("{} {}", r.method, r.headers);', 'log.info("{}", r.method);'],
    ['log.info("sent {}", id);', 'log.info("sent {} in {} ms", id, ms);'],
    ['const token = await login()', 'const token = await login(region)'],
    ["name: 'payments'", "redact: ['req.headers.authorization']"],
  ])('%s becomes %s: it does not', (removed, added) => {
    expect(textsOf('logged-secrets', hunk(removed, added))).toEqual([]);
  });
});

describe('a heap of a fixed size in the place of a share of the memory', () => {
  test.each([
    ['-XX:MaxRAMPercentage=75', '-Xmx192m', '192m'],
    ['-XX:MaxRAMPercentage=80.0 -XX:+UseG1GC', '-Xmx256m -XX:+UseG1GC', '256m'],
    ['DOTNET_GCHeapHardLimitPercent: "0x4B"', 'DOTNET_GCHeapHardLimit: "0x8000000"', '0x8000000'],
  ])('%s becomes %s', (removed, added, size) => {
    const text = `it sets the heap to ${size} instead of a share of the memory`;
    expect(textsOf('less-memory', hunk(removed, added))).toContain(text);
  });

  test('the other way round it is none', () => {
    expect(textsOf('less-memory', hunk('-Xmx192m', '-XX:MaxRAMPercentage=75'))).toEqual([]);
  });
});

describe('replicas in any form', () => {
  test.each([
    ['-replicas:\n-  - count: 3\n+replicas:\n+  - count: 0'],
    [' replicas:\n   - name: provenance\n-    count: 3\n+    count: 0'],
    ['-replicas: 3\n+replicas: 0'],
  ])('%s stops all', (lines) => {
    expect(textsOf('instances-stopped', `@@ kustomization.yaml @@\n${lines}`)).not.toEqual([]);
  });
});

test('an index that is rebuilt offline locks its table, and online it does not', () => {
  const rebuild = (online: string) => hunk('', `ALTER INDEX ALL ON dbo.jobs REBUILD WITH (ONLINE = ${online});`);
  expect(textsOf('locking-migration', rebuild('OFF'))).not.toEqual([]);
  expect(textsOf('locking-migration', rebuild('ON'))).toEqual([]);
  expect(textsOf('locking-migration', hunk('', 'ALTER INDEX ALL ON dbo.jobs REORGANIZE;'))).toEqual([]);
});
