/** How many users and tenants an impact had, where attributes name them. */
import { expect, test } from 'vitest';
import { peopleAmong } from '#model/requests/affected-people.ts';
import { requestCounts } from '#model/requests/request-counts.ts';
import { type SeenRequest, seenRequest } from '#model/requests/seen-request.ts';
import { call, server, traceOf } from '#test/trace.ts';

const READ = { source: 'jaeger', sample: 'all' } as const;

/** A request to `billing`, from `web` with attributes of its own. */
function request(ofBilling: Record<string, string>, more: { ofWeb?: Record<string, string>; failed?: boolean } = {}) {
  const { ofWeb = {}, failed = true } = more;
  const inner = server('billing', 'POST /invoices', { ms: 5, failed, attributes: ofBilling });
  const trace = traceOf(
    server('web', 'POST /pay', { ms: 10, failed, attributes: ofWeb }, [
      call('web', 'billing', 'POST', { ms: 6 }, [inner]),
    ]),
  );
  return seenRequest(trace, 'billing', READ);
}

test('reads the names of OpenTelemetry, older ones too, at the service in question and else at the root', () => {
  expect(request({ 'user.id': 'anna' }).sender).toEqual({ user: 'anna', tenant: '' });
  expect(request({ 'enduser.id': 'anna', 'tenant.id': 'acme' }).sender).toEqual({ user: 'anna', tenant: 'acme' });
  expect(request({}, { ofWeb: { 'enduser.pseudo.id': 'p-7' } }).sender).toEqual({ user: 'p-7', tenant: '' });
  expect(request({ 'user.id': 'inner' }, { ofWeb: { 'user.id': 'outer' } }).sender?.user).toBe('inner');
  // The one who runs the cloud is no tenant, and a name of a kind of user is no user.
  expect(request({ 'cloud.account.id': '12', 'user.roles': 'admin' }).sender).toEqual({ user: '', tenant: '' });
});

test('counts each once, among the failed and the slow requests alone', () => {
  const all = [
    request({ 'user.id': 'anna', 'tenant.id': 'acme' }),
    request({ 'user.id': 'anna', 'tenant.id': 'acme' }),
    request({ 'user.id': 'bo', 'tenant.id': 'acme' }),
    request({ 'user.id': 'carl', 'tenant.id': 'other' }, { failed: false }),
  ];
  const counts = requestCounts(all);
  expect(counts?.people).toEqual({ users: 2, tenants: 1 });
  expect(JSON.stringify(counts)).not.toMatch(/anna|bo"|acme/);
  const usual = Array.from({ length: 10 }, () => request({}, { failed: false }));
  const slow = { ...request({ 'user.id': 'carl' }, { failed: false }), durationUs: 90_000_000 };
  expect(requestCounts([...all, slow], usual)?.people).toEqual({ users: 3, tenants: 1 });
});

test('says nothing where no attribute names anybody, or redaction took the names', () => {
  expect(requestCounts([request({}), request({ 'user.id': ' ' })])).not.toHaveProperty('people');
  expect(requestCounts([request({ 'user.id': '[redacted:email]' })])).not.toHaveProperty('people');
  const old: Pick<SeenRequest, 'sender'> = {};
  expect(peopleAmong([old])).toBeUndefined();
});

test('stops counting where nobody needs more', () => {
  const many = Array.from({ length: 12_000 }, (_, at) => ({ sender: { user: `u-${at}`, tenant: 'acme' } }));
  expect(peopleAmong(many)).toEqual({ users: 10_000, tenants: 1 });
});
