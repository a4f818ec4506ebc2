/** What to do about the requests with one attribute value, by the kind of attribute. */
import type { Facts } from '#model/finding/finding.ts';
import { REQUEST_TYPE } from '#model/requests/request-attributes.ts';

/** Remedies for the guide's ways to divide requests. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/^flag /, 'Switch the flag off for everybody. Then read the code that it enables.'],
  [
    /region|zone|country|cluster|datacenter|data_center|locale/i,
    'Move traffic away from that place if another can serve it. Then look at what only that place has: its network, replicas, DNS, limits.',
  ],
  [
    /user_agent|client\.(?:name|version)|app\.version/i,
    'Look for what this client no longer fits: a changed field, header, address or TLS version. Serve the old form again, then ask its users to update.',
  ],
  [
    /version|image|revision|build|release/i,
    'Roll that version back, because it no longer fits the others. Then compare its changes.',
  ],
  [
    /pod|instance|host|node|container|device|server\.address|upstream/i,
    'Remove it from load balancing, keep it for analysis, and start another. Then compare its logs, limits and node with a healthy one.',
  ],
  [
    /size|bytes|length|count|items|rows|quantity|amount/i,
    'Look for a limit that it exceeds: of a proxy, a body parser, a buffer, a column, a timeout.',
  ],
  [
    /user|customer|tenant|account|organi[sz]ation|org\.|client|enduser/i,
    'Look at the data, limits and settings of exactly these: an unreadable record, a quota, a shard.',
  ],
  [
    new RegExp(`^${REQUEST_TYPE}$|route|method|path|endpoint`, 'i'),
    'Look at the code and the dependencies that only these requests use, and at their recent changes.',
  ],
];

export function traitRemedy({ attribute, trait, service }: Facts): string {
  const known = REMEDIES.find(([pattern]) => pattern.test(String(attribute)));
  return known?.[1] ?? `Find out what ${service} does only with ${trait}, and what changed there.`;
}
