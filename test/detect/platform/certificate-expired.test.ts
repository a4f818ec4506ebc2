import { expect, test } from 'vitest';
import { certificateExpired } from '#detect/platform/certificate-expired.ts';
import { logLine } from '#test/log-line.ts';
import { ago, event, NO_WINDOW, platformFindings, printed, service, testPlatformDetector } from '#test/platform.ts';

function certificate(status: object, spec: object = {}) {
  return {
    kind: 'Certificate',
    metadata: { name: 'pay-tls', namespace: 'shop' },
    spec: { secretName: 'pay-tls-secret-4f8a2k9x7m', dnsNames: ['payment.shop.svc'], ...spec },
    status,
  };
}

function ingress(...services: readonly string[]) {
  const paths = services.map((name) => ({ path: `/${name}`, backend: { service: { name, port: { number: 80 } } } }));
  return {
    kind: 'Ingress',
    metadata: { name: 'shop', namespace: 'shop' },
    spec: { tls: [{ secretName: 'pay-tls-secret-4f8a2k9x7m' }], rules: [{ host: 'shop.example', http: { paths } }] },
  };
}

function notReady(reason: string, since: number, message = `it is ${reason}`) {
  return { conditions: [{ type: 'Ready', status: 'False', reason, message, lastTransitionTime: ago(since) }] };
}

/** cert-manager has begun its first attempt. */
function firstIssue(since: number) {
  const reason = { reason: 'DoesNotExist', message: 'Issuing certificate as Secret does not exist' };
  return {
    conditions: [
      { type: 'Ready', status: 'False', ...reason, lastTransitionTime: ago(since) },
      { type: 'Issuing', status: 'True', ...reason, lastTransitionTime: ago(since) },
    ],
  };
}

const GO =
  'Get "https://payment.shop.svc:8443/pay": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2025-01-06T14:20:00Z is';
const EXPIRED = [1, 2, 3].map((at) => logLine('web', at, `${GO} after 2025-01-06T09:00:00Z`));

testPlatformDetector(certificateExpired, {
  clear: {
    'a certificate of next month': { objects: [certificate({ notAfter: ago(-2_600_000) })] },
    'a renewal that fails while the old one is valid': {
      objects: [certificate({ ...notReady('Failed', 9000), notAfter: ago(-90_000) })],
    },
    'a certificate that was just asked for, in lists that do not say when': {
      write: printed,
      window: NO_WINDOW,
      objects: [certificate(firstIssue(50)), event('Pulled', 'Image pulled', { first: 2, last: 2 })],
    },
    'a certificate that is being issued': { objects: [certificate(notReady('Issuing', 300))] },
    'a clock that is wrong': {
      window: NO_WINDOW,
      objects: [service('payment')],
      logs: [1, 2, 3].map((at) => logLine('web', at, `${GO} before 2026-01-06T09:00:00Z`)),
    },
    'two lines': { window: NO_WINDOW, objects: [service('payment')], logs: EXPIRED.slice(1) },
    'the certificate of a registry': {
      window: NO_WINDOW,
      objects: [event('Failed', 'Failed to pull image "r.example.com/a": x509: certificate has expired', { count: 9 })],
    },
  },
  found: {
    'a certificate that cert-manager could not renew': {
      objects: [certificate({ ...notReady('Expired', 19_800), notAfter: ago(19_800) })],
      sightings: [
        {
          service: 'payment',
          title: /^The certificate of pay-tls has expired at 09:00:00 UTC$/,
          remedy: /writes the Secret pay-tls-secret-4f8a2k9x7m/,
        },
      ],
    },
    'a certificate that an Ingress presents for one Service': {
      window: NO_WINDOW,
      objects: [
        certificate(notReady('DoesNotExist', 3000), { dnsNames: ['kasse.example.com'] }),
        ingress('checkout'),
        event('IssuerNotFound', 'clusterissuer.cert-manager.io "internal-ca" not found', {
          about: ['CertificateRequest', 'pay-tls-1'],
          type: 'Normal',
        }),
      ],
      sightings: [{ service: 'checkout', explanation: /"internal-ca" not found/ }],
    },
    'an Ingress with several Services, one of them called like the host of its certificate': {
      window: NO_WINDOW,
      objects: [
        certificate(notReady('DoesNotExist', 3000), { dnsNames: ['kasse.example.com'] }),
        ingress('a', 'b'),
        service('kasse'),
      ],
      sightings: [{ service: 'kasse' }],
    },
    'a certificate of a host that is no workload and no Service': {
      window: NO_WINDOW,
      objects: [certificate(notReady('DoesNotExist', 3000), { dnsNames: ['www.example.com'] }), ingress('a', 'b')],
      sightings: [{ service: 'pay-tls' }],
    },
    'a first attempt that goes on for an hour, in lists that do not say when': {
      write: printed,
      window: NO_WINDOW,
      objects: [certificate(firstIssue(3600)), event('Pulled', 'Image pulled', { first: 2, last: 2 })],
      sightings: [{ title: /^The certificate of pay-tls was never issued$/ }],
    },
    'a certificate that was never issued': {
      objects: [certificate(notReady('DoesNotExist', 3000, 'Issuing certificate as Secret does not exist'))],
      sightings: [{ title: /^The certificate of pay-tls was never issued$/, explanation: /Secret does not exist/ }],
    },
    'a webhook, by its events': {
      window: NO_WINDOW,
      objects: [
        event(
          'FailedCreate',
          'Error creating: Internal error occurred: failed calling webhook "pods.guard.io": failed to call webhook: Post "https://guard.policy.svc:443/pods": x509: certificate has expired or is not yet valid: current time 2025-01-06T14:20:00Z is after 2025-01-06T09:00:00Z',
          { about: ['ReplicaSet', 'payment-1'], count: 12 },
        ),
      ],
      sightings: [{ service: 'guard', title: /^The certificate of guard\.policy\.svc has expired/ }],
    },
  },
});

test('lines of a caller name the server that presents it, and belong to its Certificate', () => {
  const drawn = { window: { ...NO_WINDOW, service: 'payment' }, logs: EXPIRED };
  expect(platformFindings(certificateExpired, { ...drawn, objects: [service('payment')] })).toMatchObject([
    {
      service: 'payment',
      title: 'The certificate of payment.shop.svc has expired at 09:00:00 UTC',
      facts: { count: 3 },
    },
  ]);
  const objects = [certificate({ notAfter: ago(19_800) })];
  expect(platformFindings(certificateExpired, { ...drawn, objects })).toMatchObject([
    { service: 'payment', facts: { name: 'pay-tls', count: 3 } },
  ]);
});

const SAID = {
  Java: 'PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed: NotAfter: Mon Jan 06 09:00:00 UTC 2025',
  'an older Java': 'java.security.cert.CertPathValidatorException: timestamp check failed',
  '.NET': 'The remote certificate is invalid because of errors in the certificate chain: NotTimeValid',
  rustls: 'invalid peer certificate: Expired',
  GnuTLS: 'The certificate is NOT trusted. The certificate chain uses expired certificate.',
  Node: 'certificate has expired CERT_HAS_EXPIRED',
};

test.each(Object.entries(SAID))('%s of a caller, at a host of one’s own', (_, text) => {
  const logs = [1, 2, 3].map((at) =>
    logLine('web', at, `GET https://payment.internal.shop.example/pay failed: ${text}`),
  );
  const drawn = { window: { ...NO_WINDOW, service: 'payment' }, logs, objects: [service('payment')] };
  expect(platformFindings(certificateExpired, drawn)).toMatchObject([{ service: 'payment', facts: { count: 3 } }]);
});

test('a server whose certificate its clients refuse', () => {
  const words = 'http: TLS handshake error from 10.0.3.9:53842: remote error: tls: expired certificate';
  const logs = [1, 2, 3].map((at) => logLine('payment', at, words));
  const drawn = { window: { ...NO_WINDOW, service: 'payment' }, logs, objects: [service('payment')] };
  expect(platformFindings(certificateExpired, drawn)).toMatchObject([
    { service: 'payment', title: 'The certificate of payment has expired' },
  ]);
});

test('a certificate that is not valid yet has not expired', () => {
  const words = 'CertPathValidatorException: validity check failed: NotBefore: Mon Jan 06 09:00:00 UTC 2031';
  const logs = [1, 2, 3].map((at) => logLine('web', at, `GET https://payment.internal.shop.example/ failed: ${words}`));
  const drawn = { window: { ...NO_WINDOW, service: 'payment' }, logs, objects: [service('payment')] };
  expect(platformFindings(certificateExpired, drawn)).toEqual([]);
});
