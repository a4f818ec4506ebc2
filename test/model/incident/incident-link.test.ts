import { expect, test } from 'vitest';
import { ADDRESS_CHARS, labelOfAddress, readAddress } from '#model/incident/incident-link.ts';

test.each([
  'https://grafana.example/d/abc/checkout?orgId=1&from=now-1h&var-service=checkout',
  'https://kibana.example/app/discover#/?_g=(time:(from:now-1h,to:now))&_a=(query:(language:kuery))',
  'https://acme.slack.com/archives/C0123ABCD/p1700000000000000?thread_ts=1700000000.000000',
  'https://docs.google.com/document/d/1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvWxYz12345678/edit#heading=h.1',
  'http://10.0.0.7:3000/d/1',
])('keeps every sign of %s', (url) => {
  expect(readAddress(url)).toEqual({ url, isRedacted: false });
});

test.each([
  ['https://bob:hunter2@h.example/d', 'https://h.example/d'],
  ['https://bob@h.example/d', 'https://h.example/d'],
  ['https://h.example/x?token=abcdefgh1234567890&y=1', 'https://h.example/x?y=1'],
  ['https://zoom.us/j/9?pwd=Q2hlY2tvdXQ', 'https://zoom.us/j/9'],
  ['https://h.example/d#access_token=abcDEF1234567890abcdef&state=1', 'https://h.example/d#state=1'],
  ['https://h.example/#/board?password=hunter2&y=1', 'https://h.example/#/board?y=1'],
  ['https://h.example/?q=a&owner=kim%40acme.com', 'https://h.example/?q=a'],
  ['https://s3.example/a.png?X-Amz-Signature=abcdef0123456789abcdef0123456789&v=1', 'https://s3.example/a.png?v=1'],
])('leaves the credentials out of %s', (typed, url) => {
  expect(readAddress(typed)).toEqual({ url, isRedacted: true });
});

test.each([
  ['https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX', 'cannot be left out'],
  ['https://h.example/users/kim%40acme.com', 'cannot be left out'],
  ['ftp://h.example/x', 'begins with `https://`'],
  ['javascript:alert(1)', 'begins with `https://`'],
  ['https://', 'begins with `https://`'],
  ['https://h .example/', 'begins with `https://`'],
  [`https://h.example/${'x'.repeat(3_000)}`, 'This link has 3,018 characters'],
  [`https://h.example/${'ä'.repeat(ADDRESS_CHARS - 20)}`, 'too long once'],
])('refuses %s', (typed, problem) => {
  expect(readAddress(typed)).toEqual({ problem: expect.stringContaining(problem) });
});

test('a host in another script is shown as its code, so that it looks like no other host', () => {
  expect(readAddress('https://grаfana.example/d')).toMatchObject({ url: 'https://xn--grfana-4nf.example/d' });
});

test('a page without words is named by its host and path', () => {
  expect(labelOfAddress('https://wiki.example/')).toBe('wiki.example');
  expect(labelOfAddress('https://wiki.example/a%20b?q=1')).toBe('wiki.example/a b');
  expect(labelOfAddress(`https://wiki.example/${'x'.repeat(200)}`).length).toBeLessThanOrEqual(81);
});
