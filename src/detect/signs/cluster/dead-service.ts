/** A Service whose calls reach no container, and a caller of a Service. */
import type { EvidenceItem } from '#model/finding/finding.ts';
import type { Pod } from '#model/platform/platform.ts';
import type { Address } from '#model/platform/service-objects.ts';

export type DeadCause =
  | 'selector'
  | 'port-name'
  | 'port'
  | 'protocol'
  | 'missing-service'
  | 'no-such-name'
  | 'not-offered'
  | 'ingress-service'
  | 'ingress-port'
  | 'no-endpoints'
  | 'policy'
  | 'egress-policy'
  | 'egress-dns'
  | 'no-route'
  | 'unanswered-route';

export type DeadService = Readonly<{
  cause: DeadCause;
  /** The object to correct, as the evidence calls it. */
  service: string;
  namespace: string;
  /** The name of the Service that is called. */
  called: string;
  /** What the Service or the variable says, and what there is. */
  says: string;
  found: string;
  /** Who calls it, by the addresses in their variables. */
  callers: readonly string[];
  /** How many log lines report failed calls to it. */
  complaints: number;
  /** Whether the lists alone prove it. If not, log lines have to. */
  isProved: boolean;
  evidence: readonly EvidenceItem[];
}>;

/** Before its callers and the lines about it are known. */
export type Found = Omit<DeadService, 'callers' | 'complaints'> & Partial<Pick<DeadService, 'callers'>>;

/** A variable of a pod that names a Service of this cluster. */
export type Caller = Address & Readonly<{ service: string; pod: Pod; name: string; namespace: string }>;
