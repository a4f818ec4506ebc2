import { expect, test } from 'vitest';
import { traitRemedy } from '#detect/signs/traits/trait-remedies.ts';

test.each([
  ['flag new-cart', /^Switch the flag new-cart off/],
  ['cloud.region', /^Move traffic away from colour red/],
  ['service.version', /^Roll colour red back/],
  ['user_agent.original', /^Look for what clients with colour red no longer fit/],
  ['k8s.pod.name', /^Remove colour red from load balancing/],
  ['http.request.body.size', /^Look for a limit that requests with colour red exceed/],
  ['tenant.id', /^Look at the data, limits and settings of colour red/],
  ['http.route', /^Look at the code and the dependencies/],
  ['payment.method.brand', /^Look at the code/],
  ['colour', /^Find out what shop does only with colour red/],
])('the remedy follows from the kind of attribute: %s', (attribute, remedy) => {
  expect(traitRemedy({ attribute, trait: 'colour red', service: 'shop' })).toMatch(remedy);
});
