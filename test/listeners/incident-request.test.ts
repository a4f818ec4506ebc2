import { describe, expect, test } from 'vitest';
import { readIncidentRequest } from '#listeners/commands/incident-request.ts';

const read = readIncidentRequest;

test.each([
  ['note: the pool is full', 'note the pool is full'],
  ['fixed the index is there', 'status fixed the index is there'],
  ['INC-4 mitigated at 14:30', 'INC-4 status mitigated at 14:30'],
  ['resolved it was the pool', 'resolve it was the pool'],
  ['create P1 checkout is slow', 'declare P1 checkout is slow'],
  ['log 14:10 rolled back', 'note 14:10 rolled back'],
  ['open', 'list'],
  ['began at 14:20', 'impact at 14:20'],
  ['impact started 14:20', 'impact 14:20'],
  ['sev p0', 'severity P0'],
  ['downgrade to P2 because EU works', 'severity P2 because EU works'],
  ['P0', 'severity P0'],
  ['P0 because everybody is down', 'severity P0 because everybody is down'],
  ['take command', 'role commander'],
  ['I take over command', 'role commander'],
  ['hand over to <@U1>', 'role commander <@U1>'],
  ['commander <@U1|kim>', 'role commander <@U1|kim>'],
  ['INC-4 comms lead <@U1>', 'INC-4 role comms <@U1>'],
  ['ic me', 'role commander'],
  ['incident commander <@U1>', 'role commander <@U1>'],
  ['role incident commander <@U1>', 'role commander <@U1>'],
  ['who is on call', 'on-call'],
  ['who is on call?', 'on-call'],
  ['Who is on call now?', 'on-call'],
  ['who’s on-call for checkout', 'on-call checkout'],
  ['who is currently on call for checkout', 'on-call checkout'],
  ['oncall for the payments team', 'on-call payments team'],
  ['INC-4 who is on call', 'INC-4 on-call'],
  ['nothing new', 'update Nothing new'],
  ['INC-4 no news yet.', 'INC-4 update Nothing new'],
  ['draft the postmortem', 'postmortem'],
  ['postmortem INC-4', 'INC-4 postmortem'],
  ['merge with INC-2', 'merge INC-2'],
  ['INC-7 merge into INC-4', 'merge INC-7 into INC-4'],
])('other words mean the same: %s', (typed, full) => {
  expect(read(typed)).toEqual(read(full));
  expect(['unclear', 'unknown']).not.toContain(read(typed).verb);
});

test.each([
  ['P1 checkout is slow', 'declare P1 what is wrong'],
  ['p0 everybody', 'severity P0 because'],
  ['commander', 'role commander @somebody'],
  ['merge into INC-4', '/incident INC-4 merge INC-7'],
  ['postmortem export github', '/postmortem help'],
  ['comms lead', 'role communications @somebody'],
])('what may mean two things is asked about: %s', (typed, part) => {
  expect(read(typed)).toEqual({ verb: 'unclear', problem: expect.stringContaining(part) });
});

test.each([
  'nothing new in checkout',
  'who broke it',
  'fixed?',
  'mitigating',
  'opened',
  'take it',
  'P9',
  'commander kim',
])('%s is no request', (typed) => {
  expect(read(typed).verb).toBe('unknown');
});

test('declare takes a severity where the first word is one, and the rest as the title', () => {
  expect(read('declare P1 Checkout is slow')).toEqual({ verb: 'declare', severity: 'P1', title: 'Checkout is slow' });
  expect(read('declare p0 &lt;all&gt; of EU')).toEqual({ verb: 'declare', severity: 'P0', title: '<all> of EU' });
  expect(read('declare')).toEqual({ verb: 'declare', title: '' });
  expect(read('declare P0')).toEqual({ verb: 'declare', severity: 'P0', title: '' });
  expect(read('declare P0 **')).toEqual({ verb: 'declare', severity: 'P0', title: '' });
});

describe('a severity', () => {
  test.each([
    ['p1 Checkout is slow', 'P1', 'Checkout is slow'],
    ['P 1 Checkout is slow', 'P1', 'Checkout is slow'],
    ['P-1: Checkout is slow', 'P1', 'Checkout is slow'],
    ['[P1] Checkout is slow', 'P1', 'Checkout is slow'],
    ['P1-Checkout is slow', 'P1', 'Checkout is slow'],
    ['P1 -5 % checkouts', 'P1', '-5 % checkouts'],
    ['severity P1 Checkout is slow', 'P1', 'Checkout is slow'],
    ['sev: P3, Checkout is slow', 'P3', 'Checkout is slow'],
    ['SEV0 Checkout is down', 'P0', 'Checkout is down'],
    ['sev-0 Checkout is down', 'P0', 'Checkout is down'],
    ['Ｐ1 Checkout is slow', 'P1', 'Checkout is slow'],
    ['P１ Checkout is slow', 'P1', 'Checkout is slow'],
    ['ｐ０ Checkout is ＤＯＷＮ', 'P0', 'Checkout is ＤＯＷＮ'],
    ['𝗣𝟭 Checkout is slow', 'P1', 'Checkout is slow'],
    ['P١ Checkout is slow', 'P1', 'Checkout is slow'],
    ['Р1 Checkout is slow', 'P1', 'Checkout is slow'], // Cyrillic
    ['\u200bP1\u00a0Checkout is slow', 'P1', 'Checkout is slow'],
    ['【P1】 Checkout is slow', 'P1', 'Checkout is slow'],
    ['"P1" Checkout is slow', 'P1', 'Checkout is slow'],
    ['*P1* Checkout is slow', 'P1', 'Checkout is slow'],
    ['`P1` Checkout is slow', 'P1', 'Checkout is slow'],
    ['P.1 Checkout is slow', 'P1', 'Checkout is slow'],
    ['- P_1 Checkout is slow', 'P1', 'Checkout is slow'],
    ['#P1 Checkout is slow', 'P1', 'Checkout is slow'],
    [':fire: P1 Checkout is slow', 'P1', 'Checkout is slow'],
    ['🔥 P1 Checkout is slow', 'P1', 'Checkout is slow'],
  ])('is read as people write it: %s', (typed, severity, title) => {
    expect(read(`declare ${typed}`)).toEqual({ verb: 'declare', severity, title });
  });

  test.each([
    ['P9 Checkout is slow', 'no severity P9'],
    ['p4 Checkout is slow', 'no severity p4'],
    ['P 7 Checkout is slow', 'no severity P 7'],
    ['P1/P2 Checkout is slow', 'no severity P1/P2'],
    ['P1-P2 Checkout is slow', 'no severity P1-P2'],
    ['P1 or P2 Checkout is slow', 'no severity P1 P2'],
    ['P1 to P2 Checkout is slow', 'no severity P1 P2'],
    ['maybe P1 Checkout is slow', 'Is P1 the severity'],
    ['at least P2 Checkout is slow', 'Is P2 the severity'],
    ['P1.5 Checkout is slow', 'no severity P1.5'],
    ['SEV1 Checkout is slow', 'SEV1 means'],
    ['ＳＥＶ１ Checkout is slow', 'SEV1 means'],
    ['sev-1 Checkout is slow', 'sev-1 means'],
    ['P1 P2 Checkout is slow', 'no severity P1 P2'],
    ['P1 sev2 Checkout is slow', 'no severity P1 sev2'],
    ['this is a P1 for checkout', 'Is P1 the severity?'],
    ['incident P0: Checkout is down', 'Is P0 the severity?'],
    ['P one Checkout is slow', 'no severity P one'],
    ['P1️⃣ Checkout is slow', 'no severity'],
    ['Checkout is slow Ｐ1', 'Is P1 the severity?'],
    ['sev-2 Checkout is slow', 'sev-2 means'],
    ['Severity 1: Checkout is slow', 'Severity 1 means'],
    ['Priority 1 Checkout is slow', 'Priority 1 means'],
    ['critical Checkout is slow', 'critical means'],
    ['High: Checkout is slow', 'High means'],
    ['high severity Checkout is slow', 'high means'],
    ['major', 'major means'],
    ['Checkout is slow P0', 'Is P0 the severity?'],
    ['Checkout is slow (p9)', 'Is P9 the severity?'],
  ])('that is none of ours is asked about and no part of the title: %s', (typed, part) => {
    const { verb, problem } = read(`declare ${typed}`) as { verb: string; problem: string };
    expect({ verb, problem }).toEqual({ verb: 'unclear', problem: expect.stringContaining(part) });
    expect(problem).toContain('P1');
  });

  test.each([
    'Postgres is down',
    'P99 of checkout has doubled',
    'p95 > 2 s',
    'P2P payments fail',
    'Pool of orders is full',
    'High latency in EU',
    'Low disk space on db-3',
    'Minor version upgrade broke logins',
    'Severity of alerts is wrong',
    'Several pods crash',
    'Critically slow logins',
    'Failover from P0 to P1 region',
    'The P2P payments fail',
    '"Postgres" is down',
    ':fire: Severity of alerts is wrong',
    '#prio-queue is full',
  ])('is not seen in %s, which loses no word', (title) => {
    expect(read(`declare ${title}`)).toEqual({ verb: 'declare', title });
  });
});

test.each([
  ['', { verb: 'list' }],
  ['list', { verb: 'list' }],
  ['rename logins &lt;fail&gt; in EU', { verb: 'rename', title: 'logins <fail> in EU' }],
  ['INC-4 rename logins fail', { verb: 'rename', title: 'logins fail', number: 4 }],
  ['reopen', { verb: 'reopen', text: '' }],
  ['reopen at 14:20 it is back', { verb: 'reopen', text: 'it is back', when: { said: '14:20' } }],
  ['update all is back', { verb: 'update', text: 'all is back' }],
  ['INC-4 edit', { verb: 'edit', number: 4 }],
  ['page <@U012ABC|kim>', { verb: 'page', target: { id: 'U012ABC' }, text: '' }],
  ['page <@U012ABC|kim>: the queue is full', { target: { id: 'U012ABC' }, text: 'the queue is full' }],
  ['INC-4 page <!subteam^S012ABC|@payments> help', { number: 4, target: { id: 'S012ABC' }, text: 'help' }],
  ['page payments-team db is &lt;down&gt;', { target: { name: 'payments-team' }, text: 'db is <down>' }],
  ['page @acme/payments', { verb: 'unclear' }],
  ['channel', { verb: 'channel' }],
  ['mitigate', { verb: 'mitigate' }],
  ['changes', { verb: 'changes' }],
  ['INC-4 changed', { verb: 'changes', number: 4 }],
  ['INC-4 mitigations', { verb: 'mitigate', number: 4 }],
  ['stats', { verb: 'stats', period: { days: 30 }, service: '' }],
  ['stats 90d', { verb: 'stats', period: { days: 90 }, service: '' }],
  ['stats checkout month', { verb: 'stats', period: { month: true }, service: 'checkout' }],
  ['review', { verb: 'review', period: { days: 90 }, service: '' }],
  ['review checkout month', { verb: 'review', period: { month: true }, service: 'checkout' }],
  ['stats 7days user-service', { verb: 'stats', period: { days: 7 }, service: 'user-service' }],
  ['INC-4 channel', { verb: 'channel', number: 4 }],
  ['merge INC-7', { verb: 'merge', other: 7 }],
  ['INC-4 merge inc-7', { verb: 'merge', number: 4, other: 7 }],
  ['merge INC-7 into INC-4', { verb: 'merge', number: 4, other: 7 }],
  ['INC-4 merge INC-7 into INC-4.', { verb: 'merge', number: 4, other: 7 }],
  ['tried at 14:20 restarted the pool', { verb: 'tried', text: 'restarted the pool', when: { said: '14:20' } }],
  ['helped at 14:20 retries off', { verb: 'helped', text: 'retries off', when: { said: '14:20' } }],
  ['INC-4 worked retries off', { verb: 'helped', text: 'retries off', number: 4 }],
  ['INC-4 tried a smaller batch', { verb: 'tried', text: 'a smaller batch', number: 4 }],
  ['split INC-7', { verb: 'split', number: 7, text: '' }],
  ['INC-7 split', { verb: 'split', number: 7, text: '' }],
  ['INC-7 split because the cause differs', { verb: 'split', number: 7, text: 'the cause differs' }],
  ['split off inc-7 from INC-4', { verb: 'split', number: 7, text: '', from: 4 }],
  ['INC-4 split INC-7: another cause', { verb: 'split', number: 7, text: 'another cause', from: 4 }],
  ['INC-7 split from INC-4 another cause', { verb: 'split', number: 7, text: 'another cause', from: 4 }],
  ['actions', { verb: 'actions' }],
  ['list actions', { verb: 'actions' }],
  ['actions done A2', { verb: 'item-state', item: 2, state: 'done' }],
  ['action done A2 since 14:20 it is fast', { verb: 'item-state', item: 2, reason: 'since 14:20 it is fast' }],
  ['rename A2 in Frankfurt is down', { verb: 'rename', title: 'A2 in Frankfurt is down' }],
  ['note INC-4 looks the same', { verb: 'note', text: 'INC-4 looks the same' }],
  [
    'action done A2 the query takes 4 ms',
    { verb: 'item-state', item: 2, state: 'done', reason: 'the query takes 4 ms' },
  ],
  ['INC-4 action done a 12', { verb: 'item-state', number: 4, item: 12, state: 'done', reason: '' }],
  [
    'action drop A1: because nobody uses it',
    { verb: 'item-state', item: 1, state: 'dropped', reason: 'nobody uses it' },
  ],
  [
    'action check A3 rule CheckoutErrors',
    { verb: 'item-check', item: 3, probe: { kind: 'rule', rule: 'CheckoutErrors' } },
  ],
  [
    'INC-4 action check a3: p99 of POST /pay of checkout &lt; 1.5 s',
    {
      ...{ verb: 'item-check', number: 4, item: 3 },
      probe: { kind: 'p99', operation: 'POST /pay', service: 'checkout', belowUs: 1.5e6 },
    },
  ],
  ['action check A3 none', { verb: 'item-check', item: 3, probe: undefined }],
  ['action check all backups due 2026-12-01', { verb: 'action', text: 'check all backups' }],
  [
    'action an alert on late orders (owner to be found) due 2026-12-01',
    { verb: 'action', text: 'an alert on late orders (owner to be found)', owner: 'nobody yet' },
  ],
  ['action reopen A3', { verb: 'item-state', item: 3, state: 'open', reason: '' }],
  ['action drop a table of sessions due 2026-12-01', { verb: 'action', text: 'drop a table of sessions' }],
  ['action Done A/B test is cleaned up by Friday', { verb: 'action', text: 'Done A/B test is cleaned up' }],
  ['severity P0', { verb: 'severity', severity: 'P0', text: '' }],
  ['severity P0 because nobody can pay', { verb: 'severity', severity: 'P0', text: 'nobody can pay' }],
  ['severity P0 it got worse', { verb: 'severity', severity: 'P0', text: 'it got worse' }],
  ['severity P0: nobody can pay', { verb: 'severity', severity: 'P0', text: 'nobody can pay' }],
  [
    'severity P0 because 00:17 the batteries are empty',
    { verb: 'severity', severity: 'P0', text: '00:17 the batteries are empty' },
  ],
  ['severity P0 because 4:30の競売が始まらない', { verb: 'severity', severity: 'P0', text: '4:30の競売が始まらない' }],
  ['severity P1 at 14:20 nobody can pay', { verb: 'severity', severity: 'P1', text: 'at 14:20 nobody can pay' }],
])('reads %j', (typed, request) => {
  expect(read(typed)).toMatchObject(request);
});

test.each([
  ['action check A3', '`/incident action check A3 rule CheckoutErrors`'],
  ['action check A3 p99 of checkout', 'POST /pay of checkout below 500 ms'],
  ['rename', 'What is the new title?'],
  ['rename **', 'What is the new title?'],
  ['update', 'What is the update?'],
  ['page', 'Who?'],
  ['page **', 'Who?'],
  ['page @kim', 'I do not know who `@kim` is'],
  ['page <!channel>', 'no whole channel'],
  ['page <!here|here> now', 'no whole channel'],
  ['page @everyone', 'no whole channel'],
  ['page <#C012ABC|payments>', 'I do not know who'],
  ['page <@U012ABC> <@U034DEF>', 'One page at a time'],
  ['page <@U012ABC> and <@U034DEF>', 'One page at a time'],
  ['page INC-4', 'Put the name first'],
  [`page payments ${'x'.repeat(301)}`, 'at most 300 characters'],
  ['stats 30', '`30` is no period'],
  ['stats 2w', '`2w` is no period'],
  ['stats 0d', '`0d` is no period'],
  ['stats 30d 90d', 'one period and one service'],
  ['stats cart checkout', 'one period and one service'],
  ['INC-4 stats', 'The numbers are of all incidents'],
  ['INC-4 review', 'A review is about all incidents'],
  ['review 2w', '`/incident review 90d`'],
  ['channel logins', '`/incident channel` alone'],
  ['mitigate roll it back', '`/incident mitigate` alone'],
  ['merge', 'Which incident?'],
  ['tried', 'What was tried'],
  ['helped', 'What helped?'],
  ['split', 'Which incident?'],
  ['split payments', '`/incident split INC-7` splits INC-7 off'],
  ['merge into INC-4', 'Which one goes into INC-4?'],
  ['merge INC-7 INC-8', 'Name one incident'],
  ['merge INC-7 and INC-8', 'Name one incident'],
  ['merge INC-7 same cause', 'Name one incident'],
  ['merge INC-7 into INC-4 now', 'Name one incident'],
  ['INC-5 merge INC-7 into INC-4', 'You named INC-5 and INC-4'],
  ['merge payments', '`payments` names no incident'],
  ['merge &lt;!channel&gt;', 'names no incident'],
  ['merge INC7', '`INC7` names no incident'],
  ['action done', 'Which action item?'],
  ['action drop A2', 'Why is it dropped?'],
  ['action done A2 and A3', 'One action item at a time'],
  ['rename INC-4 logins fail', 'Put the name first: `/incident INC-4 rename …`'],
  ['reopen INC-4', 'Put the name first'],
  ['resolve INC-4: all is well', 'Put the name first'],
  ['reopen A2', 'Is this about the action item A2?'],
  ['resolve a2 the query is fast', 'Is this about the action item A2?'],
  ['action drop', 'Which action item?'],
  ['severity P0 at 14:20', 'The severity changes now'],
  ['severity P0 yesterday', 'The severity changes now'],
])('asks about %j', (typed, problem) => {
  expect(read(typed)).toEqual({ verb: 'unclear', problem: expect.stringContaining(problem) });
});

test('a note keeps what was written, people as ids and links as addresses', () => {
  expect(read('note <@U012ABC|kim> saw <https://g.example/d/1|the panel> in <#C1|ops>')).toEqual({
    verb: 'note',
    text: 'U012ABC saw the panel (https://g.example/d/1) in #ops',
  });
  expect(read('note at 14:35 restarted the pool')).toMatchObject({
    text: 'restarted the pool',
    when: { said: '14:35' },
  });
  for (const empty of ['note', 'note \u200b', 'note **', 'note `` _ _']) expect(read(empty).verb).toBe('unclear');
  expect(read('note at 14:75 x')).toMatchObject({ verb: 'unclear', problem: expect.stringContaining('14:75') });
});

test('a role is understood by its usual names; without a person it is for the one who asks', () => {
  expect(read('role commander')).toEqual({ verb: 'role', role: 'commander' });
  expect(read('role ic me')).toEqual({ verb: 'role', role: 'commander' });
  expect(read('role technical lead <@U012ABC|kim>')).toEqual({
    verb: 'role',
    role: 'technical-lead',
    holder: 'U012ABC',
  });
  expect(read('role comms <@W012ABC>')).toEqual({ verb: 'role', role: 'communications-lead', holder: 'W012ABC' });
  expect(read('role janitor')).toEqual({
    verb: 'unclear',
    problem: expect.stringMatching(/no role `janitor`.*commander.*technical.*communications/),
  });
  expect(read('role commander @kim')).toMatchObject({ verb: 'unclear', problem: expect.stringContaining('`@kim`') });
});

test('status and resolve take a time and a word on it', () => {
  expect(read('status identified')).toEqual({ verb: 'status', status: 'identified', text: '' });
  expect(read('status Fixed at 14:40 index is there')).toMatchObject({
    status: 'fixed',
    text: 'index is there',
    when: { said: '14:40' },
  });
  expect(read('resolve at 15:00 all checks are green')).toMatchObject({ verb: 'status', status: 'resolved' });
  expect(read('status done')).toEqual({
    verb: 'unclear',
    problem: expect.stringMatching(/no status `done`.*investigating, identified, mitigated, fixed, resolved/),
  });
  expect(read('status fixed yesterday restarted')).toMatchObject({ verb: 'unclear' });
  expect(read('resolve 20 min ago all is well')).toMatchObject({ status: 'resolved', when: { said: '20 min ago' } });
});

test.each(['status fixed in 10 minutes', 'status mitigated in 2 hours or so'])(
  'what is still to come is no status: %s',
  (typed) => {
    expect(readIncidentRequest(typed)).toMatchObject({ verb: 'unclear', problem: expect.stringContaining('not') });
  },
);

test.each(['status fixed in staging', 'status identified in 3 of 4 regions', 'status fixed in v2.1'])(
  '%s is a status',
  (typed) => {
    expect(readIncidentRequest(typed)).toMatchObject({ verb: 'status', text: expect.stringMatching(/^in /) });
  },
);

test.each([
  ['declare P1 :fire: search burns', ':fire: search burns'],
  ['declare P1: search burns', 'search burns'],
  ['declare P1 - search burns', 'search burns'],
  ['declare [P1] : search burns', 'search burns'],
])('%s has its title whole', (typed, title) => {
  expect(readIncidentRequest(typed)).toEqual({ verb: 'declare', severity: 'P1', title });
});

test('a method is asked for by its name', () => {
  expect(read('whys')).toEqual({ verb: 'method', method: 'whys' });
  expect(read('INC-4 Hypotheses')).toEqual({ verb: 'method', method: 'hypotheses', number: 4 });
  expect(read('checklist')).toEqual({ verb: 'method', method: 'checklist' });
  expect(read('ishikawa')).toEqual({ verb: 'method', method: 'fishbone' });
  expect(read('constructor').verb).toBe('unknown');
});

test('severity is one of four', () => {
  expect(read('severity p0')).toEqual({ verb: 'severity', severity: 'P0', text: '' });
  expect(read('severity P 1')).toEqual({ verb: 'severity', severity: 'P1', text: '' });
  for (const wrong of ['', ' critical', ' P9', ' SEV1', ' 1', ' <!channel>'])
    expect(read(`severity${wrong}`), wrong).toEqual({
      verb: 'unclear',
      problem: expect.stringMatching(/^[^<]*P1[^<]*$/),
    });
});

test('an action item has what, who and until when', () => {
  expect(read('action Add an index <@U012ABC|kim> due 2026-12-01')).toEqual({
    verb: 'action',
    text: 'Add an index',
    owner: 'U012ABC',
    due: '2026-12-01',
  });
  expect(read('INC-4 action reduce the load by half by next Friday')).toEqual({
    verb: 'action',
    number: 4,
    text: 'reduce the load by half',
    due: 'next Friday',
  });
  expect(read('action')).toMatchObject({ problem: expect.stringContaining('What will be done?') });
  expect(read('action due tomorrow')).toMatchObject({ problem: expect.stringContaining('What will be done?') });
  expect(read('action add an index')).toMatchObject({ problem: expect.stringContaining('When is it due?') });
  expect(read(`action ${'x'.repeat(40_000)} due tomorrow`)).toMatchObject({ problem: expect.stringContaining('300') });
});

test('the impact began at a time and not at a story', () => {
  expect(read('impact at 14:20')).toMatchObject({ verb: 'impact', when: { said: '14:20' } });
  expect(read('impact 14:20')).toMatchObject({ verb: 'impact', when: { said: '14:20' } });
  expect(read('impact yesterday 14:20')).toMatchObject({ verb: 'impact', when: { said: 'yesterday 14:20' } });
  expect(read('impact since 14:20')).toMatchObject({ verb: 'impact', when: { said: '14:20' } });
  expect(read('impact 20 min ago')).toMatchObject({ verb: 'impact', when: { said: '20 min ago' } });
  expect(read('impact many customers').verb).toBe('unclear');
  expect(read('impact').verb).toBe('unclear');
});

test('words behind the time of a milestone are kept', () => {
  const text = 'the second run is when harm starts, 01:30 standard time';
  expect(read(`impact at 2026-11-01 05:00:00 UTC ${text}`)).toMatchObject({ verb: 'impact', text });
  expect(read('INC-4 began 14:20, as the graph shows')).toMatchObject({
    verb: 'impact',
    number: 4,
    when: { said: '14:20' },
    text: 'as the graph shows',
  });
  expect(read('impact since 14:20 as the graph shows')).toMatchObject({ text: 'as the graph shows' });
  expect(read('detected 20 min ago by a customer')).toMatchObject({ verb: 'detected', text: 'by a customer' });
  // The words may change the time.
  expect(read('impact at 14:20 yesterday evening').verb).toBe('unclear');
});

test('when it was detected is a time', () => {
  expect(read('detected at 14:20')).toMatchObject({ verb: 'detected', when: { said: '14:20' } });
  expect(read('INC-4 detected 20 min ago')).toMatchObject({
    verb: 'detected',
    number: 4,
    when: { said: '20 min ago' },
  });
  expect(read('detected by a customer').verb).toBe('unclear');
  expect(read('detected')).toMatchObject({
    verb: 'unclear',
    problem: expect.stringContaining('When was it detected?'),
  });
});

describe('INC-n as the first word', () => {
  test('names the incident', () => {
    expect(read('INC-4 note hello')).toEqual({ verb: 'note', text: 'hello', number: 4 });
    expect(read('inc-12 timeline')).toEqual({ verb: 'timeline', number: 12 });
    expect(read('INC-4')).toEqual({ verb: 'timeline', number: 4 });
  });

  test('has to be one', () => {
    for (const typed of ['INC-0 note x', 'INC4 note x', 'inc 4 note x', 'INC-99999999999 note x'])
      expect(read(typed), typed).toEqual({ verb: 'unclear', problem: expect.stringContaining('is not an incident') });
  });

  test('is a word of a note behind it', () => {
    expect(read('note INC-4 was the same')).toEqual({ verb: 'note', text: 'INC-4 was the same' });
  });
});

test('nothing and help show the help; what is not known is quoted so that it cannot format or mention', () => {
  for (const typed of ['help', '?', '--help']) expect(read(typed)).toEqual({ verb: 'help' });
  expect(read('<!channel>`x` now')).toEqual({ verb: 'unknown', problem: "I do not know `/incident @channel'x'`." });
});

test('a mistyped word gets the most similar word as a suggestion', () => {
  const said = (verb: string) => `I do not know \`/incident ${verb}\`. Did you mean`;
  expect(read('delcare P1 x')).toEqual({
    verb: 'unknown',
    problem: `${said('delcare')} \`declare\`? Nothing changed.`,
  });
  expect(read('INC-4 Resolv x')).toEqual({
    verb: 'unknown',
    problem: `${said('Resolv')} \`resolve\`? Nothing changed.`,
  });
  expect(read('dote x')).toMatchObject({ problem: expect.stringContaining('`note`') });
  expect(read('nop x')).toEqual({ verb: 'unknown', problem: 'I do not know `/incident nop`.' });
});

describe('hypothesis', () => {
  test('puts a suspicion on the board, with a time before it if somebody says so', () => {
    expect(read('hypothesis the cache was flushed')).toEqual({ verb: 'suspect', text: 'the cache was flushed' });
    expect(read('suspect at 14:20 a slow disk')).toMatchObject({ verb: 'suspect', text: 'a slow disk' });
    expect(read('hypothesis S3 no longer answers')).toMatchObject({ verb: 'suspect', text: 'S3 no longer answers' });
    expect(read('hypothesis H2O is down')).toMatchObject({ verb: 'suspect' });
    expect(read('hypothesis *  *').verb).toBe('unclear');
  });

  test('says what became of one', () => {
    const one = { verb: 'hypothesis', id: 'S1' };
    expect(read('hypothesis s1: tested at 14:20 one node')).toMatchObject({
      ...one,
      state: 'tested',
      text: 'one node',
    });
    expect(read('INC-4 hypothesis S1 refuted because it is warm')).toEqual({
      ...{ ...one, number: 4, state: 'refuted', text: 'it is warm' },
    });
    expect(read('hypothesis H12 confirmed')).toEqual({ verb: 'hypothesis', id: 'H12', state: 'confirmed', text: '' });
    expect(read('hypothesis S1 reopen')).toMatchObject({ ...one, state: 'open' });
    for (const typed of ['S1', 'S1 refutd it', 'S1 tested yesterday one node']) {
      expect(read(`hypothesis ${typed}`).verb, typed).toBe('unclear');
    }
  });

  test('alone shows those of the diagnosis', () => {
    expect(read('hypothesis')).toEqual({ verb: 'method', method: 'hypotheses' });
  });
});

describe('a note that only some people read', () => {
  test.each([
    ['note need-to-know <@U1|kim> <@U2>: the key leaked', { people: ['U1', 'U2'], text: 'the key leaked' }],
    [
      'INC-4 note need to know: the key leaked: all of it',
      { number: 4, people: [], text: 'the key leaked: all of it' },
    ],
    ['note Need-to-Know for <@U1>, <@U1> and <@W2>: it', { people: ['U1', 'W2'], text: 'it' }],
  ])('%s', (typed, expected) => {
    expect(read(typed)).toEqual({ verb: 'need-to-know', ...expected });
  });

  test.each([
    'note 14:10 need-to-know <@U1>: rolled back',
    'note need-to-know <@U1>: 14:10 rolled back',
    'note at 14:10: need-to-know <@U1>: rolled back',
    'note 14:10 - need-to-know <@U1>: rolled back',
    'note at 14:10, need-to-know <@U1>: rolled back',
    'note 20 min ago, needtoknow <@U1>: rolled back',
    'note 14:10 need‑to‑know <@U1>: rolled back',
  ])('with a time: %s', (typed) => {
    expect(read(typed)).toMatchObject({ verb: 'need-to-know', text: 'rolled back', when: expect.anything() });
  });

  test.each([
    'note need-to-know <@U1> the key leaked',
    'note need-to-know @kim: the key leaked',
    'note need-to-know kim: the key leaked',
    'note need-to-know <!subteam^S1>: the key leaked',
    'note need-to-know <@U1>:',
    'update need-to-know: the key leaked',
    'tried need-to-know: the key leaked',
    `note need-to-know ${Array.from({ length: 21 }, (_, at) => `<@U${at}>`).join(' ')}: it`,
    'note *need-to-know* <@U1>: the key leaked',
    'note (need-to-know <@U1>): the key leaked',
    'note – need-to-know <@U1> the key leaked',
    'update at 14:35: need-to-know <@U1>: the key leaked',
    'helped need-to-know <@U1>: the key is revoked',
    'status identified need-to-know <@U1>: the key leaked',
    'severity P0 because need-to-know: the key leaked',
    'suspect need-to-know <@U1>: the key leaked',
    'hypothesis S1 tested at 14:35 need-to-know: the key leaked',
    'rename need-to-know: the key leaked',
    'resolve need-to-know <@U1>: the key is revoked',
    'reopen need-to-know <@U1>: the key leaked again',
    'split INC-2 need-to-know <@U1>: the key leaked',
    'page <@U1> need-to-know: the key leaked',
    'link <https://wiki.example/key> need-to-know: the key leaked',
    'action need-to-know: revoke the key due 2026-12-01',
    'action drop A1 because need-to-know: the key leaked',
    'declare P1 need-to-know: the key leaked',
    'INC-2 update need-to-know: the key leaked',
    'note in 10 minutes need-to-know: the key leaked',
    'note the key, need-to-know <@U1> and <@U2>: it leaked',
    'update first of all needtoknow: the key leaked',
  ])('is asked about, and nothing is noted: %s', (typed) => {
    expect(read(typed).verb).toBe('unclear');
  });

  test.each(['need-to-know <@U1>: the key leaked', 'INC-2 needtoknow <@U1>: the key leaked'])(
    'its name is a verb, too: %s',
    (typed) => {
      expect(read(typed)).toMatchObject({ verb: 'need-to-know', people: ['U1'], text: 'the key leaked' });
    },
  );

  test('the words later in a text mean nothing', () => {
    expect(read('note we share it on a need-to-know basis: legal says so')).toMatchObject({ verb: 'note' });
    expect(read('update what customers need to know: logins fail')).toMatchObject({ verb: 'update' });
  });
});
