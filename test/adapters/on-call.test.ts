/** How each system that knows who is on call fails. */
import { ilertOnCall } from '#adapters/ilert/on-call.ts';
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
