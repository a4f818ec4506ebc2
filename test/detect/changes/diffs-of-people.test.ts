/** Diffs of the files that people change in a hurry, with a title that says nothing, beside other changes. */
import { describe, expect, test } from 'vitest';
import type { Change } from '#model/changes/change.ts';
import { type FoundCause, namedBehind, symptomsOf } from '#test/change-stories.ts';
import { changed } from '#test/changes.ts';

const slow = (title: string, cause = 'latency'): FoundCause => ({ cause, title });
const failed = (said: string): FoundCause => {
  return { cause: 'error-origin', title: 'checkout POST /pay: 40 of 100 requests fail here', said, symptom: 'failed' };
};
const LATENCY = slow('checkout: p95 of POST /pay is 1.9 s, 210 ms in the baseline');
const CPU = slow('checkout: its CPU usage rose from 40 % to 98 % of the limit', 'resource-saturation');
const QUEUE = slow('checkout cannot keep up: messages wait 4 min', 'queue-backlog');
const CRASH: FoundCause = { cause: 'crash-loop', title: 'checkout restarts again and again', symptom: 'failed' };

type Story = readonly [found: FoundCause, kind: Change['kind'], file: string, lines: string];

const STORIES: Readonly<Record<string, Story>> = {
  'Helm: fewer replicas at most': [
    LATENCY,
    'config',
    'helm/values.yaml',
    ' autoscaling:\n-  maxReplicas: 20\n+  maxReplicas: 4',
  ],
  'Terraform: a security group': [
    failed('dial tcp 10.2.0.4:5432: i/o timeout'),
    'config',
    'infra/sg.tf',
    ' resource "aws_security_group_rule" "db" {\n-  cidr_blocks = ["10.0.0.0/8"]\n+  cidr_blocks = ["10.1.0.0/16"]',
  ],
  'Terraform: a smaller database': [
    LATENCY,
    'config',
    'infra/rds.tf',
    '-  instance_class = "db.r6g.2xlarge"\n+  instance_class = "db.t4g.medium"',
  ],
  'Kafka: more records at once': [
    QUEUE,
    'config',
    'application.yml',
    '-      max-poll-records: 50\n+      max-poll-records: 5000',
  ],
  'Kafka: fewer threads': [QUEUE, 'config', 'application.yml', '-      concurrency: 12\n+      concurrency: 1'],
  'nginx: a shorter time-out': [
    failed('upstream timed out (110: Connection timed out) while reading response header'),
    'config',
    'nginx/pay.conf',
    '-    proxy_read_timeout 30s;\n+    proxy_read_timeout 1s;',
  ],
  'Envoy: retries': [
    slow('checkout repeats each call 5 times', 'retry-storm'),
    'config',
    'envoy/retry.yaml',
    '-  num_retries: 1\n+  num_retries: 5',
  ],
  'Istio: weights of a canary': [
    failed("TypeError: Cannot read properties of undefined (reading 'currency')"),
    'config',
    'istio/virtualservice.yaml',
    ' - destination: { subset: v1 }\n-   weight: 95\n+   weight: 50\n - destination: { subset: v2 }\n-   weight: 5\n+   weight: 50',
  ],
  'Gradle: another major version': [
    failed('java.lang.NoSuchMethodError: com.fasterxml.jackson'),
    'deploy',
    'build.gradle',
    "-  implementation 'com.fasterxml.jackson.core:jackson-databind:2.15.2'\n+  implementation 'com.fasterxml.jackson.core:jackson-databind:3.0.0'",
  ],
  'Docker: another base image': [
    CRASH,
    'deploy',
    'Dockerfile',
    '-FROM node:20-alpine\n+FROM gcr.io/distroless/nodejs22',
  ],
  'DNS: search domains': [
    failed('getaddrinfo ENOTFOUND payments'),
    'config',
    'k8s/deployment.yaml',
    ' dnsConfig:\n   options:\n-    - name: ndots\n-      value: "5"\n+    - name: ndots\n+      value: "1"',
  ],
  'Kong: a rate limit': [
    failed('429 API rate limit exceeded'),
    'config',
    'kong/pay.yml',
    '   config:\n-    minute: 6000\n+    minute: 60',
  ],
  'Redis: how long': [
    slow('40 of 40 reads miss the cache', 'cache-miss-cascade'),
    'config',
    'values.yaml',
    '-  PRICE_CACHE_TTL: 3600\n+  PRICE_CACHE_TTL: 5',
  ],
  'Kubernetes: a job in the daytime': [
    CPU,
    'config',
    'k8s/cron.yaml',
    '-  schedule: "0 3 * * *"\n+  schedule: "*/5 * * * *"',
  ],
  'a secret of another name': [
    failed('password authentication failed for user "checkout"'),
    'config',
    'k8s/deployment.yaml',
    '   secretKeyRef:\n-    name: checkout-db\n+    name: checkout-db-v2',
  ],
  'IAM: fewer actions': [
    failed('AccessDenied: not authorized to perform s3:PutObject'),
    'config',
    'infra/iam.tf',
    '-    actions = ["s3:GetObject", "s3:PutObject"]\n+    actions = ["s3:GetObject"]',
  ],
  'JVM: a smaller heap': [
    slow('Garbage collection stops checkout for 2 s', 'gc-pause'),
    'config',
    'Dockerfile',
    '-ENV JAVA_OPTS="-Xmx3g"\n+ENV JAVA_OPTS="-Xmx700m"',
  ],
  'a validation': [
    failed('422 Unprocessable Entity: phone is invalid'),
    'deploy',
    'app/models/contact.rb',
    '-  validates :phone, presence: true\n+  validates :phone, presence: true, format: { with: /\\A\\+[1-9]\\d{6,14}\\z/ }',
  ],
  'a context that ends too early': [
    failed('publish failed: context canceled'),
    'deploy',
    'internal/orders/create.go',
    '-\tif err := s.events.Publish(ctx, o); err != nil {\n-\t\treturn err\n-\t}\n+\tgo s.events.Publish(ctx, o)',
  ],
  'a debug level': [
    slow('checkout: its disk is 97 % full', 'resource-saturation'),
    'config',
    'logback.xml',
    '-  <root level="INFO">\n+  <root level="DEBUG">',
  ],
  'a lookup in a loop': [
    slow('checkout calls GET /stock 40 times', 'n-plus-one-calls'),
    'deploy',
    'src/cart.py',
    '-    stock = client.get_many([i.sku for i in items])\n+    stock = [client.get(i.sku) for i in items]',
  ],
  'a commit for each row': [
    LATENCY,
    'deploy',
    'src/import.py',
    '     for row in rows:\n         db.insert(row)\n-    db.commit()\n+        db.commit()',
  ],
  'a URL of another environment': [
    failed('404 Not Found: GET /stock'),
    'config',
    'config/prod.env',
    '-STOCK_URL=http://stock.prod\n+STOCK_URL=http://stock.staging',
  ],
  'a probe that asks another path': [
    { cause: 'not-ready', title: 'checkout runs but is not ready', symptom: 'failed' },
    'config',
    'k8s/deployment.yaml',
    '   readinessProbe:\n     httpGet:\n-      path: /up\n+      path: /health/ready',
  ],
  'another model': [LATENCY, 'deploy', 'ranker.yaml', '-model: rank-b8\n+model: rank-b9'],
  'the key of a provider': [
    failed('401 Unauthorized: the grant is invalid or revoked'),
    'config',
    'prod.env',
    '-GEO_API_KEY=[hidden 1]\n+GEO_API_KEY=[hidden 2]',
  ],
  'a queue that nobody reads any longer': [
    failed("cannot send to 'bookings.in': its depth is at the maximum"),
    'deploy',
    'src/main/resources/application.yml',
    '-  inbox: bookings.in\n+  inbox: bookings.in.v2',
  ],
  'a probe that waits less': [
    CRASH,
    'config',
    'k8s/deployment.yaml',
    '   livenessProbe:\n-    timeoutSeconds: 10\n+    timeoutSeconds: 1',
  ],
};

const BESIDE: readonly Change[] = [
  changed(-45, { kind: 'flag', service: '', id: 'help-widget-v2', text: 'help-widget-v2 on' }),
  changed(-110, { id: 'd-1', text: 'Counter', files: ['src/m.go'], diff: '@@ src/m.go @@\n+\tdone.Inc()' }),
  changed(-90, { kind: 'config', id: 'c-1', text: 'Bit more memory', diff: '-    memory: 512Mi\n+    memory: 640Mi' }),
  changed(-60, { service: 'web', id: 'd-2', text: 'Typos', files: ['locales/de.json'] }),
];

describe.each(Object.entries(STORIES))('%s', (_, [cause, kind, file, lines]) => {
  const diff = `--- a/${file}\n+++ b/${file}\n@@ -1,9 +1,9 @@\n${lines}`;
  const made = changed(-150, { id: 'culprit', kind, text: 'PLAT-1234', files: [file], diff });

  test('is named beside others', () => {
    expect(namedBehind(symptomsOf(cause), [...BESIDE, made])).toBe('culprit');
  });

  test('without it, none is named', () => {
    expect(namedBehind(symptomsOf(cause), BESIDE)).toBeUndefined();
  });
});
