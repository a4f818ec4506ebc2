/** How each system that knows who is on call fails. */
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
