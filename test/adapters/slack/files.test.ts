/** The bytes of a file that somebody shared, fetched from a Slack over HTTP. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { slackClient } from '#adapters/slack/app.ts';
import { type FetchFile, slackFiles } from '#adapters/slack/files.ts';
import { silentLog } from '#core/log.ts';
import { BOT_TOKEN, openSlackSide, type SlackSide } from '#test/slack-side.ts';
import { steppedClock } from '#test/stepped-clock.ts';

const MOST = { mostBytes: 100, signal: new AbortController().signal };
const GRAPH = { id: 'F0GRAPH', name: 'graph.png', type: 'image/png', bytes: Buffer.from([137, 80, 78, 71]) };

let slack: SlackSide;
let fetchFile: FetchFile;

beforeEach(async () => {
  slack = await openSlackSide();
  const transport = { kind: 'socket', appToken: '' } as const;
  const { apiUrl } = slack.proxy;
  const client = slackClient({ botToken: BOT_TOKEN, apiUrl, transport }, silentLog);
  fetchFile = slackFiles({ client, apiUrl, clock: steppedClock() });
});
afterEach(() => slack.close());

test('a file comes whole, with its name and type, for the token of the bot', async () => {
  slack.proxy.sharedFiles.share('1.1', GRAPH);
  const fetched = await fetchFile('F0GRAPH', MOST);
  expect(fetched).toEqual({ kind: 'fetched', name: 'graph.png', type: 'image/png', bytes: GRAPH.bytes });
  expect(slack.proxy.sharedFiles.downloads).toEqual([`F0GRAPH Bearer ${BOT_TOKEN}`]);
});

describe('without a request to the server of files', () => {
  test.each([
    ['a file that is too large', { size: 101 }, 'larger than 100 bytes'],
    ['a file on another host', { url_private: 'https://files.slack.com.evil.test/files-pri/T-F/x' }, 'its address'],
    ['a file on a host that looks alike', { url_private: 'https://evil.test/files-pri/T-F0GRAPH/x' }, 'its address'],
    ['an address with a password', { url_private: 'https://u:p@files.slack.com/files-pri/T-F/x' }, 'its address'],
    ['another place on the host', { url_private: 'https://files.slack.com/api/files.delete' }, 'its address'],
    ['an address that is none', { url_private: 'x' }, 'its address'],
    ['a file outside of Slack', { is_external: true }, 'stored outside of Slack'],
    ['a deleted file', { mode: 'tombstone' }, 'deleted before'],
  ])('%s is left', async (_, more, reason) => {
    slack.proxy.sharedFiles.share('1.1', GRAPH, more);
    expect(await fetchFile('F0GRAPH', MOST)).toMatchObject({ kind: 'left', reason: expect.stringContaining(reason) });
    expect(slack.proxy.sharedFiles.downloads).toEqual([]);
  });

  test('a file that Slack does not know, or does not show, is left', async () => {
    expect(await fetchFile('F0NONE', MOST)).toMatchObject({ kind: 'left', isDeleted: true });
    slack.proxy.missScope('files.info', 'files:read');
    expect(await fetchFile('F0GRAPH', MOST)).toMatchObject({ reason: 'the scope files:read is missing' });
  });
});

test('no redirect is followed: another host never gets the token', async () => {
  const asked: string[] = [];
  const other = createServer((request, response) => {
    asked.push(`${request.headers.authorization}`);
    response.end('x');
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  slack.proxy.sharedFiles.share('1.1', GRAPH);
  slack.proxy.sharedFiles.leadTo(`http://127.0.0.1:${port}/`);
  expect(await fetchFile('F0GRAPH', MOST)).toMatchObject({
    kind: 'left',
    reason: expect.stringContaining('files:read'),
  });
  expect(asked).toEqual([]);
  other.close();
});

test('a page in the place of a picture, and more bytes than announced, are left', async () => {
  slack.proxy.sharedFiles.share('1.1', { ...GRAPH, type: 'text/html' }, { mimetype: 'image/png' });
  expect(await fetchFile('F0GRAPH', MOST)).toMatchObject({ kind: 'left', reason: expect.stringContaining('a page') });
  slack.proxy.sharedFiles.share('1.1', { ...GRAPH, bytes: Buffer.alloc(101) }, { size: 3 });
  expect(await fetchFile('F0GRAPH', MOST)).toMatchObject({ kind: 'left', reason: 'larger than 100 bytes' });
});

test('what may succeed later is thrown: a busy server, a part of a file, a Slack that is away', async () => {
  slack.proxy.sharedFiles.share('1.1', GRAPH);
  for (const status of [429, 503]) {
    slack.proxy.sharedFiles.fail(status);
    await expect(fetchFile('F0GRAPH', MOST)).rejects.toThrow(`${status}`);
  }
  slack.proxy.sharedFiles.fail(0);
  slack.proxy.sharedFiles.share('1.1', GRAPH, { size: 50 });
  await expect(fetchFile('F0GRAPH', MOST)).rejects.toThrow('a part of a file');
  slack.proxy.down(true);
  await expect(fetchFile('F0GRAPH', MOST)).rejects.toThrow();
});
