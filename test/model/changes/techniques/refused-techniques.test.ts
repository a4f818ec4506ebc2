/** A change and a refusal that share no word, and the same change before a failure of another kind. */
import { expect, test } from 'vitest';
import { refusalsOf } from '#model/changes/techniques/refusal-techniques.ts';
import { sharesTechnique } from '#model/changes/techniques/shared-techniques.ts';
import { changed } from '#test/changes.ts';

type Told = Partial<Parameters<typeof changed>[1]>;

const PAIRS: readonly (readonly [string, Told, string, string])[] = [
  [
    'files of a process in systemd',
    { diff: '-LimitNOFILE=32768\n+LimitNOFILE=512' },
    'accept4: too many open files',
    'connection reset by peer',
  ],
  [
    'threads of a container',
    { diff: '-pids_limit: 4096\n+pids_limit: 64' },
    'java.lang.outofmemoryerror: unable to create native thread: possibly out of memory or process/resource limits reached',
    'java.lang.outofmemoryerror: java heap space',
  ],
  [
    'watches of files',
    { diff: '-fs.inotify.max_user_watches=524288\n+fs.inotify.max_user_watches=8192' },
    'enospc: system limit for number of file watchers reached, watch /srv/boats',
    'enospc: no space left on device, write',
  ],
  [
    'areas of memory',
    { diff: '-vm.max_map_count=262144\n+vm.max_map_count=65530' },
    'max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]',
    'master not discovered yet',
  ],
  [
    'words of a prompt',
    { diff: '-Answer briefly.\n+Answer as a pirate would.', files: ['prompts/tour.txt'] },
    "error code: 400 - {'code': 'content_filter'}",
    'error code: 429 - rate limit reached',
  ],
  [
    'a guardrail',
    { diff: '-guardrailVersion: 3\n+guardrailVersion: 4' },
    'stopreason: guardrail_intervened',
    'throttlingexception: too many tokens',
  ],
  [
    'safety settings',
    { diff: '+safety_settings: BLOCK_LOW_AND_ABOVE' },
    'candidate was stopped, finish_reason: safety',
    'deadline exceeded',
  ],
  [
    'a password, and Oracle locks',
    { diff: '-BOATS_PWD_VERSION=3\n+BOATS_PWD_VERSION=4' },
    'ora-28000: the account is locked',
    'ora-00060: deadlock detected while waiting for resource',
  ],
  [
    'a password, and MySQL locks',
    { diff: '-password: harbour/3\n+password: harbour/4' },
    "access denied for user 'boats'@'10.1.2.3'. account is locked.",
    'lock wait timeout exceeded; try restarting transaction',
  ],
  [
    'a bind of LDAP',
    { diff: '-bind_dn=cn=boats\n+bind_dn=cn=ferries' },
    '80090308: ldaperr: dsid-0c09044e, comment: acceptsecuritycontext error, data 775, v2580',
    'ldap: connection timed out',
  ],
  [
    'a secret of Entra ID',
    { diff: '-clientSecret: a\n+clientSecret: b' },
    'aadsts7000222: the provided client secret keys for app are expired',
    'aadsts90033: a transient error has occurred',
  ],
  [
    'a manifest of Vite',
    { diff: "-outDir: 'public/build'\n+outDir: 'dist'", files: ['vite.config.js'] },
    'unable to locate file in vite manifest: resources/js/tour.js',
    'sqlstate[40001]: serialization failure',
  ],
  [
    'a manifest of Django',
    { diff: '-RUN python manage.py collectstatic --noinput' },
    "valueerror: missing staticfiles manifest entry for 'tour/map.css'",
    "valueerror: invalid literal for int() with base 10: 'tour'",
  ],
  [
    'a page instead of a script',
    { diff: '+try_files $uri /index.html;' },
    `failed to load module script: expected a javascript module script but the server responded with a mime type of "text/html"`,
    'typeerror: failed to fetch',
  ],
  [
    'a set of characters',
    { diff: '-charset: utf8mb4\n+charset: utf8' },
    "1366 incorrect string value: '\\xf0\\x9f' for column 'name'",
    "1406 data too long for column 'name'",
  ],
  [
    'an encoding of Python',
    { diff: '-open(p, encoding="utf-8")\n+open(p, encoding="ascii")' },
    "unicodedecodeerror: 'ascii' codec can't decode byte 0xc3",
    'filenotfounderror: boats.csv',
  ],
];

test.each(PAIRS)('It relates %s to its refusal, and to no other failure', (_, told, failure, other) => {
  expect(sharesTechnique(changed(-60, told), failure)).toBe(true);
  expect(sharesTechnique(changed(-60, told), other)).toBe(false);
});

test('A limit that is raised explains no exhaustion', () => {
  const raised = changed(-60, { diff: '-LimitNOFILE=512\n+LimitNOFILE=32768' });
  expect(sharesTechnique(raised, 'accept4: too many open files')).toBe(false);
});

test('A user name in a form explains no refused login', () => {
  const form = changed(-60, { diff: '+<input name="username" maxlength="40">', text: 'longer names' });
  expect(sharesTechnique(form, "login failed for user 'boats'")).toBe(false);
});

test.each([
  [
    '-at=datetime.fromisoformat(row["at"])',
    '+at=row["at"]',
    "incorrect datetime value: '2031-02-03t04:05:06z' for column 'at'",
  ],
  ['-at: LocalDate.parse(raw)', '+at: raw', 'ora-01861: literal does not match format string'],
  ['-format_date(at)', '+at', 'conversion failed when converting date and/or time from character string'],
  [
    '-"at": at.isoformat()',
    '+"at": str(at)',
    'failed to parse date field [2031-02-03 04:05:06] with format [strict_date]',
  ],
  ['-new Date(at)', '+at', 'invalid input syntax for type timestamp with time zone: "03.02.2031"'],
])('%s becomes %s, and a store refuses the date', (before, after, failure) => {
  const [found] = refusalsOf({ removed: before.slice(1), added: after.slice(1) }, failure);
  expect(found?.said).toContain('dates');
  expect(refusalsOf({ removed: before.slice(1), added: after.slice(1) }, 'lock wait timeout exceeded')).toEqual([]);
});

test.each([
  ['-[JsonProperty("pierId")]', '+[JsonProperty("pier_id")]'],
  ['-@JsonProperty("pierId")', '+@JsonProperty("pier_id")'],
  ['-PierID string `json:"pierId"`', '+PierID string `json:"pier_id"`'],
  ['-#[serde(rename = "pierId")]', '+#[serde(rename = "pier_id")]'],
])('%s becomes another field than the key of the store', (before, after) => {
  const sides = { removed: before.slice(1), added: after.slice(1) };
  const failure = "partitionkey extracted from document doesn't match the one specified in the header";
  expect(refusalsOf(sides, failure).map(({ kind }) => kind)).toEqual(['other-name']);
  expect(refusalsOf(sides, 'request rate is large')).toEqual([]);
});

test.each(['keepPreviousAssets: true', 'pruneOldAssets: false', 'retain_releases: 4'])(
  '%s decides whether open pages find their files',
  (before) => {
    const failure = 'chunkloaderror: loading chunk 12 failed';
    expect(refusalsOf({ removed: before, added: '' }, failure).map(({ kind }) => kind)).toEqual(['rows-gone']);
    expect(refusalsOf({ removed: before, added: '' }, 'typeerror: x is undefined')).toEqual([]);
  },
);
