import { expect, test } from 'vitest';
import { readIncidentRequest } from '#listeners/commands/incident-request.ts';

const URL = 'https://g.example/d/1';
const page = (label: string, url = URL) => ({ verb: 'link', target: { url, isRedacted: false }, label });

test.each([
  [`<${URL}>`, page('')],
  [`<${URL}> the board`, page('the board')],
  [`<${URL}>: the board`, page('the board')],
  [`<${URL}> - the board`, page('the board')],
  [`<${URL}> "the board"`, page('"the board"')],
  [`the board: <${URL}>`, page('the board')],
  [`the board (<${URL}>)`, page('the board')],
  [`see <${URL}> for errors (5xx)`, page('see for errors (5xx)')],
  [`<${URL}|the board>`, page('the board')],
  [`<${URL}|the board> of checkout`, page('of checkout')],
  ['<http://g.example/d/1|g.example/d/1>', page('', 'http://g.example/d/1')],
  [`${URL}, the board`, page('the board')],
  [`${URL}.`, page('')],
  [`\`${URL}\``, page('')],
  [`"${URL}" the board`, page('the board')],
  [`<${URL}?a=1&amp;b=2> the board`, page('the board', `${URL}?a=1&b=2`)],
  [`<${URL}> &lt;!channel&gt; &amp; co`, page('<!channel> & co')],
  [`<${URL}> <@U012ABC|kim> looks at it`, page('U012ABC looks at it')],
  [`<${URL}> looks like INC-4`, page('looks like INC-4')],
  [`<${URL}> 14:20 spike`, page('14:20 spike')],
  ['INC-4', { verb: 'link', target: { number: 4 }, label: '' }],
  ['inc-4 same database', { verb: 'link', target: { number: 4 }, label: 'same database' }],
  ['to INC-4: same database', { verb: 'link', target: { number: 4 }, label: 'same database' }],
  ['INC-4.', { verb: 'link', target: { number: 4 }, label: '' }],
  ['<#C012ABC|payments-down>', { verb: 'link', target: { channelId: 'C012ABC' }, label: '' }],
  ['<#C012ABC|> same database', { verb: 'link', target: { channelId: 'C012ABC' }, label: 'same database' }],
])('reads %j', (typed, request) => {
  expect(readIncidentRequest(`link ${typed}`)).toEqual(request);
});

test.each([
  ['', 'Which link?'],
  ['\u200b', 'Which link?'],
  ['the board', 'Which link?'],
  ['#payments', 'I do not know the channel #payments'],
  ['INC 4', 'Write the incident as `INC-4`'],
  ['inc4', 'Write the incident as `INC-4`'],
  ['INC-4 and INC-5', 'One link at a time'],
  ['INC-4, INC-5', 'One link at a time'],
  [`<${URL}> <https://b.example>`, 'One link at a time'],
  ['<mailto:kim@acme.com|kim@acme.com>', 'I link only web pages'],
  ['ftp://g.example/x', 'I link only web pages'],
  ['javascript:alert(1)', 'I link only web pages'],
  ['<https://>', 'A link begins with'],
  [`<${URL}${'x'.repeat(3_000)}>`, 'This link has 3,021 characters'],
  [`<${URL}> ${'x'.repeat(151)}`, 'at most 150 characters'],
])('asks about %j', (typed, problem) => {
  expect(readIncidentRequest(`link ${typed}`)).toEqual({ verb: 'unclear', problem: expect.stringContaining(problem) });
});

test('names another incident first as every verb does', () => {
  expect(readIncidentRequest(`INC-2 link <${URL}> the board`)).toEqual({ ...page('the board'), number: 2 });
  expect(readIncidentRequest('INC-2 relate INC-4')).toMatchObject({ number: 2, target: { number: 4 } });
});
