import { describe, expect, test } from 'vitest';
import { parseMrkdwn } from '#web/playground/client/mrkdwn.js';

describe('the reader of mrkdwn', () => {
  test('reads the marks, also inside each other', () => {
    expect(parseMrkdwn('*slow _query_* took ~3 s~ `SELECT *`')).toEqual([
      {
        type: 'bold',
        children: [
          { type: 'text', text: 'slow ' },
          { type: 'italic', children: [{ type: 'text', text: 'query' }] },
        ],
      },
      { type: 'text', text: ' took ' },
      { type: 'strike', children: [{ type: 'text', text: '3 s' }] },
      { type: 'text', text: ' ' },
      { type: 'code', text: 'SELECT *' },
    ]);
  });

  test('makes code bold, and does not end the bold at a star inside the code', () => {
    const code = { type: 'code', text: 'SELECT * FROM x' };
    expect(parseMrkdwn('*`SELECT * FROM x`* and `y`')).toEqual([
      { type: 'bold', children: [code] },
      { type: 'text', text: ' and ' },
      { type: 'code', text: 'y' },
    ]);
  });

  test.each([
    'order_items_by_customer',
    '2 * 3 * 4',
    'a *b\nc* d',
    '`` is no code',
    'at 10:32:05',
    '** is no bold',
    'tom & jerry < spike',
  ])('leaves %j as it is', (text) => {
    const flat = parseMrkdwn(text).map((node) => {
      if (node.type === 'break') return '\n';
      return node.type === 'emoji' ? `:${node.name}:` : 'text' in node ? node.text : `<${node.type}>`;
    });
    expect(flat.join('')).toBe(text);
  });

  test('shows the escaped signs as signs: an operation called <!channel> pings nobody', () => {
    expect(parseMrkdwn('&lt;!channel&gt; &amp;lt;')).toEqual([{ type: 'text', text: '<!channel> &lt;' }]);
  });

  test('reads links with and without a label, and unescapes their address', () => {
    expect(parseMrkdwn('<https://jaeger.example/trace/1?a=1&amp;b=2|Open the trace> <http://x.example>')).toEqual([
      { type: 'link', url: 'https://jaeger.example/trace/1?a=1&b=2', label: 'Open the trace' },
      { type: 'text', text: ' ' },
      { type: 'link', url: 'http://x.example', label: 'http://x.example' },
    ]);
  });

  test('makes no link of an address that could run something', () => {
    expect(parseMrkdwn('<javascript:alert(1)|click>')).toEqual([{ type: 'text', text: '<javascript:alert(1)|click>' }]);
  });

  test('reads mentions, channels, broadcasts and dates', () => {
    expect(parseMrkdwn('<@U1><#C1|ops><!here><!date^1767709800^{date_short} {time}|6 Jan>')).toEqual([
      { type: 'user', id: 'U1' },
      { type: 'channel', id: 'C1', label: 'ops' },
      { type: 'broadcast', name: 'here' },
      { type: 'date', seconds: 1767709800, format: '{date_short} {time}', url: undefined, fallback: '6 Jan' },
    ]);
  });

  test('keeps a fence word for word, marks and all', () => {
    expect(parseMrkdwn('before\n```\n*a* &lt;b&gt;\n  c\n```\nafter')).toEqual([
      { type: 'text', text: 'before' },
      { type: 'pre', text: '*a* <b>\n  c' },
      { type: 'text', text: 'after' },
    ]);
  });

  test('takes lines of a quote together', () => {
    expect(parseMrkdwn('&gt; one\n> two\nthree')).toEqual([
      {
        type: 'quote',
        children: [{ type: 'text', text: 'one' }, { type: 'break' }, { type: 'text', text: 'two' }],
      },
      { type: 'text', text: 'three' },
    ]);
  });

  test('does not lose its way in marks that never close', () => {
    const text = '*a _b ~c `d <e '.repeat(200);
    expect(parseMrkdwn(text).length).toBeGreaterThan(0);
  });
});
