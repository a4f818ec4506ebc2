/** Alerts that are no trouble: they show that alerting works. */

/**
 * Rules that fire all the time, so that their absence shows that alerting is broken, and rules that only inhibit others.
 * kube-prometheus gives both the severity `none`.
 * https://github.com/prometheus-operator/kube-prometheus/blob/main/manifests/kubePrometheus-prometheusRule.yaml
 */
const HEARTBEAT = /^(?:watchdog|dead[ _-]?man'?s?[ _-]?(?:switch|snitch)|infoinhibitor)$/i;

/** Whether the rule is no trouble: a heartbeat of the alerting itself. */
export function isHeartbeat({ alertname = '', severity = '' }: Readonly<Record<string, string>>): boolean {
  return HEARTBEAT.test(alertname.trim()) || severity.toLowerCase() === 'none';
}
