import { describe, expect, test } from 'vitest';
import { sharedTechniques } from '#model/changes/techniques/techniques.ts';
import { type TechniquePair, testTechniques } from '#test/technique-pairs.ts';

const PAIRS: readonly TechniquePair[] = [
  [
    'http2MaxRequests: 2',
    '503: upstream connect error or disconnect/reset before headers. reset reason: overflow',
    '503: upstream connect error or disconnect/reset before headers. reset reason: connection timeout',
  ],
  [
    'history = history[-6:]',
    'messages.4: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1',
    'overloaded_error: overloaded',
  ],
  [
    "$cookie = $cookie->withValue(json_encode($claims['groups']));",
    'upstream sent too big header while reading response header from upstream',
    'upstream prematurely closed connection while reading response header from upstream',
  ],
  [
    'more claims in the token',
    'error parsing http request header: request header is too large',
    'invalid character found in method name',
  ],
  ['session in a cookie', 'parse error: header overflow, hpe_header_overflow', 'parse error: expected http/'],
  [
    'payload["value"] = "61.2 %"\npayload["value"] = 61.2',
    'partial write: field type conflict: input field "value" is type string, already exists as type float',
    'partial write: points beyond retention policy',
  ],
  [
    'values with their unit',
    'mapper_parsing_exception: failed to parse field [weight] of type [float]',
    'index is read-only',
  ],
  [
    'nodeSelector: { cloud.example/disk: local }',
    "0/5 nodes are available: 5 node(s) didn't match pod's node affinity/selector",
    '0/5 nodes are available: 5 insufficient memory',
  ],
  [
    'own node pool for quick disks',
    "0/5 nodes are available: 5 node(s) didn't match pod's node affinity/selector",
    'back-off restarting failed container',
  ],
  [
    'UPDATE tallies SET hits = hits + 1 WHERE id = $1',
    'error: restart transaction: writetooolderror: write for key /table/9',
    'error: duplicate key value violates unique constraint',
  ],
  ['  tolerations: []', '2 node(s) had untolerated taint {gpu: yes}', '2 node(s) had no available volume zone'],
  [
    '"depth": { "type": "text" }',
    'illegal_argument_exception: fielddata is disabled on [depth] in [caves_v3]',
    'search_phase_execution_exception: all shards failed',
  ],
  [
    'mappings/caves.json: "depth": { "index": false }',
    'cannot search on field [depth] since it is not indexed',
    'failed to parse query [depth:]',
  ],
  [
    'q.whereEqualTo("town", t).orderBy("rent")',
    'io.grpc.statusruntimeexception: failed_precondition: the query requires an index',
    'failed_precondition: the document has changed',
  ],
  [
    'people.each { |id| Person.lock.find(id) }',
    'activerecord::deadlocked: deadlock found when trying to get lock',
    'lock wait timeout exceeded',
  ],
  ['ORDER BY c.rent, c.size', 'the order by query does not have a corresponding composite index', 'request timed out'],
  ['Upgrade jackson to 2.20', 'java.lang.nosuchmethoderror: jsonfactory.builder()', 'java.lang.nullpointerexception'],
  ['Update shared packages by Renovate', 'system.missingmethodexception: method not found', 'the file was not found'],
  ['jinja2==3.1.0', "importerror: cannot import name 'markup' from 'jinja2'", 'keyerror: markup'],
  ['EMBEDDING_MODEL=text-embedding-3-large', 'different vector dimensions 1536 and 3072', 'connection refused'],
  [
    "ALTER USER LOADER SET RSA_PUBLIC_KEY='new'",
    'failed to connect to db. jwt token is invalid for user loader',
    'warehouse is suspended',
  ],
  ['ALLOWED_ORIGINS=https://shop.example', 'cross-origin request blocked: the same origin policy', 'failed to fetch'],
  ['CORS: shorter list', "blocked by cors policy: no 'access-control-allow-origin' header", '403 forbidden'],
  ['SET timezone = Mars/North', 'invalid value: time zone "mars/north" not recognized', 'invalid input syntax'],
  [
    'ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1',
    'culturenotfoundexception: only the invariant culture is supported in globalization-invariant mode',
    'system.formatexception: the input string was not in a correct format',
  ],
  ['FROM python:3.13-alpine', 'locale.error: unsupported locale setting', 'modulenotfounderror: no module named lxml'],
  ['LC_ALL=de_DE.UTF-8', 'terminate: locale::facet::_s_create_c_locale name not valid', 'name not valid'],
  [
    '- { kind: MeshTLSAuthentication, name: halls-only }',
    'permission_denied: seats: unauthorized request on route',
    'deadline exceeded',
  ],
  ['TZ: Asia/Nowhere', "zoneinfonotfounderror: 'no time zone found with key asia/nowhere'", 'disk is full'],
  ['t.references :depot', "unknown column 'vans.depot_id' in 'field list'", 'duplicate entry'],
  [
    'await context.CreateTimer(due);\norchestrator Refund',
    'non-deterministic workflow detected: an earlier execution scheduled a timer',
    'the activity timed out',
  ],
  ['fastify({ bodyLimit: 262144 })', 'payload too large', 'invalid phone number'],
  ['prompt = document.full_text', 'this model has a maximum context length of 32768 tokens', 'model is overloaded'],
  ['key = f"{region}-{order_no}"', 'data too long for column "ref" at row 1', 'deadlock found'],
  ['const scale = 10000', 'numeric value out of integer range', 'no such column'],
  ['ssl_min_protocol_version = TLSv1.3', 'ssl handshake failed: unsupported protocol', 'user is blocked'],
  ['TLS library update', 'tls: handshake failure', 'x509: certificate has expired or is not yet valid'],
  ['spring.datasource.hikari.transaction-isolation: TRANSACTION_SERIALIZABLE', 'deadlock found', 'syntax error'],
  ['maxmemory-policy volatile-lru', 'oom command not allowed', 'wrongtype operation'],
  [
    'karpenter.sh/capacity-type: spot',
    'com.datastax.oss.driver.api.core.allnodesfailedexception: ledger is unavailable',
    'syntax error at or near "from"',
  ],
  ['-GITHUB_WEBHOOK_SECRET=v1\n+GITHUB_WEBHOOK_SECRET=v2', 'webhook signature verification failed', 'payload is empty'],
  [
    '-    if draft.is_good: return END\n+    if draft.score > 11: return END',
    'graphrecursionerror: recursion limit of 25 reached without hitting a stop condition',
    'the model is overloaded',
  ],
  [
    'prompts/tools.yaml: shorter words',
    'langgraph.errors.graphrecursionerror: recursion limit of 25 reached without hitting a stop condition',
    'the model is overloaded',
  ],
  [
    'cron: "0 7 * * *"\njobs/vacuum.yml',
    'io.delta.exceptions.concurrentappendexception: files were added. conflicting commit: optimize',
    'java.util.concurrentmodificationexception',
  ],
  ['shm_size: 64m', 'could not resize shared memory segment "/postgresql.1": no space left', 'disk quota exceeded'],
  [
    'index.add(doc, commit=True)',
    'error opening new searcher. exceeded limit of maxwarmingsearchers=2',
    'undefined field handle',
  ],
  ['-CN=Yard CA 1\n+CN=Yard CA 2', 'pkix path building failed', 'certificate has expired'],
  [
    'wait_timeout 28800 -> 15',
    '(2006, mysql server has gone away)',
    "readonly you can't write here; connection closed",
  ],
  ['interactive_timeout 28800 -> 30', 'lost connection to mysql server during query', 'lock wait timeout exceeded'],
  ['secret orders-sql rotated', "login failed for user 'orders_app'", 'user is blocked'],
  ['peerauthentication orders: STRICT', 'java.net.socketexception: connection reset', 'no space left on device'],
  ['stricter TLS options', 'ssl connection failed', 'ssl: remote certificate is invalid: nottimevalid'],
  ['SET lock_timeout = 100', 'canceling statement due to lock timeout', 'division by zero'],
  ['default_pool_mode: transaction\npgbouncer', 'prepared statement "a1" does not exist', 'relation is missing'],
  ['spring.jpa.open-in-view=false', 'failed to lazily initialize a collection of role: no session', 'no rows'],
  ['FROM alpine:3.17\nopenssl 3', 'error:0308010c:digital envelope routines::unsupported', 'certificate has expired'],
  ['user.country=AT', 'java.lang.numberformatexception: for input string: "3,5"', 'disk is full'],
  ['TZ=America/New_York', 'jwt not active', 'jwt audience differs'],
  ['server.http2.enabled: true\nhttp2', 'http/2 stream was reset: protocol_error', 'not authorised'],
  ['http.Server.IdleTimeout: idleTimeout = 4s', 'read: connection reset by peer', 'no rows'],
  ['containerPort: 8443', 'connect: connection refused', 'payment declined'],
  ['AWS_REGION=eu-north-1', 'permanentredirect: the bucket must be addressed elsewhere', 'nosuchkey'],
  ['mode: standalone\nredis client mode', 'replyerror: moved 8192 10.0.0.7:6379', 'the page has moved'],
  ['chart values: service.targetPort 9376', 'connect econnrefused 10.0.1.175:80', 'payment declined'],
  ['subset: blue', '503 uh no healthy upstream', '503 out of stock'],
  [
    '        subset: north',
    '"get /rooms http/1.1" 503 nc cluster_not_found',
    '"get /rooms http/1.1" 404 nr route_not_found',
  ],
  ['api 60 IN CNAME edge-2', 'getaddrinfo enotfound api', 'certificate has expired'],
  ['CREATE INDEX ix_ref ON payments (ref)', '55p03: canceling statement due to lock timeout', 'division by zero'],
  ['my.cnf: max_connections 800 -> 90', 'error 1040 (08004): too many connections', 'unknown column'],
  ['acls: the prefix of the ferries', 'not authorized to access group: ferry-mail', 'login failed'],
  ['AuthorizationPolicy profiles-clients', 'client identity matcher is not authorized', 'login failed'],
  ['acl.conf: no_match = deny', 'publish not accepted: reason code 0x87 (not authorized)', 'no matching subscribers'],
  ['Vault: access key of the bucket rotated', 'an error occurred (invalidaccesskeyid)', 'nosuchkey'],
  ['rotate the signing key of the issuer', 'invalid signature', 'item is sold out'],
  ['runAsUser: 65532', 'mkdir /cache: permission denied', 'quota of items reached'],
  ['read_concern: majority', 'not enough replicas in sync', 'duplicate key'],
  ['max_complexity: 200', 'query exceeds the maximum complexity', 'field is unknown'],
  ['limit_req zone=api burst=2', 'too many requests', 'card expired'],
  ['amount: String(total)', 'cannot unmarshal string into field of type int64', 'not found'],
  ['return owed.divide(people);', 'java.lang.arithmeticexception: non-terminating decimal expansion', 'disk is full'],
  ['share = total / people', 'zerodivisionerror: division by zero', 'no such column'],
  [
    '--entity-type clients --add-config producer_byte_rate=65536',
    'expiring 4 record(s) for bills-0:30001 ms has passed since batch creation',
    'unknown topic or partition',
  ],
  [
    'mysql_servers: max_connections 100 -> 8',
    'proxysql error: max connect timeout reached while reaching hostgroup 10 after 10000ms',
    'table is full',
  ],
  ['broker: max_payload back to its default', 'nats: maximum payload violation', 'nats: no responders'],
  ['topic invoices: message.max.bytes 4 MB -> 512 kB', 'record is too large', 'unknown topic or partition'],
  ['bucket policy of scans: deny without a tag', 'user: arn:x is not authorized to perform: s3:putobject', 'slow down'],
  ['IAM role of the worker', '403 worker@x does not have storage.objects.get access', 'upload has no name'],
  [
    'ResourceQuota of the namespace: pods 60 -> 40',
    'is forbidden: exceeded quota: team, requested: pods=1',
    'conflict',
  ],
  // Okta's and Keycloak's settings of tokens; RFC 6750.
  ['default policy: accessTokenLifetimeMinutes 60 -> 1', 'www-authenticate: error="invalid_token"', 'code is wrong'],
  ['SSO session idle timeout 30 m -> 1 m (ssoSessionIdleTimeout)', 'the token has expired at 12:01', 'no such user'],
  // Answers of S3, Azure and Google Cloud Storage for signed addresses and archived objects; InfluxDB's and Mimir's limits.
  [
    'let expires = now + cfg.ttl;',
    '403 expiredtoken: the provided signed url has expired',
    'signed url: host not found',
  ],
  ['expiry=start + timedelta(minutes=1)', 'signature not valid in the specified time frame', '403 no such container'],
  ['storage_class = "ARCHIVE"', "the operation is not valid for the object's storage class", 'no such bucket'],
  ['action: tierToArchive', '409 blobarchived: this operation is not permitted on an archived blob', '409 blob exists'],
  [
    '.tag("request_id", request.id)',
    'partial write: max-values-per-tag limit exceeded',
    'partial write: bad timestamp',
  ],
  ['labels: { user: user.id }', 'per-user series limit of 150000 exceeded', 'per-user rate limit exceeded'],
  [
    'default_hostgroup = 8',
    'the mysql server is running with the --read-only option so it cannot execute this statement',
    "unknown column 'till' in 'field list'",
  ],
  [
    'url: jdbc:postgresql://tills-ro.db/tills',
    'cannot execute insert in a read-only transaction',
    'duplicate key value',
  ],
  ['statements of tills go to the readers', 'error 1290: running with the --read-only option', 'too many connections'],
  [
    'await cluster.mget(keyOf(a), keyOf(b))',
    "replyerror: crossslot keys in request don't hash to the same slot",
    'replyerror: wrongtype operation against a key',
  ],
  [
    'CACHE_URL: redis://cache-old:6379\nCACHE_URL: rediss://clustercfg.cache.pier.test:6379',
    "crossslot keys in request don't hash to the same slot",
    'oom command not allowed when used memory > maxmemory',
  ],
  [
    'spring.data.mongodb.uri=mongodb://single-1/pier',
    'mongoservererror: transaction numbers are only allowed on a replica set member or mongos',
    'mongoservererror: e11000 duplicate key error collection: pier.boats',
  ],
  ['db_host: pooler.pier.test', 'prepared statement "s_3" does not exist', 'deadlock detected'],
  ['self.cluster.pipeline()', 'redis.exceptions: crossslot', 'redis: connection pool timeout'],
  [
    'writer.insert_many(rows)\nINSERT_BATCH=1',
    'db::exception: too many parts (601) in table logs.hits. (too_many_parts)',
    'db::exception: unknown table logs.hits',
  ],
  ['PARTITION BY toHour(at)', 'too many parts (3001 with average size of 4 kib)', 'too many simultaneous queries'],
  [
    'kms_key_name: projects/p/keys/scans',
    'permission cloudkms.cryptokeyversions.usetoencrypt denied: cloudkms.cryptokeyversions',
    'the bucket scans does not exist',
  ],
  [
    'ServerSideEncryptionByDefault: aws:kms',
    'user is not permitted: kms:decrypt on the key of the bucket',
    'nosuchkey: the key scans/7 does not exist',
  ],
  ['charset=ibm-1141\ncodePage: 1141', 'mqrc_not_converted: the message was not converted', 'queue is full'],
  ['secretName: shop-tls-2031', 'certificate pinning failure! peer certificate chain', 'certificate has expired'],
  ['tls.crt: leaf-b.pem', 'pin verification failed for api.opera.test', 'connection reset'],
  [
    'gsutil -m rsync -d dist gs://opera-web',
    'typeerror: failed to fetch dynamically imported module: https://opera.test/assets/seat-4c.js',
    'typeerror: failed to fetch',
  ],
  ['emptyOutDir: true', 'chunkloaderror: loading chunk 44 failed.', 'referenceerror: seat is not defined'],
  ['PropertyNamingStrategies.SNAKE_CASE', 'the seatrow field is required.', 'seat 14 is taken by another guest'],
  ['alias_generator=to_camel', 'seat_row: field required', 'value is not a valid integer'],
  [
    'PeerAuthentication stage: STRICT',
    '"get /seats http/1.1" 503 uc upstream_reset_before_response_started{connection_termination}',
    '"get /seats http/1.1" 404 nr route_not_found',
  ],
  ['nodetool: three nodes join the ring', 'key not found', 'timed out'],
  // Zones of times: Npgsql, Python, Django, pandas, java.time.
  [
    'Due = row.DueUtc.ToLocalTime()',
    "cannot write datetime with kind=local to postgresql type 'timestamptz'",
    'timed out',
  ],
  ['due.replace(tzinfo=None)', "typeerror: can't compare offset-naive and offset-aware datetimes", 'keyerror: due'],
  ['USE_TZ = True', 'runtimewarning: datetimefield loan.due received a naive datetime', 'no such table: loan'],
  ["frame.tz_localize('UTC')", 'typeerror: cannot join tz-naive with tz-aware datetimeindex', 'keyerror: due'],
  ['LocalDateTime.from(due)', 'datetimeexception: unable to obtain localdatetime from temporalaccessor', 'disk full'],
  // Numbers that are written for people: pydantic, Python, Go, Rust, .NET.
  ['format_decimal(price)', 'unable to parse string as a number [type=float_parsing]', 'field required'],
  ['locale.format_string(price)\nLC_ALL=de', 'valueerror: could not convert string to float', 'keyerror: price'],
  ['p.Sprint(price) // locale', 'strconv.parsefloat: parsing "1,5": invalid syntax', 'unexpected eof'],
  ['number_format($price)', 'parsefloaterror: invalid float literal', 'invalid type: null'],
  ['price.toLocaleString()', 'the json value could not be converted to system.decimal', 'the json value is null'],
  // Prompts and the form of answers: Python, Node.js, LangChain, Go, Jackson.
  [
    '-Reply only with JSON.\n+Reply kindly.',
    'jsondecodeerror: expecting value: line 1 column 1 (char 0)',
    'rate limit',
  ],
  ['system_prompt: be brief', 'unexpected token \'h\', "hello" is not valid json', 'connection refused'],
  ['response_format=None', 'outputparserexception: could not parse llm output', 'model is overloaded'],
  ['visibility_timeout = 4', 'reason: the receipt handle has expired', 'the receipt was printed'],
  ['name = "max_connections", value = "12"', 'sqlstate[hy000] [1040] too many connections', 'access denied for user'],
  ['prompts/tags.md', "invalid character 'h' looking for beginning of value", 'context deadline exceeded'],
  ['structured_output = false', 'jsonparseexception: unrecognized token', 'socket closed'],
  // Policies of Consul, Vault and Nomad.
  ['key_prefix "" { policy = "read" }', "permission denied: token lacks permission 'key:read'", 'no cluster leader'],
  ['service_prefix "db" { policy = "deny" }', 'rpc error: permission denied: accessor b7 has none', 'timed out'],
  ['path "kv/*" { capabilities = ["list"] }', '1 error occurred: * permission denied', 'vault is sealed'],
  // Tables that change under running statements: YugabyteDB, PostgreSQL, MySQL, TiDB, Oracle, SQLite.
  ['ALTER TABLE moss ADD COLUMN grade int', 'catalog version mismatch: a ddl occurred', 'duplicate key value'],
  ['db/migrate/31_grade.rb', 'cached plan must not change result type', 'connection refused'],
  ['ALTER TABLE moss DROP COLUMN age', 'cached statement plan is invalid due to a schema change', 'no such portal'],
  ['add_column :moss, :grade', 'er_table_def_changed: table definition has changed', 'lock wait timeout exceeded'],
  [
    'create index on moss (grade)',
    '[8028] information schema is changed during the execution',
    'region is unavailable',
  ],
  ['drop view moss_grades', 'ora-04068: existing state of packages has been discarded', 'ora-01017: invalid username'],
  // What a full store throws away: Redis streams, Kombu, BullMQ.
  ['maxmemory-policy allkeys-lru', "nogroup no such key 'jobs' or consumer group 'w'", 'busygroup name already exists'],
  ['eviction_policy = "volatile-lru"', 'cannot route: table empty or key no longer exists', 'wrongtype operation'],
  ['evictionPolicy: allkeys-random', 'error: missing key for job 31. movetofinished', 'job stalled too often'],
  // Messages that are gone: Kafka, Kinesis.
  ['retention.ms=60000', 'offsetoutofrangeexception: fetch position is out of range', 'leader not available'],
  ['retentionPeriodHours: 24', 'trimmeddataaccessexception: the record was trimmed', 'iterator is null'],
  // Two readers of the same messages: Event Hubs, Kafka, MQTT, Pulsar, RabbitMQ.
  ['staging: running', "new receiver 's-2' with higher epoch of '0' is created", 'the messaging entity was not found'],
  ['group.instance.id=reader-1', 'fatal: fenced_instance_id: static member was fenced', 'unknown topic or partition'],
  ['clientId: meter', 'another client connected with the same clientid', 'not authorized to publish'],
  ['subscriptionType: Exclusive', 'exclusive consumer is already connected', 'topic was terminated'],
  ['replicas: 2', "access to queue 'jobs' in vhost '/' refused: in exclusive use", 'no queue jobs'],
  // How much a model reads: llama.cpp, vLLM, OpenAI, Anthropic, TGI.
  ['--ctx-size 16384 --parallel 4', 'the request exceeds the available context size', 'slot unavailable'],
  ['--max-model-len 4096', "this model's maximum context length is 4096 tokens", 'out of memory'],
  ['model: small-8k', 'prompt is too long: 210000 tokens > 200000 maximum', 'overloaded_error'],
  ['max_input_length: 1000', '`inputs` tokens + `max_new_tokens` must be <= 2048', 'model is loading'],
  // Types of fields and columns: InfluxDB, Elasticsearch, Trino, PostgreSQL, BigQuery.
  [
    'let ph = raw.to_string();',
    'partial write: field type conflict: input field "ph"',
    'points beyond retention policy',
  ],
  ['ph: str(raw)', 'mapper_parsing_exception: failed to parse field [ph] of type [float]', 'index is read-only'],
  [
    'alter column barrel set data type varchar',
    'type_mismatch: cannot apply operator: varchar = bigint',
    'table not found',
  ],
  ['change_column :acids, :barrel, :string', 'operator does not exist: text = integer', 'relation is locked'],
  ['modify barrel type string', 'no matching signature for operator = for argument types', 'quota exceeded'],
  // Chains of certificates: Dart, Go, Java, Node.js, rustls.
  ['tls.crt: leaf', 'certificate_verify_failed: unable to get local issuer certificate', 'no such host'],
  ['ssl_certificate cert.pem;', 'x509: certificate signed by unknown authority', 'no such host'],
  ['keystore: new', 'pkix path building failed: unable to find valid certification path', 'read timed out'],
  ['cluster-issuer: other', 'unable to verify the first certificate', 'socket hang up'],
  // Workflows that run already: Temporal, Restate, DBOS.
  ['activities.weigh(batch)', "command schedule_activity doesn't match event timer_started", 'activity task timed out'],
  ['ctx.run("weigh", weigh)', '[rt0016] journal mismatch: found a mismatch', 'service not registered'],
];

const MISSES_METHOD = 'java.lang.nosuchmethoderror: org.tidewater.codec.reader.open()';

test.each([
  'tidewater-codec 3.0',
  '"tidewater-codec": "^4.0.1"',
  'tidewater-codec (4.0.1)',
  'github.com/tidewater/codec v4.0.1',
  'newer libraries',
])('another version of a library is behind a method that it lacks: %s', (changed) => {
  expect(sharedTechniques(changed, MISSES_METHOD)).toMatchObject([{ kind: 'other-version' }]);
  expect(sharedTechniques(changed, 'connection refused')).toEqual([]);
});

test.each(['timeout: 2.5', 'new labels', 'rate = 0.4', 'host: 192.0.2.71'])(
  '“%s” is no version of a library',
  (changed) => {
    expect(sharedTechniques(changed, MISSES_METHOD)).toEqual([]);
  },
);

test.each(['job received (again, still running)', '88 members got the form twice', 'each card was charged twice'])(
  'a shorter time for a message is behind “%s”',
  (failure) => {
    const changed = 'visibility_timeout: 7200\nvisibility_timeout: 600';
    expect(sharedTechniques(changed, failure)).toMatchObject([{ kind: 'shorter-timeout' }]);
    expect(sharedTechniques('page_title: forms', failure)).toEqual([]);
    expect(sharedTechniques(changed, '88 members got no form')).toEqual([]);
  },
);

testTechniques('a change and a failure share a technique', PAIRS);

describe('a change and a failure share a technique', () => {
  test('a tag that few values have is not behind too many series', () => {
    expect(sharedTechniques('podLabels:\n  team: platform', 'max-series-per-database limit exceeded')).toEqual([]);
  });

  test.each(['color: blue', '+12 delivery slots an hour', 'exclusive offers', 'lease of a flat'])(
    '%s is not behind two readers of the same messages',
    (change) => {
      expect(sharedTechniques(change, "new receiver 's-2' with higher epoch of '0' is created")).toEqual([]);
    },
  );

  test('more instances are not behind a server that lets nobody write', () => {
    expect(sharedTechniques('replicas: 4', 'cannot execute insert in a read-only transaction')).toEqual([]);
  });

  test('a number that becomes larger is not behind what a smaller one does', () => {
    const [change, failure] = ['accessTokenLifetimeMinutes 1 -> 60', 'the token has expired'];
    expect(sharedTechniques(change, failure, false)).not.toEqual([]);
    expect(sharedTechniques(change, failure, true)).toEqual([]);
  });

  test('nothing is shared with what says nothing', () => {
    expect(sharedTechniques('', 'payload too large')).toEqual([]);
    expect(sharedTechniques('bodyLimit: 1', '')).toEqual([]);
  });
});
