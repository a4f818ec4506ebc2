/** Techniques of what servers do by a setting and report themselves: putting instances out, deleting what has expired. */
import type { Technique } from '#model/changes/techniques/platform-techniques.ts';

export const TOLD_TECHNIQUES: readonly Technique[] = [
  {
    // Envoy, Istio, Linkerd, Consul, Contour, Gloo. https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection
    kind: 'stricter-breaker',
    said: 'it changes when a proxy puts instances out',
    changes:
      /\boutlier_?-?detection\b|\bconsecutive_?-?(?:5xx|gateway|local_?origin|server)?_?-?(?:errors?|failures?)\b|\bbase_?-?ejection_?-?time\b|\bmax_?-?ejection_?-?percent\b|\bpassive_?-?health_?-?check\w{0,4}/i,
    shows: /\boutlier detection ejects\b/,
  },
  {
    // MongoDB, DocumentDB, Cosmos DB. https://www.mongodb.com/docs/manual/core/index-ttl/
    kind: 'rows-gone',
    said: 'it tells the store to delete what is older',
    changes: /\bexpire_?after(?:_?seconds)?\b|\bttl\b|\bexpireAt\b/i,
    shows: /\ba ttl index deletes\b/,
  },
];
