/** Passwords as network devices store them, and tickets of products: secrets stand between ⟦ and ⟧. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const MARK = /\[redacted:[\w-]+\]/g;

test.each([
  "bgp 64812\n peer 10.9.0.2 password cipher ⟦%^%#Lf9t'MqR3yS(@w8X+u!f1Ad2~n.iV0zU5cO6hY%^%#⟧\n peer 10.9.0.2 timer 10",
  'snmp-agent community read cipher ⟦%^%#r8G/@vHk(Y2J$E]VLl_;j(dPQ6mX6V)G#VGqM%^%#⟧ acl 2010',
  "ike pre-shared-key cipher ⟦%@%@x7'Lf9tMqR3yS(@w8X+u!f1Ad2~n%@%@⟧",
  "radius shared-key ⟦@%@%x7'Lf9tMqR3yS(@w8X+u!f1Ad2~n@%@%⟧",
  'router isis core\n lsp-password hmac-md5 encrypted ⟦14172F120914668989⟧\n net 49.0001.00',
  '<pre-shared-key><key>⟦-AQ==RZtCTdi52azkMnwTfYFEnRP8h/9=vIVfv5LO5hJkCjg/t1kcwh==⟧</key></pre-shared-key>',
  'set system x "$⟦8$aes256-gcm$hmac-sha2-256$100$AAbbCC123$DDee456FF$GGhh789II⟧"',
  '{"ticket":"PVE:monitor:⟦7DE5A2A3::deGNtTJGzIiKlSmW6LaLxtRdFb/oUcHVqqRr8m6Ymomq⟧"}',
  '{"CSRFPreventionToken":"⟦654378F1:7iV54052ibvn7CTkqPHfQeB2J95n1hQOn3ek⟧"}',
  'youtrack import: Bearer ⟦perm:YW5uYQ==.NDctMTI=.Qrbps5git2GOwVBi4AySrrtI4U1l2⟧ project=KAS',
  'curl -X PUT http://couch:5984/_node/_local/_config/admins/anna -d \'"⟦Sohva.larch2⟧"\'',
])('redacts the secret of %s', (marked) => {
  const redacted = redact(marked.replaceAll(/[⟦⟧]/g, ''));
  expect(redacted.replaceAll(MARK, '⟦⟧')).toBe(marked.replaceAll(/⟦[^⟧]*⟧/g, '⟦⟧'));
  expect(redact(redacted)).toBe(redacted);
});

test.each([
  'perm:read project=KAS',
  'password cipher',
  'cipher suite TLS_AES_256_GCM_SHA384',
  'disk 95%^%# done',
  "printf '%@%@' x",
  'GET /%24%24/x%25 200',
  'load 12%$%$ 14',
  'value encrypted 2026',
  'traffic encrypted 13061E01',
  'public key encrypted by AES',
  'ring -A option: ls -AQ == x',
  'password for $8$ is missing',
  'GET http://couch:5984/_node/_local/_config/admins/anna 404',
  'PUT _config/admins/anna 401 unauthorized',
  'curl -X DELETE http://couch:5984/_node/_local/_config/admins/anna',
  'PVE:monitor:permission denied',
  'PVE:node1: storage local-lvm full',
  '{"ticket":"INC-1234"}',
  'CSRFPreventionToken missing',
])('keeps what has no secret: %s', (text) => {
  expect(redact(text)).toBe(text);
});
