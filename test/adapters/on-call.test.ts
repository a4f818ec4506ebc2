/** How each system that knows who is on call fails. */
import { grafanaOnCall } from '#adapters/grafana/on-call.ts';
import { ilertOnCall } from '#adapters/ilert/on-call.ts';
import { incidentIoOnCall } from '#adapters/incidentio/on-call.ts';
import { opsgenieOnCall } from '#adapters/opsgenie/on-call.ts';
import { pagerDutyOnCall } from '#adapters/pagerduty/on-call.ts';
import { onCallContract } from '#test/on-call-contract.ts';

onCallContract({
  open: (apiUrl) => pagerDutyOnCall({ apiKey: 's3cret', apiUrl }),
  place: 'schedule/PI7DH85',
  title: 'PagerDuty',
  key: 'PAGERDUTY_API_KEY',
  address: 'PAGERDUTY_API_URL',
  answer: { oncalls: [{ user: { id: 'PKIM' } }] },
});

onCallContract({
  open: (apiUrl) => opsgenieOnCall({ apiKey: 's3cret', apiUrl }),
  place: 'schedule/Payments',
  title: 'Opsgenie',
  key: 'OPSGENIE_API_KEY',
  address: 'OPSGENIE_API_URL',
  answer: { data: { onCallRecipients: ['kim@example.com'] } },
});

onCallContract({
  open: (apiUrl) => ilertOnCall({ apiKey: 's3cret', apiUrl }),
  place: 'policy/12',
  title: 'ilert',
  key: 'ILERT_API_KEY',
  address: 'ILERT_API_URL',
  answer: [{ user: { id: 1, email: 'kim@example.com' } }],
});

onCallContract({
  open: (apiUrl) => incidentIoOnCall({ apiKey: 's3cret', apiUrl }),
  place: 'schedule/01G0J1EXE7AXZ2C93K61WBPYEH',
  title: 'incident.io',
  key: 'INCIDENT_IO_API_KEY',
  address: 'INCIDENT_IO_API_URL',
  answer: { schedule: { id: '01G0J1EXE7AXZ2C93K61WBPYEH', name: 'Payments' } },
});

onCallContract({
  open: (apiUrl) => grafanaOnCall({ token: 's3cret', apiUrl, grafanaUrl: undefined }),
  place: 'schedule/Payments',
  title: 'Grafana OnCall',
  key: 'GRAFANA_ONCALL_TOKEN',
  address: 'GRAFANA_ONCALL_URL',
  answer: { results: [{ id: 'SBM7DV7BKFUYU', name: 'Payments', on_call_now: [] }] },
});
