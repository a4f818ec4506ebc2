import { type TechniquePair, testTechniques } from '#test/technique-pairs.ts';

const PAIRS: readonly TechniquePair[] = [
  [
    'src/main/resources/db/V12__ports.sql',
    'migration checksum mismatch for migration version 12',
    'unable to obtain connection from database',
  ],
  [
    '+  multi_cluster_routing_use_any = true',
    'single-row transactions are not allowed by this app profile',
    'deadline exceeded',
  ],
  [
    '-    subscriptions = { "sale-read" = {} }',
    'notfound: resource not found (resource=sale-read)',
    'resource has been exhausted',
  ],
  [
    '+    mode: REGISTRY_ONLY',
    '"post / http/1.1" 502 - blackholecluster',
    '"post / http/1.1" 503 uh no_healthy_upstream',
  ],
  ['+      timeoutPolicy:', 'error: upstream request timeout', 'connect: connection refused'],
  [
    'ALTER TABLE SHOP.SALES DROP COLUMN OLD;',
    'sqlcode=-668, sqlstate=57016, sqlerrmc=7;shop.sales',
    'sqlcode=-668, sqlstate=57016, sqlerrmc=1;shop.sales',
  ],
  ['+set -euo pipefail', '/opt/app/run: line 3: app_home: unbound variable', '/opt/app/run: line 3: java: not found'],
  [
    'MATCH (x)-[*1..4]-(m) RETURN count(x)',
    'dbms.memory.transaction.total.max threshold reached',
    'deadlock detected: forseti client',
  ],
];

testTechniques('a change and a failure share what stands beneath', PAIRS);
