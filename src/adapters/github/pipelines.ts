/**
 * Failed workflows of GitHub Actions on the default branch, and the success that ends them.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_run
 */
import { z } from 'zod';
import { deliveryOf, Instant, labelsOf, Name, Required, unreadable } from '#adapters/alert-fields.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { AlertState } from '#model/incident/alert.ts';

const WorkflowRun = z.object({
  action: z.string('expected text such as completed'),
  workflow_run: z.object({
    id: Required,
    workflow_id: Name,
    name: Name,
    display_title: Name,
    conclusion: Name,
    event: Name,
    head_branch: Name,
    head_sha: Name,
    html_url: Name,
    run_attempt: Name,
    run_started_at: Instant,
    updated_at: Instant,
  }),
  repository: z.object({ name: Required, full_name: Required, default_branch: Name }),
});

/** Other conclusions, such as a cancelled run, are no verdict. */
const STATES: Readonly<Record<string, AlertState>> = {
  failure: 'triggered',
  timed_out: 'triggered',
  startup_failure: 'triggered',
  success: 'resolved',
};

export function isWorkflowRun(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'workflow_run' in body;
}

export function readWorkflowRun(body: unknown, receivedUs: number): ReadDelivery {
  if (typeof body === 'object' && body !== null && !isWorkflowRun(body)) {
    return { kind: 'other', why: 'only events of workflow runs are alerts: choose the event "Workflow runs"' };
  }
  const parsed = WorkflowRun.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  const { action, workflow_run: run, repository } = parsed.data;
  if (action !== 'completed') return { kind: 'other', why: `the run is ${action}: its result is not known yet` };
  if (/^(?:pull_request|merge_group)/.test(run.event)) {
    return { kind: 'other', why: 'a run for a pull request: only runs of the default branch are alerts' };
  }
  if (repository.default_branch !== '' && run.head_branch !== repository.default_branch) {
    return { kind: 'other', why: `the branch ${run.head_branch} is not the default branch` };
  }
  const state = STATES[run.conclusion];
  if (state === undefined) return { kind: 'other', why: `a run that ends as ${run.conclusion} is no failure` };
  const saidUs = run.updated_at ?? receivedUs;
  return deliveryOf(
    {
      source: 'github',
      key: `${repository.full_name}/${run.workflow_id || run.name}/${run.head_branch}`,
      title: `${run.name || 'a workflow'} ${state === 'resolved' ? 'succeeded' : 'failed'} in ${repository.full_name}`,
      service: repository.name,
      severity: '',
      state,
      atUs: run.run_started_at ?? saidUs,
      saidUs,
      url: run.html_url,
      traceId: '',
      labels: labelsOf({
        repository: repository.full_name,
        branch: run.head_branch,
        commit: run.head_sha,
        run: run.id,
      }),
    },
    `${run.id}/${run.run_attempt}/${run.conclusion}`,
  );
}
