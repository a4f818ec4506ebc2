/**
 * What Slack may answer besides the truth, to a question that decides who may see what. A limit of its calls is an answer
 * of HTTP; half an answer lacks what decides.
 */
export const STUMBLES = [
  ['a limit of its calls', { kind: 'limited', seconds: 1 }],
  ['an error of its own', { kind: 'refused', error: 'internal_error' }],
  ['an unknown code', { kind: 'refused', error: 'gremlins' }],
  ['half an answer', { kind: 'garbled', body: '{"ok":true,"user":{"id":"U0INSIDE"},"channel":{"id":"C0"}}' }],
  [
    'nulls',
    {
      kind: 'garbled',
      body: '{"ok":true,"user":{"team_id":"T000000001","is_restricted":null,"is_bot":null},"channel":{"is_private":null},"members":null}',
    },
  ],
  [
    'all but whether the account is closed',
    {
      kind: 'garbled',
      body: '{"ok":true,"user":{"team_id":"T000000001","is_restricted":false,"is_bot":false},"channel":{},"members":null}',
    },
  ],
  ['a page of a proxy', { kind: 'garbled', body: '<html>502</html>' }],
  ['a lost connection', { kind: 'lost' }],
  ['silence', { kind: 'hangs' }],
] as const;
