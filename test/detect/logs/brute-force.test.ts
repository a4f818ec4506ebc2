import { bruteForce } from '#detect/logs/brute-force.ts';
import { every, said, testLogDetector, together } from '#test/window.ts';

const ACCOUNTS = ['admin', 'support', 'root'];
/** The guide's: 47 attempts from 14:15 to 14:45. */
const attack = every(47, -900, 900, (at, n) =>
  said(at + (n % 7), 'auth', 'warn', `Failed login for user ${ACCOUNTS[n % 3]} from 192.0.2.5: invalid password`),
);
const people = every(200, -900, 900, (at, n) =>
  said(at, 'auth', 'info', `Login successful for user u${n} from 198.51.100.${n % 200}`),
);

testLogDetector(bruteForce, {
  found: {
    'logins that one line counts, with a bare address': {
      lines: [said(4, 'portal', 'warn', '198.51.100.9: 2200 failed sign-ins over 300 users in the last five minutes')],
      sightings: [{ service: 'portal', title: /198\.51\.100\.9/ }],
    },
    'events of Keycloak, whose quotes stand escaped in a JSON line': {
      lines: every(60, 0, 300, (at, n) =>
        said(
          at + (n % 3),
          'keycloak',
          'warn',
          JSON.stringify({
            level: 'WARN',
            message: 'type="LOGIN_ERROR", ipAddress="203.0.113.7", error="invalid_user_credentials", username="admin"',
          }),
        ),
      ),
      sightings: [{ service: 'keycloak', title: /60 failed logins from 203\.0\.113\.7 on 1 account \(admin\)/ }],
    },
    'requests to the door in the words of a framework': {
      lines: every(40, 0, 400, (at, n) =>
        said(at, 'auth', 'warn', `POST /login HTTP/1.1 401 user=user${n} client=203.0.113.7`),
      ),
      sightings: [{ service: 'auth' }],
    },
    'the guide’s: 47 attempts on admin, support and root from one address': {
      lines: together(attack, people),
      sightings: [
        {
          service: 'auth',
          title: /^auth: 47 failed logins from 192\.0\.2\.5 on 3 accounts \(admin, support, root\)$/,
          explanation: /^One origin tries passwords on a few accounts/,
        },
      ],
    },
    'the same, and then one of them gets in': {
      lines: together(attack, [said(920, 'auth', 'info', 'Login successful for user support from 192.0.2.5')]),
      sightings: [
        {
          title:
            /^auth: 47 failed logins from 192\.0\.2\.5 on 3 accounts \(admin, support, root\), then a login as support succeeded$/,
          explanation: /One origin tries passwords on a few accounts\./,
          lines: 48,
        },
      ],
    },
    'a few lines of many attempts, which they count': {
      lines: every(7, 0, 1, (at, n) =>
        said(at, 'tenant', 'warn', `login failed for user u${n} from 203.0.113.9 (attempt ${211 + n} in 60 s)`),
      ),
      sightings: [{ service: 'tenant', title: /^tenant: 217 failed logins from 203\.0\.113\.9 on 7 accounts/ }],
    },
    ...Object.fromEntries(
      [
        'trace_id=66fd2f span_id=51a2 login failed for chef@shop.example from 203.0.113.9 (217 in 5 min)',
        'login failed for bob from 203.0.113.9: 217 failed logins in the last 5 minutes',
        'credential stuffing suspected: 217 distinct accounts tried by 203.0.113.9 within 5 min',
        '217 failed logins for 96 accounts from 203.0.113.9 within five minutes',
      ].map((line) => [
        `one line that counts many attempts: ${line}`,
        {
          lines: [said(0, 'tenant', 'warn', line)],
          sightings: [{ title: /^tenant: 217 failed logins from 203\.0\.113\.9/ }],
        },
      ]),
    ),
    ...Object.fromEntries(
      [
        [
          'unknown api key, 203.0.113.9, number 217 in 6 min, keys are counted up',
          /^tenant: 217 refused tries from 203\.0\.113\.9/,
        ],
        ['share token not found, 203.0.113.9, 217th in 11 min', /^tenant: 217 refused tries from 203\.0\.113\.9/],
        [
          'card_declined (stolen_card) 203.0.113.9; 217 cards from this address in 12 min',
          /^tenant: 217 refused tries/,
        ],
        ['reset code wrong for ida@shop.example, try 217', /^tenant: 217 refused tries on /],
        [
          'voucher XMAS-7 unknown: 217 vouchers tried by one device in 3 min',
          /^tenant: 217 refused tries from one device/,
        ],
      ].map(([line, title]) => [
        `one line that counts tries of another secret: ${line}`,
        { lines: [said(0, 'tenant', 'warn', String(line))], sightings: [{ title }] },
      ]),
    ),
    'lines without an origin beside one that counts the attempts of an origin': {
      lines: [
        said(
          0,
          'rights',
          'warn',
          'Authentication did not succeed for user ID admin. An invalid password was specified.',
        ),
        said(9, 'rights', 'warn', '412 failed logins from 198.51.100.7 in 5 min over 388 user ids'),
      ],
      sightings: [{ title: /^rights: 412 failed logins from 198\.51\.100\.7 on 1 account \(admin\)/, lines: 2 }],
    },
    'many accounts from one address': {
      lines: every(40, 0, 600, (at, n) =>
        said(at, 'auth', 'warn', `{"message":"authentication failed","username":"user${n}","client_ip":"203.0.113.9"}`),
      ),
      sightings: [{ explanation: /^One origin tries a few passwords on many accounts/ }],
    },
    'one account from many addresses': {
      lines: every(30, 0, 600, (at, n) =>
        said(at, 'auth', 'warn', `Failed password for alice from 203.0.113.${n % 10} port ${40000 + n} ssh2`),
      ),
      sightings: [{ title: /30 failed logins on alice from 10 addresses/ }],
    },
    'sshd, as it writes it': {
      lines: every(25, 0, 300, (at, n) =>
        said(
          at + (n % 3),
          'host',
          '',
          `Jan  6 14:30:01 web sshd[${n}]: Failed password for invalid user oracle from 192.0.2.77 port ${n} ssh2`,
        ),
      ),
      sightings: [{ title: /25 failed logins from 192\.0\.2\.77 on 1 account \(oracle\)/ }],
    },
    'an event that is named in one word, as many applications log it': {
      lines: every(30, 0, 600, (at, n) =>
        said(
          at + (n % 3),
          'auth',
          'warn',
          `{"event":"login_failed","user":"${ACCOUNTS[n % 3]}","source_ip":"192.0.2.5"}`,
        ),
      ),
      sightings: [{ title: /30 failed logins from 192\.0\.2\.5 on 3 accounts/ }],
    },
    'Keycloak’s event': {
      lines: every(30, 0, 600, (at, n) =>
        said(
          at + (n % 3),
          'auth',
          'warn',
          `[org.keycloak.events] type="LOGIN_ERROR", clientId="web", ipAddress="192.0.2.5", error="invalid_user_credentials", username="${ACCOUNTS[n % 3]}"`,
        ),
      ),
      sightings: [{ title: /30 failed logins from 192\.0\.2\.5 on 3 accounts/ }],
    },
    'Elastic’s fields': {
      lines: every(30, 0, 600, (at, n) =>
        said(
          at + (n % 3),
          'auth',
          '',
          `{"event.action":"user_login","event.outcome":"failure","user.name":"${ACCOUNTS[n % 3]}","source.ip":"192.0.2.5"}`,
        ),
      ),
      sightings: [{ title: /30 failed logins from 192\.0\.2\.5/ }],
    },
    'a web server that answers 401': {
      lines: every(20, 0, 120, (at, n) =>
        said(
          at + (n % 4) * 0.7,
          'edge',
          '',
          `192.0.2.8 - - [06/Jan/2025:14:30:00 +0000] "POST /api/login HTTP/1.1" 401 ${n}`,
        ),
      ),
      sightings: [{ title: /20 failed logins from 192\.0\.2\.8/ }],
    },
  },
  clear: {
    ...Object.fromEntries(
      [
        'reset code wrong for ida@shop.example, try 3',
        'unknown api key of our own scanner 203.0.113.9, number 217 in 6 min',
        'expired token of 203.0.113.9, 217 requests in 6 min',
        'order 4711 failed, attempt 12 of 20',
      ].map((line) => [`no guessing: ${line}`, { lines: [said(0, 'tenant', 'warn', line)] }]),
    ),
    'a person who needs three attempts': {
      lines: every(3, 0, 9, (at, n) =>
        said(at, 'tenant', 'warn', `login failed for user ann from 203.0.113.9 (attempt ${n + 1} in 60 s)`),
      ),
    },
    'an office on Monday: each mistypes once, most get in': {
      lines: together(
        every(19, 0, 600, (at, n) =>
          said(at, 'auth', 'warn', `Failed login for user u${n} from 192.0.2.14: Bad credentials`),
        ),
        every(31, 0, 600, (at, n) => said(at, 'auth', 'info', `Login of user v${n} from 192.0.2.14 succeeded`)),
      ),
    },
    'a person’s three typos, then the right one': {
      lines: [
        ...every(3, 0, 30, (at) =>
          said(at, 'auth', 'warn', 'Failed login for user ann from 192.0.2.5: invalid password'),
        ),
        said(40, 'auth', 'info', 'Login successful for user ann from 192.0.2.5'),
      ],
    },
    'another event that fails for a person': {
      lines: every(30, 0, 600, (at, n) =>
        said(at + (n % 3), 'shop', 'warn', `{"event":"export_failed","user":"u${n % 3}","source_ip":"192.0.2.5"}`),
      ),
    },
    'one attempt fewer than is asked for': { lines: attack.slice(0, 9) },
    'as many in a whole day': {
      lines: every(12, 0, 86_400, (at) => said(at, 'auth', 'warn', 'Failed login for user ann from 192.0.2.5')),
    },
    'a health check with an old password, in even steps': {
      lines: every(60, 0, 600, (at) =>
        said(at, 'auth', 'warn', 'Failed login for user prober from 10.0.0.9: invalid password'),
      ),
    },
    'a probe that says what it is': {
      lines: every(60, 0, 600, (at, n) =>
        said(at + (n % 5), 'auth', 'warn', 'kube-probe: authentication failed from 10.0.0.9'),
      ),
    },
    'an office behind one address, most of which gets in': {
      lines: together(
        every(12, 0, 600, (at, n) =>
          said(at, 'auth', 'warn', `Failed login for user p${n} from 198.51.100.1: invalid password`),
        ),
        every(80, 0, 600, (at, n) => said(at, 'auth', 'info', `Login successful for user p${n} from 198.51.100.1`)),
      ),
    },
    'a partner that refuses the encryption of our calls, with the number of its alert': {
      lines: every(400, 0, 600, (at, n) =>
        said(
          at + (n % 5),
          'rates',
          'error',
          'SSL_connect returned=1 errno=0 peeraddr=203.0.113.9:443 state=error: tlsv1 alert access denied (SSL alert number 49)',
        ),
      ),
    },
    'a mail server that cannot agree on encryption with its clients': {
      lines: every(60, 0, 600, (at, n) =>
        said(
          at + (n % 5),
          'mail',
          'warn',
          'imap-login: TLS handshake failed: SSL_accept(): auth rejected, rip=203.0.113.9',
        ),
      ),
    },
    'logins that fail by the system’s own fault': {
      lines: every(500, 0, 600, (at, n) =>
        said(
          at,
          'auth',
          'error',
          `Login failed for user u${n % 3} from 192.0.2.5: Connection to Redis timed out after 5000ms`,
        ),
      ),
    },
  },
});
