/**
 * Words for a peer that was gone before it was asked: its cluster or its registry says so. A call to it then ends at a
 * time limit, but nobody was slow.
 */
import { CUSTOMARY, signList } from '#model/instruments/sign-list.ts';

/** A message, an exception or a line of the caller. */
export const PEER_GONE = signList(/dead|left|gone|critical|member|deregister|terminated|unreachable|lost/i, [
  {
    by: 'Hazelcast, Akka, Infinispan',
    says: /\b(?:member|node|peer|endpoint)\b.{0,80}\b(?:suspected to be dead|is (?:already )?dead|has left the (?:cluster|grid|group)|was removed from the cluster)\b|\b(?:MemberLeft|TargetNotMember|SuspectException)(?:Exception)?\b/i,
    example: 'Member [10.0.4.2]:5701 is suspected to be dead for reason: explicit suspicion',
    source: 'https://docs.hazelcast.com/hazelcast/5.5/clusters/failure-detector-configuration',
  },
  {
    by: 'Consul',
    says: /\b(?:check|status|instance)s?(?: [\w.:-]{1,80})?(?: (?:is|are|has been))? critical (?:since|for)\b|\bderegister_critical_service_after\b/i,
    example: 'check service:label-printer is critical since 12 min',
    source: 'https://developer.hashicorp.com/consul/docs/services/usage/checks',
  },
  {
    by: 'services',
    says: /\b(?:instance|host|node|peer|pod|task|replica|broker|backend|target|address)\b.{0,60}\b(?:has been dead|is dead|is long dead|no longer exists|does not exist any ?more|was (?:terminated|deregistered|deleted))\b/i,
    example: 'the only instance 10.0.4.9 was terminated two hours ago',
    source: CUSTOMARY,
  },
]);
