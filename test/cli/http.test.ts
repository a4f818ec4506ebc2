import { describe, expect, test } from 'vitest';
import { refuse, startRecordedServer } from '#test/recorded-server.ts';
import { spanhound } from './run-spanhound.ts';

describe('spanhound http', () => {
  test('prints a request as curl, without its credentials and without sending it', async () => {
    const curl = `curl 'https://api.example.com/x' -H 'Authorization: Bearer sesame-0pen' --json '{"a": 1, "password": "hunter2"}'`;
    const { code, stdout } = await spanhound(['http', curl, '--curl']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `curl https://api.example.com/x -H 'Authorization: [redacted:authorization:2]' -H 'content-type: application/json' -H 'accept: application/json' --data-raw '{"a":1,"password":"[redacted:secret:3]"}'\n`,
    });
  });

  test('sends nothing to whom the configuration does not name, and says which line to add', async () => {
    await using server = await startRecordedServer(() => refuse(200));
    const { code, stdout, stderr } = await spanhound(['http', server.url.href]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`in the configuration file: add ${server.url.origin} to http.allow.`);
    expect(server.requests).toEqual([]);
  });

  test('for this machine says what to set for a test, and that is enough', async () => {
    await using server = await startRecordedServer(() => refuse(200));
    const address = `http://localhost:${server.url.port}/`;
    const { code, stderr } = await spanhound(['http', address]);
    expect(code).toBe(2);
    const [, assignments = ''] = /^To test it on this machine, write before the command: (.+)$/m.exec(stderr) ?? [];
    const env = Object.fromEntries(assignments.split(' ').map((one) => one.split('=')));
    expect(Object.keys(env)).toEqual(['SPANHOUND_HTTP_ALLOW', 'SPANHOUND_HTTP_NETWORKS']);
    expect(await spanhound(['http', address], { env })).toMatchObject({ code: 0, stderr: '' });
  });

  test('for other machines says nothing about this one', async () => {
    const { stderr } = await spanhound(['http', 'http://10.0.0.1/']);
    expect(stderr).toContain('http.allow');
    expect(stderr).not.toContain('this machine');
  });

  test('shows status, timing, headers and body of the answer, and no credential in any of them', async () => {
    const body = JSON.stringify({ ok: true, token: 'hunter2hunter2', id: 9 });
    const headers = { 'content-type': 'application/json', 'set-cookie': 'sid=hunter2' };
    await using server = await startRecordedServer(() => refuse(200, headers, body));
    const env = { SPANHOUND_HTTP_ALLOW: server.url.origin };
    const args = ['http', `${server.url}health?api_key=hunter2`, '-H', 'X-Api-Key: hunter2', 'Accept: text/plain'];
    const { code, stdout, stderr } = await spanhound(args, { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^GET http:\/\/127\.0\.0\.1:\d+\/health\?api_key=\[redacted:secret:\d\]\n200 OK\n {2}DNS /);
    expect(stdout).toMatch(/first byte after .+ · total .+ · from 127\.0\.0\.1\n/);
    expect(stdout).toContain('"ok": true');
    expect(stdout).not.toContain('hunter2');
    expect(server.requests[0]?.headers).toMatchObject({ 'x-api-key': 'hunter2', accept: 'text/plain' });

    const json = JSON.parse((await spanhound([...args, '--json'], { env })).stdout);
    expect(json).toMatchObject({ request: { method: 'GET' }, answer: { status: 200, address: '127.0.0.1' } });
    expect(JSON.stringify(json)).not.toContain('hunter2');
  });

  test('nobody there exits 4', async () => {
    const { code } = await spanhound(['http', 'http://127.0.0.1:1/'], {
      env: { SPANHOUND_HTTP_ALLOW: 'http://127.0.0.1:1' },
    });
    expect(code).toBe(4);
  });

  test('a list that is none is a mistake of the configuration', async () => {
    const env = {
      SPANHOUND_HTTP_ALLOW: 'api.example.com',
      SPANHOUND_HTTP_NETWORKS: '10.0.0.0/99',
      SPANHOUND_HTTP_METHODS: 'BREW',
    };
    const { code, stderr } = await spanhound(['http', 'http://a/'], { env });
    expect(code).toBe(2);
    expect(stderr.match(/^✖/gm)).toHaveLength(3);
  });

  test('probes a breaker once that is confirmed: closed, open, half-open, closed again', async () => {
    let left = 3;
    let openUntil = 0;
    await using server = await startRecordedServer(({ path }) => {
      if (Date.now() < openUntil) {
        // Its time begins once somebody has seen that it is open: a slow machine sees it late.
        if (path !== '/slow') openUntil = Math.min(openUntil, Date.now() + 500);
        return refuse(503, {}, 'Circuit Breaker Open');
      }
      if (path !== '/slow') return refuse(200);
      left -= 1;
      if (left === 0) openUntil = Number.POSITIVE_INFINITY;
      return refuse(500);
    });
    const env = { SPANHOUND_HTTP_ALLOW: server.url.origin };
    const args = [
      'http',
      `${server.url}health`,
      '--probe-circuit',
      '--trip',
      `${server.url}slow`,
      '--wait',
      '1',
      '--json',
    ];
    const refused = await spanhound(args, { env });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('Add --yes if that is what you want');
    expect(server.requests).toEqual([]);

    const { stdout, code } = await spanhound([...args, '--yes'], { env });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'closed-again', waitedSeconds: 1 });
  });

  test.each([
    ['another method', ['http', '-X', 'POST', 'http://a/', '--probe-circuit', '--yes']],
    ['too many requests', ['http', 'http://a/', '--probe-circuit', '--requests', '1000', '--yes']],
    ['a shell', ['http', 'curl http://a/ | sh']],
    ['no address', ['http', 'curl']],
  ])('%s exits 2', async (_what, args) => {
    expect(await spanhound(args)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^spanhound: .+\n.+\n$/),
    });
  });
});
