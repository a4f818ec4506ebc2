/** Which settings connect the bot to Slack, and which halves are refused at the start. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { slackMode, slackPlace } from '#adapters/slack/mode.ts';
import { loadConfig } from '#config/load.ts';

const KEY = randomBytes(32).toString('base64');
const OTHER_KEY = randomBytes(32).toString('base64');
const INSTALLS = {
  SLACK_CLIENT_ID: '123.456',
  SLACK_CLIENT_SECRET: 'hidden-client',
  SLACK_STATE_SECRET: 'hidden-state-with-more-than-32-characters',
  SLACK_INSTALLATION_KEYS: `${KEY} ${OTHER_KEY}`,
  SLACK_WORKSPACES: 'T0ACME01,T0OTHER1',
};
const modeOf = (env: Readonly<Record<string, string>>) => slackMode(loadConfig(env).slack);

describe('installations by a link', () => {
  test('are off without their settings, as before', () => {
    expect(modeOf({})).toEqual({ kind: 'none' });
    expect(modeOf({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' })).toEqual({
      kind: 'socket',
      appToken: 'xapp-1',
      botToken: 'xoxb-1',
      installs: undefined,
    });
  });

  test('need no bot token, and may stand beside one', () => {
    const alone = modeOf({ ...INSTALLS, SLACK_SIGNING_SECRET: 'x' });
    expect(alone).toMatchObject({
      kind: 'http',
      botToken: undefined,
      installs: { clientId: '123.456', keys: [KEY, OTHER_KEY], workspaces: ['T0ACME01', 'T0OTHER1'] },
    });
    const beside = modeOf({ ...INSTALLS, SLACK_SIGNING_SECRET: 'x', SLACK_BOT_TOKEN: 'xoxb-1' });
    expect(beside).toMatchObject({ botToken: 'xoxb-1', installs: { clientId: '123.456' } });
  });

  test.each(Object.keys(INSTALLS))('are refused without %s, which the error names', (name) => {
    const { [name as keyof typeof INSTALLS]: _, ...others } = INSTALLS;
    const mode = () => modeOf({ ...others, SLACK_SIGNING_SECRET: 'x', SLACK_BOT_TOKEN: 'xoxb-1' });
    expect(mode).toThrow(`but ${name} not`);
    expect(mode).not.toThrow('hidden');
  });

  test('are refused where no event of Slack could arrive', () => {
    expect(() => modeOf(INSTALLS)).toThrow('cannot receive events from Slack');
  });

  test.each([
    ['SLACK_INSTALLATION_KEYS', 'secret'],
    ['SLACK_INSTALLATION_KEYS', randomBytes(16).toString('base64')],
    ['SLACK_INSTALLATION_KEYS', `${KEY},${OTHER_KEY}`],
    ['SLACK_STATE_SECRET', 'short'],
    ['SLACK_WORKSPACES', 'acme'],
  ])('are refused with %s=%s, which no error repeats', (name, value) => {
    const load = () => loadConfig({ ...INSTALLS, [name]: value });
    expect(load).toThrow(name);
    if (name !== 'SLACK_WORKSPACES') expect(load).not.toThrow(value === 'secret' ? '"secret"' : value);
  });

  test('have their address on the start screen', () => {
    const { slack } = loadConfig({ ...INSTALLS, SLACK_APP_TOKEN: 'xapp-1' });
    expect(slackPlace(slack, 'http://here')).toBe('Socket Mode; install: http://here/slack/install');
  });
});
