/**
 * Failed pipelines of GitLab on the default branch, and the success that ends them.
 * https://docs.gitlab.com/user/project/integrations/webhook_events/#pipeline-events
 */
import { z } from 'zod';
import { deliveryOf, firstOf, Instant, labelsOf, Name, Required, unreadable } from '#adapters/alert-fields.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { AlertState } from '#model/incident/alert.ts';

const Pipeline = z.object({
  object_kind: z.literal('pipeline'),
  object_attributes: z.object({
    id: Required,
    name: Name,
    ref: Name,
    sha: Name,
    status: z.string('expected text such as failed'),
    source: Name,
    created_at: Instant,
    finished_at: Instant,
    url: Name,
  }),
  project: z.object({ name: Required, path_with_namespace: Required, default_branch: Name, web_url: Name }),
  builds: z
    .array(z.object({ name: Name, stage: Name, status: Name, allow_failure: z.unknown() }))
    .nullish()
    .catch(undefined),
});

const STATES: Readonly<Record<string, AlertState>> = { failed: 'triggered', success: 'resolved' };

export function isPipeline(body: unknown): boolean {
  return z.looseObject({ object_kind: z.literal('pipeline') }).safeParse(body).success;
}

export function readPipeline(body: unknown, receivedUs: number): ReadDelivery {
  const kind = z.looseObject({ object_kind: z.string() }).safeParse(body);
  if (kind.success && kind.data.object_kind !== 'pipeline') {
    return { kind: 'other', why: 'only events of pipelines are alerts: choose the trigger "Pipeline events"' };
  }
  const parsed = Pipeline.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  const { object_attributes: run, project, builds } = parsed.data;
  if (project.default_branch !== '' && run.ref !== project.default_branch) {
    return { kind: 'other', why: `the branch ${run.ref} is not the default branch` };
  }
  if (run.source === 'merge_request_event') {
    return { kind: 'other', why: 'a pipeline of a merge request touches nothing that runs' };
  }
  const state = STATES[run.status];
  if (state === undefined) return { kind: 'other', why: `a pipeline that is ${run.status} has no result` };
  const saidUs = run.finished_at ?? receivedUs;
  const failed = builds?.find(({ status, allow_failure }) => status === 'failed' && allow_failure !== true);
  return deliveryOf(
    {
      source: 'gitlab',
      key: `${project.path_with_namespace}/${run.name}/${run.ref}`,
      title: `${run.name || 'Pipeline'} ${state === 'resolved' ? 'succeeded' : 'failed'} in ${project.path_with_namespace}`,
      service: project.name,
      severity: '',
      state,
      atUs: run.created_at ?? saidUs,
      saidUs,
      url: firstOf(run.url, project.web_url && `${project.web_url}/-/pipelines/${run.id}`),
      traceId: '',
      labels: labelsOf({ project: project.path_with_namespace, branch: run.ref, commit: run.sha, job: failed?.name }),
    },
    `${run.id}/${run.status}`,
  );
}
