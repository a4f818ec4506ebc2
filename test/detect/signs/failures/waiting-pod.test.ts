import { expect, test } from 'vitest';
import { waitingPods } from '#detect/signs/failures/waiting-pod.ts';
import { logLine } from '#test/log-line.ts';
import { span, traceOf } from '#test/trace.ts';

const trace = traceOf(
  span('cron-report', 'cronjob report', { ms: 900, attributes: { 'k8s.job.name': 'report-2963' } }),
);
const ownerOf = (line: string) => waitingPods(trace)(logLine('kube-scheduler', 10, line));

test.each([
  '{"reason":"FailedScheduling","involvedObject":{"kind":"Pod","name":"report-2963-x8k2p"},"message":"0/6 nodes are available"}',
  'FailedScheduling pod/report-2963-x8k2p 0/6 nodes are available: 6 Insufficient memory.',
  '"Unable to schedule pod; no fit; waiting" pod="batch/report-2963-x8k2p" err="0/6 nodes are available: 6 Insufficient cpu."',
])('the pod of a job is of the service that ran it: %s', (line) => {
  expect(ownerOf(line)).toBe('cron-report');
});

test.each([
  'FailedScheduling pod/report-29-x8k2p 0/6 nodes are available: 6 Insufficient memory.',
  'Scheduled pod/report-2963-x8k2p to node-5',
])('not where it is another pod, or a pod that has a node: %s', (line) => {
  expect(ownerOf(line)).toBeUndefined();
});
