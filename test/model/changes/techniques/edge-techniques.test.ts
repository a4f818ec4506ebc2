import { type TechniquePair, testTechniques } from '#test/technique-pairs.ts';

const PAIRS: readonly TechniquePair[] = [
  [
    'option httpchk GET /ready',
    'server be_cart/cart-1 is down, reason: layer7 wrong status, code: 404, info: "not found"',
    'server be_cart/cart-1 is up, reason: layer7 check passed',
  ],
  [
    'health_check { path = "/ready" }',
    'health checks failed with these codes: [404]',
    'target is in an availability zone that is not enabled',
  ],
  ['health_uri /ready', 'marked unhealthy: 10.0.0.7:8080', 'client disconnected'],
  [
    'override_action { none {} }',
    'the firewall blocks requests',
    'requests are blocked by the lock of another process',
  ],
  ['SecRuleEngine On', 'modsecurity: access denied with code 403 (phase 2)', 'client sent invalid host header'],
  [
    '  hostPort: 9200',
    "0/4 nodes are available: 4 node(s) didn't have free ports for the requested pod ports",
    '0/4 nodes are available: 4 insufficient cpu',
  ],
  [
    'networkMode: host',
    'the closest container-instance is already using a port required by your task',
    'the closest container-instance has insufficient memory available',
  ],
];

testTechniques('a change and a failure share what stands before services', PAIRS);
