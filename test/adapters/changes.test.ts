import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readPostedChanges } from '#adapters/changes/webhook.ts';
import { bearsGitHubSignature, isSignedByGitHub, readGitHubEvent } from '#adapters/github/webhook.ts';
import { isGitLabToken, readGitLabEvent } from '#adapters/gitlab/webhook.ts';
import {
  bearsLaunchDarklySignature,
  isSignedByLaunchDarkly,
  readLaunchDarklyEntry,
} from '#adapters/launchdarkly/webhook.ts';

const AT_US = Date.UTC(2026, 2, 11, 14) * 1000;
const SHA = '7c41e0b29a5d3f8e6c1b4a7d9e2f5c8b1a4d7e0f';
const bytes = Buffer.from('{"a":1}');
const signed = (secret: string) => createHmac('sha256', secret).update(bytes).digest('hex');

const all = () => true;
const ofGitHub = (event: string, body: unknown) => readGitHubEvent(event, body, all);
const told = (nowUs: number) => ({ nowUs, counts: all });

describe('POST /changes', () => {
  const change = { at: '2026-03-11T15:00:00+01:00', kind: 'config', id: 'limits-7', service: 'shop' };

  test('takes one change or several', () => {
    expect(readPostedChanges(change)).toMatchObject({
      kind: 'changes',
      changes: [{ atUs: AT_US, id: 'limits-7', diff: '' }],
    });
    expect(readPostedChanges([change, { ...change, id: 'limits-8' }])).toMatchObject({
      changes: [{}, { id: 'limits-8' }],
    });
  });

  test.each([
    { ...change, id: '' },
    { ...change, at: '14:00' },
    { ...change, kind: 'party' },
    { ...change, who: 'me' },
    [],
    null,
  ])('%j is refused, and says why', (body) => {
    expect(readPostedChanges(body)).toMatchObject({ kind: 'unreadable', why: expect.stringMatching(/\w/) });
  });
});

describe('GitHub', () => {
  const repository = { name: 'shop', full_name: 'acme/shop', default_branch: 'main' };
  const deployment = {
    sha: SHA,
    environment: 'production',
    description: 'ship it',
    created_at: '2026-03-11T14:00:00Z',
    payload: {},
  };

  test('a deployment is a deploy of its repository, or of the service that its payload names', () => {
    expect(ofGitHub('deployment', { action: 'created', deployment, repository })).toEqual({
      kind: 'changes',
      changes: [
        {
          atUs: AT_US,
          kind: 'deploy',
          service: 'shop',
          id: SHA,
          text: 'ship it, to production',
          url: `https://github.com/acme/shop/commit/${SHA}`,
          files: [],
          diff: '',
        },
      ],
    });
    const named = { ...deployment, payload: { service: 'checkout' } };
    expect(ofGitHub('deployment', { action: 'created', deployment: named, repository })).toMatchObject({
      changes: [{ service: 'checkout' }],
    });
  });

  test('a push to the branch that is deployed is its commits', () => {
    const commits = [
      {
        id: SHA,
        message: 'Lower it\n\nsince',
        timestamp: '2026-03-11T14:00:00Z',
        url: 'https://x.example',
        modified: ['a.ts'],
      },
    ];
    expect(ofGitHub('push', { ref: 'refs/heads/main', commits, repository })).toMatchObject({
      changes: [{ kind: 'commit', id: SHA, text: 'Lower it', files: ['a.ts'] }],
    });
    expect(ofGitHub('push', { ref: 'refs/heads/wip', commits, repository })).toEqual({ kind: 'other' });
  });

  test('a deployment that had to wait takes effect when it is begun', () => {
    const status = (state: string) => ({ state, created_at: '2026-03-11T14:30:00Z' });
    const read = (state: string) =>
      ofGitHub('deployment_status', { deployment_status: status(state), deployment, repository });
    expect(read('in_progress')).toMatchObject({ changes: [{ kind: 'deploy', id: SHA, atUs: AT_US + 1_800_000_000 }] });
    for (const state of ['queued', 'failure', 'inactive']) expect(read(state)).toEqual({ kind: 'other' });
  });

  test('a merged pull request is its merge, once it is in the branch that is deployed', () => {
    const pull_request = {
      merged_at: '2026-03-11T14:00:00Z',
      merge_commit_sha: SHA,
      title: 'Lower it',
      number: 7,
      base: { ref: 'main' },
    };
    const read = (more: object) =>
      ofGitHub('pull_request', { action: 'closed', pull_request: { ...pull_request, ...more }, repository });
    const url = `https://github.com/acme/shop/commit/${SHA}`;
    expect(read({})).toMatchObject({ changes: [{ kind: 'commit', id: SHA, text: 'Lower it (#7)', url, atUs: AT_US }] });
    expect(read({ merged_at: null })).toEqual({ kind: 'other' });
    expect(read({ base: { ref: 'wip' } })).toEqual({ kind: 'other' });
  });

  test('commits of a branch come with the push, however old they are', () => {
    const commit = (id: string, timestamp: string) => ({ id, message: 'x', timestamp });
    const commits = [commit(SHA, '2026-03-01T09:00:00Z'), commit(`${SHA}0`, '2026-03-11T14:00:00Z')];
    const push = { ref: 'refs/heads/main', commits, repository };
    expect(ofGitHub('push', push)).toMatchObject({ changes: [{ atUs: AT_US }, { atUs: AT_US }] });
    const pushed = { ...push, repository: { ...repository, pushed_at: AT_US / 1_000_000 + 60 } };
    expect(ofGitHub('push', pushed)).toMatchObject({ changes: [{ atUs: AT_US + 60_000_000 }, {}] });
  });

  test('a release is one when it is published', () => {
    const release = { tag_name: 'v7', name: 'Spring', published_at: '2026-03-11T14:00:00Z' };
    expect(ofGitHub('release', { action: 'published', release, repository })).toMatchObject({
      changes: [{ id: 'v7', text: 'release v7: Spring' }],
    });
    expect(ofGitHub('release', { action: 'edited', release, repository })).toEqual({ kind: 'other' });
  });

  test('other events are nothing to do, and what is no such event is refused', () => {
    expect(ofGitHub('star', {})).toEqual({ kind: 'other' });
    expect(ofGitHub('deployment', { action: 'created' })).toMatchObject({ kind: 'unreadable' });
  });

  test('only the right secret signs these bytes', () => {
    expect(isSignedByGitHub('s', `sha256=${signed('s')}`, bytes)).toBe(true);
    for (const wrong of [`sha256=${signed('t')}`, signed('s'), '', undefined])
      expect(isSignedByGitHub('s', wrong, bytes)).toBe(false);
    for (const [header, may] of [
      [`sha256=${signed('t')}`, true],
      [signed('s'), false],
      ['sha256=', false],
      [undefined, false],
    ] as const)
      expect(bearsGitHubSignature(header)).toBe(may);
  });
});

describe('GitLab', () => {
  const project = { name: 'shop', path_with_namespace: 'acme/shop', default_branch: 'main' };

  test('a deployment is one when it begins', () => {
    const event = {
      object_kind: 'deployment',
      status: 'running',
      status_changed_at: '2026-03-11 15:00:00 +0100',
      environment: 'production',
      short_sha: '7c41e0b2',
      commit_title: 'Lower it',
      project,
    };
    expect(readGitLabEvent(event, told(AT_US))).toMatchObject({
      changes: [{ atUs: AT_US, kind: 'deploy', service: 'shop', id: '7c41e0b2', text: 'Lower it, to production' }],
    });
    expect(readGitLabEvent({ ...event, status: 'success' }, told(AT_US))).toEqual({ kind: 'other' });
  });

  test('a push is its commits; other events are nothing to do', () => {
    const commits = [{ id: SHA, message: 'Lower it', timestamp: '2026-03-11T15:00:00+01:00', added: ['b.ts'] }];
    expect(
      readGitLabEvent({ object_kind: 'push', ref: 'refs/heads/main', commits, project }, told(AT_US)),
    ).toMatchObject({
      changes: [{ atUs: AT_US, kind: 'commit', files: ['b.ts'] }],
    });
    expect(readGitLabEvent({ object_kind: 'wiki_page' }, told(AT_US))).toEqual({ kind: 'other' });
    expect(readGitLabEvent({ object_kind: 'push' }, told(AT_US))).toMatchObject({ kind: 'unreadable' });
  });

  test('a deployment is known by its whole hash where its address has it', () => {
    const event = {
      object_kind: 'deployment',
      status: 'running',
      status_changed_at: '2026-03-11 15:00:00 +0100',
      short_sha: SHA.slice(0, 8),
      commit_url: `https://gitlab.example/acme/shop/-/commit/${SHA}`,
      project,
    };
    expect(readGitLabEvent(event, told(AT_US))).toMatchObject({ changes: [{ id: SHA }] });
  });

  test('a pipeline tells of its jobs that deploy', () => {
    const job = { status: 'success', started_at: '2026-03-11 14:00:00 UTC' };
    const builds = [
      { ...job, environment: null },
      { ...job, environment: { name: 'production', action: 'start' } },
      { ...job, environment: { name: 'review', action: 'stop' } },
    ];
    const web_url = 'https://gitlab.example/acme/shop';
    const event = {
      object_kind: 'pipeline',
      object_attributes: { sha: SHA },
      builds,
      project: { ...project, web_url },
    };
    expect(readGitLabEvent(event, told(0))).toMatchObject({
      changes: [{ kind: 'deploy', atUs: AT_US, text: 'to production', url: `${web_url}/-/commit/${SHA}` }],
    });
  });

  test('a merged merge request, a release and a flag are changes', () => {
    const said = {
      action: 'merge',
      title: 'Lower it',
      iid: 7,
      target_branch: 'main',
      merge_commit_sha: SHA,
      updated_at: '2026-03-11 14:00:00 UTC',
    };
    const merge = { object_kind: 'merge_request', object_attributes: said, project };
    expect(readGitLabEvent(merge, told(0))).toMatchObject({ changes: [{ kind: 'commit', id: SHA, atUs: AT_US }] });
    const opened = { ...merge, object_attributes: { ...said, action: 'open' } };
    expect(readGitLabEvent(opened, told(0))).toEqual({ kind: 'other' });
    const release = {
      object_kind: 'release',
      action: 'create',
      tag: 'v7',
      released_at: '2026-03-11 14:00:00 UTC',
      project,
    };
    expect(readGitLabEvent(release, told(0))).toMatchObject({ changes: [{ kind: 'deploy', id: 'v7', atUs: AT_US }] });
    const flag = { object_kind: 'feature_flag', object_attributes: { name: 'express', active: false }, project };
    expect(readGitLabEvent(flag, told(AT_US))).toMatchObject({
      changes: [{ kind: 'flag', id: 'express', text: 'turned off', atUs: AT_US }],
    });
  });

  test('only the token itself fits', () => {
    expect([isGitLabToken('t', 't'), isGitLabToken('t', 'T'), isGitLabToken('t', undefined)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('LaunchDarkly', () => {
  const entry = {
    _id: '1',
    date: AT_US / 1000,
    kind: 'flag',
    name: 'Express lane',
    titleVerb: 'turned on the flag',
    accesses: [{ action: 'updateOn', resource: 'proj/shop:env/production:flag/express-lane;web' }],
  };

  test('a flag that is switched in an environment is a change', () => {
    expect(readLaunchDarklyEntry(entry, all)).toMatchObject({
      changes: [
        { atUs: AT_US, kind: 'flag', id: 'express-lane', text: 'Express lane: turned on the flag in production (1)' },
      ],
    });
  });

  test('what is of no environment, or no flag, is nothing to do', () => {
    expect(readLaunchDarklyEntry({ ...entry, accesses: [] }, all)).toEqual({ kind: 'other' });
    expect(readLaunchDarklyEntry({ ...entry, kind: 'member' }, all)).toEqual({ kind: 'other' });
    expect(readLaunchDarklyEntry({}, all)).toMatchObject({ kind: 'unreadable' });
  });

  test('only the right secret signs these bytes', () => {
    expect(isSignedByLaunchDarkly('s', signed('s'), bytes)).toBe(true);
    expect(isSignedByLaunchDarkly('s', signed('t'), bytes)).toBe(false);
    expect([signed('t'), `${signed('s')}0`, '', undefined].map(bearsLaunchDarklySignature)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

test('deploys to other environments, and flags of other environments, are nothing to do', () => {
  const counts = (environment: string) => environment === 'production';
  const created_at = '2026-03-11T14:00:00Z';
  const deployment = { sha: SHA, environment: 'staging', created_at, payload: {} };
  const repository = { name: 'shop', full_name: 'acme/shop' };
  const event = { action: 'created', deployment, deployment_status: { state: 'success', created_at }, repository };
  for (const name of ['deployment', 'deployment_status'])
    expect(readGitHubEvent(name, event, counts)).toEqual({ kind: 'other' });
  const of = (environment: string) => ({
    object_kind: 'deployment',
    status: 'running',
    status_changed_at: '2026-03-11 15:00:00 +0100',
    environment,
    short_sha: '7c41e0b2',
    project: { name: 'shop', path_with_namespace: 'acme/shop' },
  });
  expect(readGitLabEvent(of('review/7'), { nowUs: 0, counts })).toEqual({ kind: 'other' });
  expect(readGitLabEvent(of('production'), { nowUs: 0, counts })).toMatchObject({ kind: 'changes' });
  const accesses = [{ action: 'updateOn', resource: 'proj/shop:env/test:flag/express-lane' }];
  const entry = { _id: '1', date: 1, kind: 'flag', name: 'Express lane', accesses };
  expect(readLaunchDarklyEntry(entry, counts)).toEqual({ kind: 'other' });
});
