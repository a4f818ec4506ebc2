import { expect, test } from 'vitest';
import { traitRemedy } from '#detect/signs/trait-remedies.ts';

test.each([
  ['flag new-cart', /^Switch the flag off/],
  ['cloud.region', /^Move traffic away/],
  ['service.version', /^Roll that version back/],
  ['user_agent.original', /^Look for what this client no longer fits/],
  ['k8s.pod.name', /^Remove it from load balancing/],
  ['http.request.body.size', /^Look for a limit/],
  ['tenant.id', /^Look at the data, limits and settings/],
  ['http.route', /^Look at the code and the dependencies/],
  ['payment.method.brand', /^Look at the code/],
  ['colour', /^Find out what shop does only with colour red/],
])('the remedy follows from the kind of attribute: %s', (attribute, remedy) => {
  expect(traitRemedy({ attribute, trait: 'colour red', service: 'shop' })).toMatch(remedy);
});
