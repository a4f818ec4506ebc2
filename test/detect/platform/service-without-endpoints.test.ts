import { serviceWithoutEndpoints } from '#detect/platform/service-without-endpoints.ts';
import { logLine } from '#test/log-line.ts';
import { pod, quota, ready, service, testPlatformDetector } from '#test/platform.ts';

const ALL = { service: '', fromUs: Number.NaN, toUs: Number.NaN };

function well(more: Parameters<typeof pod>[0] = {}, container: object = { ports: [{ containerPort: 8080 }] }) {
  return pod({ conditions: [ready(900)], containers: [{ ready: true, ...container }], ...more });
}

function caller(value: string, variable = 'PAYMENT_ADDR') {
  return well(
    { name: 'web-1-a', owner: 'web-1', labels: { app: 'web' } },
    { ports: [{ containerPort: 80 }], env: [{ name: variable, value }] },
  );
}

const WEB = service('web', { ports: [{ port: 80, targetPort: 80 }] });
const COMPLAINTS = [1, 2, 3].map((at) => logLine('web', at, 'error: lookup pay on 10.0.0.10:53: no such host'));

function ingress(backend: object) {
  const rules = [{ host: 'shop.example.com', http: { paths: [{ path: '/pay', backend }] } }];
  return { kind: 'Ingress', metadata: { name: 'shop', namespace: 'shop' }, spec: { rules } };
}

function policy(name: string, spec: object) {
  return { kind: 'NetworkPolicy', metadata: { name, namespace: 'shop' }, spec: { podSelector: {}, ...spec } };
}

const TO_PAYMENT = { service: { name: 'payment', port: { number: 80 } } };
const CALLED = [WEB, service('payment'), well(), caller('payment:80')];
const TIMEOUTS = [1, 2, 3].map((at) => logLine('web', at, 'error: call payment: context deadline exceeded'));

/** As an access log of a gateway writes them. */
function answers(path: string, status: number, count = 12, writer = 'web') {
  return Array.from({ length: count }, (_, at) =>
    logLine(writer, at, `10.0.0.1 - - "GET ${path} HTTP/1.1" ${status} 31`),
  );
}

const FRONT = well({ name: 'web-1-a', owner: 'web-1', labels: { app: 'web' } }, { ports: [{ containerPort: 80 }] });
const ROUTED = [WEB, well(), FRONT];
const WORKING = answers('/api/users', 200);

/** The address is that of “Debug Services” in the documentation of Kubernetes. */
const TURNED = service('payment', { ports: [{ port: 80, targetPort: 9376 }], spec: { clusterIP: '10.0.1.175' } });

const GRPC = { name: 'grpc', port: 9000, targetPort: 'grpc-api' };

/** The addresses behind the Service `payment`, as the controller writes them. */
function slice(ports: readonly object[]) {
  const labels = { 'kubernetes.io/service-name': 'payment' };
  const endpoints = [{ addresses: ['10.42.1.8'], conditions: { ready: true } }];
  return { kind: 'EndpointSlice', metadata: { name: 'payment-x', namespace: 'shop', labels }, endpoints, ports };
}

testPlatformDetector(serviceWithoutEndpoints, {
  clear: {
    'a target port by a name, in lists without names, that the endpoints have': {
      window: ALL,
      objects: [
        service('payment', { ports: [GRPC] }),
        well({}, { ports: [{ containerPort: 8080 }] }),
        slice([{ name: 'grpc', port: 8080 }]),
      ],
    },
    'refusals of another address': {
      window: ALL,
      objects: [TURNED, WEB, well()],
      logs: [1, 2, 3].map((at) => logLine('web', at, 'Error: connect ECONNREFUSED 10.0.1.17:80')),
    },
    'a path that sometimes works': {
      window: ALL,
      objects: ROUTED,
      logs: [...WORKING, ...answers('/api/payment/pay', 404), ...answers('/api/payment/list', 200, 1)],
    },
    'a gateway on which nothing works': {
      window: ALL,
      objects: ROUTED,
      logs: [...answers('/api/users', 404), ...answers('/api/payment/pay', 404)],
    },
    'a path that few ask for': {
      window: ALL,
      objects: ROUTED,
      logs: [...WORKING, ...answers('/api/payment/pay', 404, 9)],
    },
    'a service that logs its own answers': {
      window: ALL,
      objects: ROUTED,
      logs: [...answers('/api/users', 200, 12, 'payment'), ...answers('/api/payment/pay', 404, 12, 'payment')],
    },
    'a service that refuses requests': {
      window: ALL,
      objects: ROUTED,
      logs: [...WORKING, ...answers('/api/payment/pay', 401)],
    },
    'an Ingress that leads to a Service': { window: ALL, objects: [service('payment'), well(), ingress(TO_PAYMENT)] },
    'an Ingress that leads to an external name': {
      window: ALL,
      objects: [
        service('payment', {
          selector: {},
          ports: [],
          spec: { type: 'ExternalName', externalName: 'pay.example.com' },
        }),
        ingress({ service: { name: 'payment', port: { number: 443 } } }),
      ],
    },
    'an Ingress whose backend is no Service': {
      window: ALL,
      objects: [service('payment'), ingress({ resource: { kind: 'StorageBucket', name: 'static' } })],
    },
    'addresses that somebody entered': {
      window: ALL,
      objects: [
        WEB,
        service('payment', { selector: {} }),
        caller('payment:80'),
        {
          kind: 'EndpointSlice',
          metadata: { name: 'payment-x', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'payment' } },
          endpoints: [{ addresses: ['10.0.0.9'] }],
        },
      ],
    },
    'policies that allow the caller, each by another way': {
      window: ALL,
      logs: TIMEOUTS,
      objects: [
        ...CALLED,
        policy('deny-all', {}),
        policy('web', {
          podSelector: { matchLabels: { app: 'payment' } },
          ingress: [
            { from: [{ podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] } }] },
          ],
        }),
      ],
    },
    'a policy that allows a block of addresses': {
      window: ALL,
      logs: TIMEOUTS,
      objects: [...CALLED, policy('vpc', { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] })],
    },
    'a policy that allows the port and the namespace': {
      window: ALL,
      logs: TIMEOUTS,
      objects: [
        ...CALLED,
        policy('port', {
          policyTypes: ['Ingress', 'Egress'],
          ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 8080 }] }],
          egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }, { to: [{ podSelector: {} }] }],
        }),
      ],
    },
    'a policy of other pods': {
      window: ALL,
      logs: TIMEOUTS,
      objects: [...CALLED, policy('db', { podSelector: { matchLabels: { app: 'db' } } })],
    },
    'a Service that leads to its pods': { window: ALL, objects: [service('payment'), well()] },
    'a colour that is switched off': {
      window: ALL,
      objects: [service('payment'), service('payment-green', { selector: { app: 'payment', color: 'green' } }), well()],
    },
    'a Service without a selector': { window: ALL, objects: [service('payment', { selector: {} }), well()] },
    'an external name': {
      window: ALL,
      objects: [service('payment', { selector: {}, spec: { type: 'ExternalName', externalName: 'pay.example.com' } })],
    },
    'a port that only a probe names': {
      window: ALL,
      objects: [
        service('payment'),
        well({}, { ports: [{ containerPort: 9090 }], probes: { readinessProbe: { tcpSocket: { port: 8080 } } } }),
      ],
    },
    'containers that declare no port': { window: ALL, objects: [service('payment'), well({}, {})] },
    'an optional address that nobody misses': {
      window: ALL,
      objects: [WEB, caller('assistant:80', 'ASSISTANT_ADDR')],
      logs: [logLine('web', 1, 'GET / 200')],
    },
    'an address outside of the cluster': { window: ALL, objects: [WEB, caller('pay.example.com:443')] },
    'Services that nobody listed': { window: ALL, objects: [caller('pay:80')] },
  },
  found: {
    'an Ingress whose Service does not exist': {
      window: ALL,
      objects: [WEB, ingress(TO_PAYMENT)],
      sightings: [
        {
          service: 'shop',
          title: /: the Ingress shop sends shop\.example\.com\/pay to the Service payment, which does not exist$/,
          facts: { sure: true },
        },
      ],
    },
    'an Ingress that names the port of the container': {
      window: ALL,
      objects: [service('payment'), well(), ingress({ service: { name: 'payment', port: { number: 8080 } } })],
      sightings: [{ service: 'shop', title: /to port 8080 of the Service payment, which has no such port$/ }],
    },
    'a Service for which somebody should have entered addresses': {
      window: ALL,
      objects: [
        WEB,
        service('payment', { selector: {} }),
        caller('payment:80'),
        { kind: 'Endpoints', metadata: { name: 'payment', namespace: 'shop' }, subsets: [] },
      ],
      logs: TIMEOUTS,
      sightings: [{ service: 'payment', title: /has no selector, and nobody entered/, facts: { sure: true } }],
    },
    'a policy that shuts a Service off': {
      window: ALL,
      logs: TIMEOUTS,
      objects: [
        ...CALLED,
        policy('only-till', {
          podSelector: { matchLabels: { app: 'payment' } },
          ingress: [{ from: [{ podSelector: { matchLabels: { app: 'till' } } }] }],
        }),
      ],
      sightings: [
        {
          service: 'payment',
          title: /: the network policy only-till does not allow connections from web to payment$/,
          facts: { sure: true, complaints: 3 },
        },
      ],
    },
    'a policy that allows another port': {
      window: ALL,
      logs: TIMEOUTS,
      objects: [...CALLED, policy('port', { ingress: [{ ports: [{ port: 9090 }] }] })],
      sightings: [{ service: 'payment' }],
    },
    'a policy that forbids every way out, DNS included': {
      window: ALL,
      logs: TIMEOUTS,
      objects: [
        ...CALLED,
        policy('no-egress', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'] }),
      ],
      sightings: [{ service: 'web', title: /no-egress does not let web ask the DNS server \(port 53\)$/ }],
    },
    'a policy that allows only DNS out': {
      window: ALL,
      logs: TIMEOUTS,
      objects: [...CALLED, policy('dns', { policyTypes: ['Egress'], egress: [{ ports: [{ port: 53 }] }] })],
      sightings: [{ service: 'web', title: /dns does not allow connections of web to payment$/ }],
    },
    'a path that leads nowhere': {
      window: ALL,
      objects: [
        ...ROUTED,
        well({ name: 'shop-order-service-1-a', owner: 'shop-order-service-1', labels: { app: 'shop-order-service' } }),
        well({
          name: 'shop-old-order-1-a',
          owner: 'shop-old-order-service-1',
          labels: { app: 'shop-old-order-service' },
        }),
      ],
      logs: [...WORKING, ...answers('/api/v1/orderservice/order', 404), ...answers('/api/v1/orderservice/list', 404)],
      sightings: [
        {
          service: 'shop-order-service',
          title: /no route leads to shop-order-service: all 24 requests .* get 404, and other paths work$/,
          facts: { unread: 'the routes of the gateway', callers: 'web' },
        },
      ],
    },
    'a path on which the gateway gets no answer': {
      window: ALL,
      objects: ROUTED,
      logs: [...WORKING, ...answers('/api/payment/pay', 503), ...answers('/api/payment/pay', 499, 2)],
      sightings: [{ service: 'payment', title: /the route to payment gets no response: all 12 requests/ }],
    },
    'a selector with another value': {
      window: ALL,
      objects: [service('payment', { selector: { app: 'payments' } }), well()],
      sightings: [
        {
          service: 'payment',
          title: /the selector of Service payment \(app=payments\) matches no pod; its pods have app=payment$/,
          facts: { sure: true },
        },
      ],
    },
    'a selector with another name': {
      window: ALL,
      objects: [service('payment', { selector: { application: 'payment' } }), well()],
      sightings: [{ title: /its pods have app=payment$/ }],
    },
    'a target port that no container declares': {
      window: ALL,
      objects: [service('payment', { ports: [{ port: 80, targetPort: 8081 }] }), well()],
      sightings: [
        {
          title: /port 80\/TCP leads to target port 8081, but the containers listen on 8080\/TCP$/,
          facts: { sure: false },
        },
      ],
    },
    'a target port at which callers are refused': {
      window: ALL,
      objects: [service('payment', { ports: [{ port: 50, targetPort: 8081 }] }), well()],
      logs: [1, 2, 3].map((at) => logLine('web', at, 'dial tcp 10.0.0.7:50: connect: connection refused')),
      sightings: [{ facts: { sure: true, complaints: 3 } }],
    },
    'a target port, where callers name the address of the Service': {
      window: ALL,
      objects: [TURNED, WEB, well()],
      logs: [1, 2, 3].map((at) => logLine('web', at, 'Error: connect ECONNREFUSED 10.0.1.175:80')),
      sightings: [{ service: 'payment', facts: { sure: true, complaints: 3 } }],
    },
    'a target port by a name that is not there': {
      window: ALL,
      objects: [
        service('payment', { ports: [{ port: 80, targetPort: 'web' }] }),
        well({}, { ports: [{ name: 'http', containerPort: 8080 }] }),
      ],
      sightings: [{ facts: { cause: 'port-name', sure: true } }],
    },
    'a target port by a name that the endpoints leave out': {
      window: ALL,
      objects: [service('payment', { ports: [GRPC] }), well({}, { ports: [{ containerPort: 8080 }] }), slice([])],
      sightings: [{ facts: { cause: 'port-name', sure: true } }],
    },
    'another protocol': {
      window: ALL,
      objects: [service('payment', { ports: [{ port: 80, targetPort: 8080, protocol: 'UDP' }] }), well()],
      sightings: [{ title: /has the wrong protocol/ }],
    },
    'an address that names no Service': {
      window: ALL,
      objects: [WEB, caller('pay:80')],
      logs: COMPLAINTS,
      sightings: [
        {
          service: 'web',
          title: /^Calls to pay fail: PAYMENT_ADDR=pay:80 in web is a wrong address: no Service has the name pay$/,
          explanation: /3 log lines report failed calls to pay/,
        },
      ],
    },
    'a Service that is not there while its pods are': {
      window: ALL,
      objects: [WEB, well(), caller('payment:80')],
      sightings: [
        {
          service: 'payment',
          title: /the Service payment does not exist/,
          facts: { sure: false, unread: 'the quotas of the namespace (kubectl get resourcequota)' },
        },
      ],
    },
    'a Service that is not there, and quotas that leave room': {
      window: ALL,
      objects: [WEB, well(), caller('payment:80'), quota('most', { services: ['1', '5'] })],
      sightings: [{ service: 'payment', facts: { unread: '' } }],
    },
    'a port that the Service does not offer': {
      window: ALL,
      objects: [WEB, service('payment'), well(), caller('payment:8080')],
      sightings: [{ service: 'web', title: /the Service payment offers port 80$/ }],
    },
  },
});
