/** Services of a cluster, and what containers offer, probe and call. */

export type PlatformService = Readonly<{
  namespace: string;
  name: string;
  /** `ClusterIP`, `ExternalName` … */
  type: string;
  /** The address of the Service itself in the cluster; empty where it has none. */
  address: string;
  /** Its name leads to the pods themselves, so its ports do not matter. */
  isHeadless: boolean;
  /** Empty where somebody else keeps its endpoints. */
  selector: Readonly<Record<string, string>>;
  ports: readonly ServicePort[];
}>;

export type ServicePort = Readonly<{
  name: string;
  port: number;
  /** `TCP`, `UDP`, `SCTP`. */
  protocol: string;
  /** A number or the name of a container's port. */
  target: string;
}>;

/** A port that a container declares. It may listen on others as well. */
export type ContainerPort = Readonly<{ name: string; port: number; protocol: string }>;

export type Probe = Readonly<{
  of: 'liveness' | 'readiness' | 'startup';
  by: 'http' | 'grpc' | 'tcp' | 'exec';
  /** A number or the name of a port; empty for a command. */
  port: string;
  /** Of HTTP; otherwise empty. */
  path: string;
  delaySeconds: number;
  timeoutSeconds: number;
  periodSeconds: number;
  failureThreshold: number;
}>;

/** `REDIS_ADDR=redis-cart:6379`. `port` is 0 where the value has none. */
export type Address = Readonly<{ variable: string; host: string; port: number }>;

/** The number of a declared port that a Service or a probe names; NaN where no container declares the name. */
export function portNumber(named: string, declared: readonly ContainerPort[]): number {
  return /^\d+$/.test(named) ? Number(named) : (declared.find(({ name }) => name === named)?.port ?? Number.NaN);
}
