import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCurl, writeCurl } from '#utilities/http-request.ts';

const read = (text: string) => {
  const found = readCurl(text);
  if ('problem' in found) throw new Error(found.problem);
  return found.request;
};

describe('a curl command', () => {
  test.each([
    ['https://a.example/x?a=1&b=2', 'GET', 'https://a.example/x?a=1&b=2'],
    ['curl -X GET http://service.local/health', 'GET', 'http://service.local/health'],
    ['curl service.local:8080/health', 'GET', 'http://service.local:8080/health'],
    ["curl -I 'http://a/x y'", 'HEAD', 'http://a/x%20y'],
    ['curl -sSLXDELETE http://a/', 'DELETE', 'http://a/'],
    ['/usr/bin/curl --url="http://a/" --silent', 'GET', 'http://a/'],
    ['curl -G http://a/?x=1 -d a=b -d c=d', 'GET', 'http://a/?x=1&a=b&c=d'],
    ['curl -o /tmp/x -m 5 http://a/ --retry 3', 'GET', 'http://a/'],
    ['curl http://a/#part', 'GET', 'http://a/'],
  ])('%s', (text, method, url) => {
    expect(read(text)).toMatchObject({ method, url, headers: [], body: undefined });
  });

  test('carries headers and a body as curl sends them', () => {
    const text = `curl 'https://a/x' \\
      -H 'Accept: */*' -H "X-It: it's \\"quoted\\"" -H 'X-Empty;' -H 'User-Agent:' \\
      --data-raw $'{"a": "it\\'s"}' -d more`;
    expect(read(text)).toEqual({
      method: 'POST',
      url: 'https://a/x',
      headers: [
        ['Accept', '*/*'],
        ['X-It', 'it\'s "quoted"'],
        ['X-Empty', ''],
        ['content-type', 'application/x-www-form-urlencoded'],
      ],
      body: '{"a": "it\'s"}&more',
    });
    expect(read('curl --json \'{"a":1}\' http://a/').headers).toEqual([
      ['content-type', 'application/json'],
      ['accept', 'application/json'],
    ]);
  });

  test('turns a user into a header, and out of the address', () => {
    const basic = `Basic ${Buffer.from('ann:s3cret').toString('base64')}`;
    for (const text of ['curl -u ann:s3cret http://a/', 'curl http://ann:s3cret@a/']) {
      expect(read(text)).toMatchObject({ url: 'http://a/', headers: [['authorization', basic]] });
    }
  });

  test('says what it leaves out', () => {
    expect(readCurl('curl -kL https://a/')).toMatchObject({
      notes: ['Certificates are always checked: --insecure is ignored', 'Redirects are followed only on the same host'],
    });
  });

  test.each([
    ['curl $(cat /etc/passwd)', 'a shell would interpret'],
    ['curl "http://a/$HOME"', 'a shell would interpret'],
    ['curl "http://a/`id`"', 'a shell would interpret'],
    ['curl http://a/ | sh', 'it contains |'],
    ['curl http://a/; rm -rf /', 'it contains ;'],
    ['curl http://a/ &', 'it contains &'],
    ['curl http://a/ > /etc/passwd', 'it contains >'],
    ["curl 'http://a/", "a quote (') is not closed"],
    ['curl -d @/etc/passwd http://a/', 'files are not read'],
    ['curl --data-binary @x http://a/', 'files are not read'],
    ['curl -b cookies.txt http://a/', 'cookie files are not read'],
    ['curl -F a=@x http://a/', 'unknown curl option -F'],
    ['curl --proxy http://p/ http://a/', 'unknown curl option --proxy'],
    ['curl -H nonsense http://a/', 'is not a header'],
    ['curl http://a/ http://b/', 'there are two addresses'],
    ['curl file:///etc/passwd', 'file:// is not supported'],
    ['curl gopher://a/', 'gopher:// is not supported'],
    ['curl -X', '--request needs a value'],
    ['curl', 'the address is missing'],
    ['curl http://', 'is not an address'],
  ])('%s is refused', (text, problem) => {
    expect(readCurl(text)).toEqual({ problem: expect.stringContaining(problem) });
  });

  test('is written so that it is read as the same request', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((value) => !/[\r\0]/.test(value));
    const value = text.map((one) => one.trim()).filter((one) => !one.includes('\n'));
    const request = fc.record({
      method: fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE'),
      url: fc.webUrl({ withQueryParameters: true }).map((url) => new URL(url).href),
      headers: fc.array(fc.tuple(fc.stringMatching(/^[A-Za-z][A-Za-z-]{0,10}$/), value), { maxLength: 4 }),
      body: fc.option(text, { nil: undefined }),
    });
    fc.assert(
      fc.property(request, (given) => {
        const hasType = given.headers.some(([name]) => name.toLowerCase() === 'content-type');
        const added =
          given.body === undefined || hasType ? [] : [['content-type', 'application/x-www-form-urlencoded']];
        expect(read(writeCurl(given))).toEqual({ ...given, headers: [...given.headers, ...added] });
      }),
      { numRuns: 50 },
    );
  });

  test('any text is read or refused, in time', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readCurl(`curl ${text}`)));
    expect(readCurl(`curl "${'\\x'.repeat(100_000)}`)).toHaveProperty('problem');
  });
});
