/** Each kind of request goes to the workspace whose installation it belongs to. */
import { describe, expect, test } from 'vitest';
import { eventPlace } from '#adapters/slack/event-workspace.ts';

const EVENT = { type: 'event_callback', team_id: 'T1', event: { type: 'message' } };

describe('a request belongs to', () => {
  test.each([
    ['a command', { command: '/trace', team_id: 'T1', is_enterprise_install: 'false' }],
    ['a button', { type: 'block_actions', team: { id: 'T1' }, user: { id: 'U1', team_id: 'T1' } }],
    ['a form without a team', { type: 'view_submission', team: null, user: { id: 'U1', team_id: 'T1' } }],
    ['an event', EVENT],
  ])('the workspace that sent it: %s', (_, body) => {
    expect(eventPlace(body)).toEqual({ kind: 'workspace', workspaceId: 'T1', body, removed: undefined });
  });

  test('the workspace that gets an event, not the one where it happened', () => {
    const body = { ...EVENT, authorizations: [{ team_id: 'T2', user_id: 'U2', is_enterprise_install: false }] };
    expect(eventPlace(body)).toMatchObject({ workspaceId: 'T2', body: { ...body, team_id: 'T2' } });
  });

  test('the workspace whose app opened a form, not the one of the person who sends it', () => {
    const view = { app_installed_team_id: 'T2', callback_id: 'incident_declare' };
    const form = { type: 'view_submission', team: { id: 'T1' }, user: { id: 'U1', team_id: 'T1' }, view };
    expect(eventPlace(form)).toMatchObject({ workspaceId: 'T2', body: { ...form, team: { id: 'T2' } } });
    expect(eventPlace({ ...form, view: { app_installed_team_id: '' } })).toMatchObject({ workspaceId: 'T1' });
  });

  test('no workspace if the app is installed for an organisation', () => {
    expect(eventPlace({ command: '/trace', team_id: 'T1', is_enterprise_install: 'true' })).toEqual({
      kind: 'organisation',
    });
    const body = { ...EVENT, authorizations: [{ team_id: null, is_enterprise_install: true }] };
    expect(eventPlace(body)).toEqual({ kind: 'organisation' });
  });

  test.each([[{}], [{ team_id: 7 }], [{ team: 'T1' }], [{ user: null, team: null }]])(
    'no workspace if it names none: %j',
    (body) => {
      expect(eventPlace(body)).toEqual({ kind: 'unknown' });
    },
  );
});

describe('a workspace has removed the app', () => {
  const removed = (event: object) => {
    const place = eventPlace({ ...EVENT, event_time: 5, event });
    return place.kind === 'workspace' ? place.removed : place;
  };

  test('when it was uninstalled, or when the token of the bot was revoked', () => {
    expect(removed({ type: 'app_uninstalled' })).toEqual({ reason: 'app_uninstalled', atUs: 5e6 });
    expect(removed({ type: 'tokens_revoked', tokens: { bot: ['U1'] } })).toMatchObject({ reason: 'tokens_revoked' });
  });

  test('not when tokens of people were revoked, and not because of a message that says so', () => {
    expect(removed({ type: 'tokens_revoked', tokens: { oauth: ['U1'], bot: [] } })).toBeUndefined();
    expect(removed({ type: 'tokens_revoked', tokens: { oauth: ['U1'] } })).toBeUndefined();
    expect(removed({ type: 'message', text: 'app_uninstalled' })).toBeUndefined();
    expect(eventPlace({ type: 'block_actions', team: { id: 'T1' }, event: { type: 'app_uninstalled' } })).toMatchObject(
      {
        removed: undefined,
      },
    );
  });
});
