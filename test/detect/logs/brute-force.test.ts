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
    'a person’s three typos, then the right one': {
      lines: [
        ...every(3, 0, 30, (at) =>
          said(at, 'auth', 'warn', 'Failed login for user ann from 192.0.2.5: invalid password'),
        ),
        said(40, 'auth', 'info', 'Login successful for user ann from 192.0.2.5'),
      ],
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
