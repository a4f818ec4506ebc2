/** Secrets by their place in calls, commands and patches. Secrets stand between ⟦ and ⟧. */
import { expect, test } from 'vitest';
import { redactJson } from '#analyse/redacted-json.ts';
import { redact } from '#model/redaction/redaction.ts';

const MARK = /\[redacted:[\w-]+\]/g;

test.each([
  'db.getSiblingDB("admin").auth("jo","⟦Larch9kiwi⟧")',
  'conn = psycopg2.connect("db", "jo", "⟦Larch9kiwi⟧")',
  "login('jo', '⟦Larch9kiwi⟧') failed",
  "crypto.createHmac('sha256', '⟦Larch9kiwi99⟧')",
  "jwt.sign(payload, '⟦Larch9kiwi⟧', { expiresIn: 3600 })",
  'etcdctl --user root:⟦Larch9kiwi7⟧ get /x',
  'winrs -r:h -u:jo -p:⟦Larch9kiwi⟧ ipconfig',
  'error: invalid key ⟦krn_prod_4f9aKdLmQpZxTyVbNw82⟧',
  '$ openssl rand -hex 16\n⟦4f9a1c0be27d5583aa6610ef92b3c471⟧',
  '>>> os.environ["API_KEY"]\n\'⟦Quiet9Lagoon⟧\'',
  'Hi Jo,\nyour initial password is\n\n    ⟦Quiet9Lagoon⟧\n\nPlease change it.',
  'PATCH /api/v1/namespaces/x/secrets/y body={"data":{"k":"⟦TGFyY2hraXdp⟧"}}',
  ' data:\n-  k: ⟦TGFyY2hraXdp⟧\n+  k: ⟦a2l3aWtpd2k5OTk5⟧\n kind: Secret',
  'root:$⟦6$rounds=5000$QhKsWxSnfAS0$2acvtlcY7OhU303k6U.GNUSOqeGc6Orb7bd2y00IsDQt3qk7gKE8niWAZpCzJUfskDbiuq1G.HBlWYi4Rjoq9L⟧:1:',
])('%s', (marked) => {
  const clean = redact(marked.replace(/[⟦⟧]/g, ''));
  expect(clean.replace(MARK, '⟦⟧')).toBe(marked.replace(/⟦[^⟧]*⟧/g, '⟦⟧'));
});

test.each([
  "auth('admin', 'read')",
  'bind("click", "submit1")',
  'docker run -u 1000 -p 8080:80 nginx',
  'rsync -u app:Backup-2 /x',
  'psql -U app -p 5433 db',
  'charge ch_3MtwBwLkdIwHu7ix28a3tqPa for cus_NffrFeUfNV2Hib failed, key rotated',
  'com_acme_app_OrderService2024Impl loaded',
  'publishable key pk_live_51TsL0C3C28DltUL5R1T4U8z',
  'GET /cache?key=orders-2024-01-01 HTTP/1.1',
  'kubectl patch configmap y -p \'{"data":{"x":"Quiet9Lagoon"}}\'',
])('%s has no secret', (text) => {
  expect(redact(text)).toBe(text);
});

test('a JSON Patch of a Secret', () => {
  const patched = (path: string) =>
    new TextDecoder().decode(
      redactJson(new TextEncoder().encode(JSON.stringify([{ op: 'add', path, value: 'aHVudGVy' }]))).bytes,
    );
  expect(patched('/stringData/url')).not.toContain('aHVudGVy');
  expect(patched('/data/db-password')).not.toContain('aHVudGVy');
  expect(patched('/data/region')).toContain('aHVudGVy');
});
