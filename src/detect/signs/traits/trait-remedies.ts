/** What to do about the requests with one attribute value, by the kind of attribute. */
import type { Facts } from '#model/finding/finding.ts';
import { REQUEST_TYPE } from '#model/requests/request-attributes.ts';

/** Remedies for the guide's ways to divide requests. */
const REMEDIES: readonly (readonly [RegExp, (of: Readonly<Record<'attribute' | 'trait', string>>) => string])[] = [
  [
    /^flag /,
    ({ attribute }) =>
      `Switch ${attribute.replace(/^flag /, 'the flag ')} off for everybody. Then read the code that it enables.`,
  ],
  [
    /region|zone|country|cluster|datacenter|data_center|locale/i,
    ({ trait }) =>
      `Move traffic away from ${trait} if another place can serve it. Then look at what only that place has: its network, replicas, DNS, limits.`,
  ],
  [
    /user_agent|client\.(?:name|version)|app\.version/i,
    ({ trait }) =>
      `Look for what clients with ${trait} no longer fit: a changed field, header, address or TLS version. Serve the old form again, then ask their users to update.`,
  ],
  [
    /version|image|revision|build|release/i,
    ({ trait }) => `Roll ${trait} back, because it no longer fits the others. Then compare its changes.`,
  ],
  [
    /pod|instance|host|node|container|device|server\.address|upstream/i,
    ({ trait }) =>
      `Remove ${trait} from load balancing, keep it for analysis, and start another. Then compare its logs, limits and node with a healthy one.`,
  ],
  [
    /size|bytes|length|count|items|rows|quantity|amount/i,
    ({ trait }) =>
      `Look for a limit that requests with ${trait} exceed: of a proxy, a body parser, a buffer, a column, a timeout.`,
  ],
  [
    /user|customer|tenant|account|organi[sz]ation|org\.|client|enduser/i,
    ({ trait }) => `Look at the data, limits and settings of ${trait}: an unreadable record, a quota, a shard.`,
  ],
  [
    new RegExp(`^${REQUEST_TYPE}$|route|method|path|endpoint`, 'i'),
    ({ trait }) => `Look at the code and the dependencies that only ${trait} uses, and at their recent changes.`,
  ],
];

export function traitRemedy({ attribute, trait, service }: Facts): string {
  const known = REMEDIES.find(([pattern]) => pattern.test(String(attribute)));
  return (
    known?.[1]({ attribute: String(attribute), trait: String(trait) }) ??
    `Find out what ${service} does only with ${trait}, and what changed there.`
  );
}
