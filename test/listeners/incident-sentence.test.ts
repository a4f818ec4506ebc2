/** Which sentences to the bot are requests about an incident, and which stay questions. */
import { describe, expect, test } from 'vitest';
import { readIncidentSentence } from '#listeners/events/incident-sentence.ts';

const BOT = 'U0BOT';

function read(text: string, { isDirect = false, bot = BOT }: Readonly<{ isDirect?: boolean; bot?: string }> = {}) {
  return readIncidentSentence(text, { bot, isDirect, own: ['own:DBA'] });
}

const said = (text: string) => read(`<@${BOT}> ${text}`);

describe('a request', () => {
  test.each([
    ['note 14:10 rolled back', { verb: 'note', text: 'rolled back' }],
    ['Note: the pool is full', { verb: 'note', text: 'the pool is full' }],
    ['note did anybody restart checkout?', { verb: 'note', text: 'did anybody restart checkout?' }],
    ['note why checkout was slow: an index', { verb: 'note', text: 'why checkout was slow: an index' }],
    ['tried restarted the pool', { verb: 'tried', text: 'restarted the pool' }],
    ['update half of the pods are back', { verb: 'update', text: 'half of the pods are back' }],
    ['update on checkout: half is back', { verb: 'update', text: 'on checkout: half is back' }],
    ['severity P0 because nobody can pay', { verb: 'severity', severity: 'P0', text: 'nobody can pay' }],
    ['severity P0', { verb: 'severity', severity: 'P0' }],
    ['INC-4: severity P0', { verb: 'severity', severity: 'P0', number: 4 }],
    ['INC-4 note seen', { verb: 'note', text: 'seen', number: 4 }],
    ['INC-4', { verb: 'timeline', number: 4 }],
    ['status fixed at 14:40 the index is there', { verb: 'status', status: 'fixed', text: 'the index is there' }],
    ['status identified', { verb: 'status', status: 'identified' }],
    ['status page', { verb: 'status-page' }],
    ['role commander', { verb: 'role', role: 'commander' }],
    ['role technical <@U0KIM>', { verb: 'role', role: 'technical-lead', holder: 'U0KIM' }],
    ['role DBA', { verb: 'role', role: 'own:DBA' }],
    ['impact at 14:20', { verb: 'impact' }],
    ['detected 14:25', { verb: 'detected' }],
    ['page <@U0KIM> the queue is full', { verb: 'page', target: { id: 'U0KIM' }, text: 'the queue is full' }],
    ['page payments-team', { verb: 'page', target: { name: 'payments-team' } }],
    ['page checkout: it is down', { verb: 'page', target: { name: 'checkout' }, text: 'it is down' }],
    ['page payments-team the queue is full', { verb: 'page', target: { name: 'payments-team' } }],
    ['link <https://grafana.example/d/checkout> the board', { verb: 'link', label: 'the board' }],
    ['merge INC-7', { verb: 'merge', other: 7 }],
    ['split INC-7', { verb: 'split', number: 7 }],
    ['timeline', { verb: 'timeline' }],
    ['timeline, please', { verb: 'timeline' }],
    ['checklist.', { verb: 'method', method: 'checklist' }],
    ['edit', { verb: 'edit' }],
    ['channel', { verb: 'channel' }],
    ['rename logins fail in EU', { verb: 'rename', title: 'logins fail in EU' }],
    ['resolve all checks are green', { verb: 'status', status: 'resolved', text: 'all checks are green' }],
    ['resolve', { verb: 'status', status: 'resolved' }],
    ['reopen it is back', { verb: 'reopen', text: 'it is back' }],
    ['action add an index due 2026-12-01', { verb: 'action', text: 'add an index' }],
    ['action done A2 it takes 4 ms', { verb: 'item-state', item: 2, state: 'done' }],
    ['hypothesis is the cache stale?', { verb: 'suspect', text: 'is the cache stale?' }],
    ['list', { verb: 'list' }],
    ['list open incidents', { verb: 'list' }],
    ['help!', { verb: 'help' }],
    ['stats 90d checkout', { verb: 'stats', service: 'checkout' }],
    ['declare P1 checkout is slow', { verb: 'declare', severity: 'P1', title: 'checkout is slow' }],
    ['declare an incident: checkout is slow', { verb: 'declare', title: 'checkout is slow' }],
    ['declare', { verb: 'declare', title: '' }],
    ['who is on call?', { verb: 'on-call', name: '' }],
    ['who’s on call for checkout?', { verb: 'on-call', name: 'checkout' }],
    ['on-call for checkout', { verb: 'on-call', name: 'checkout' }],
    ['nothing new', { verb: 'update', text: 'Nothing new' }],
    ['INC-4 nothing new.', { verb: 'update', text: 'Nothing new', number: 4 }],
    ['postmortem', { verb: 'postmortem' }],
    ['/incident note why is it slow?', { verb: 'note', text: 'why is it slow?' }],
    ['/incident', { verb: 'list' }],
  ])('%s', (text, request) => {
    expect(said(text)).toMatchObject({ kind: 'request', request });
  });

  test.each([
    ['a colon behind the mention', `<@${BOT}>: note seen`],
    ['the name with the id', `<@${BOT}|spanhound> note seen`],
    ['a typed name', '@spanhound note seen'],
    ['spaces before it', `  <@${BOT}>   note   seen`],
  ])('with %s', (_, text) => {
    expect(read(text)).toMatchObject({ kind: 'request', request: { verb: 'note', text: 'seen' } });
  });

  test('in a direct message needs no mention', () => {
    expect(read('INC-4 note seen', { isDirect: true })).toMatchObject({ kind: 'request', request: { number: 4 } });
  });
});

describe('a question', () => {
  test.each([
    'why is checkout slow',
    'why checkout fails',
    'status of checkout?',
    'status of checkout',
    'status?',
    'status page is down',
    'status fixed?',
    'what is wrong with checkout since 10:40?',
    'update on checkout?',
    'update me on checkout please',
    'severity of the errors in checkout?',
    'severity P0?',
    'severity P1 alerts in checkout since 10:40',
    'page load is slow in checkout',
    'page checkout checkout is down',
    'failures in checkout since 10:40',
    'failures?',
    'list the errors in checkout',
    'list errors',
    'timeline of the errors in checkout',
    'review checkout',
    'channel errors in payments',
    'impact on checkout?',
    'impact of the errors in checkout since 10:40',
    'link between checkout and payments errors',
    'action needed for checkout errors',
    'actions slow in checkout',
    'help with checkout, it is slow',
    'help?',
    'declare what?',
    'resolve why checkout is slow',
    'reopen?',
    'tried to reach checkout, why is it slow?',
    'checklist for checkout errors',
    'edit checkout is slow',
    'notes on checkout',
    'first errors in checkout',
    'nothing new in checkout?',
    'on-call page is slow',
    'who is on fire',
    'postmortem of checkout?',
    'close look at checkout',
    'new errors in checkout',
    'checkout is slow, note that',
    'good morning',
    '',
  ])('%s', (text) => {
    expect(said(text)).toEqual({ kind: 'question' });
  });

  test('is what mentions somebody else first, or the bot only later', () => {
    expect(read(`<@U0KIM> note seen, <@${BOT}>`)).toEqual({ kind: 'question' });
    expect(read(`note to <@${BOT}> lovers`)).toEqual({ kind: 'question' });
  });
});

describe('a request with a mistake says what to write', () => {
  test.each([
    ['note', /What is the note/],
    ['note at 25:99 rolled back', /25:99/],
    ['severity P9 because', /P9/],
    ['severity critical because nobody can pay', /everit/],
    ['role captain', /There is no role/],
    ['status fixed at 25:99', /25:99/],
    ['update', /What is the update/],
    ['merge the two', /names no incident/],
    ['page', /Who\?/],
    ['/incident nonsense', /I do not know/],
  ])('%s', (text, problem) => {
    expect(said(text)).toMatchObject({ kind: 'problem', problem: expect.stringMatching(problem) });
  });
});
