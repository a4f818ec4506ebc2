/** Services, declared ports, probes and addresses, from objects of the Kubernetes API. */

import { numberIn, objectIn, objectsIn, textIn } from '#decode/json-value.ts';
import { textsIn } from '#decode/kubernetes-values.ts';
import type { Address, ContainerPort, PlatformService, Probe } from '#model/platform/service-objects.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';

export function serviceOf(service: JsonObject): PlatformService {
  const [metadata, spec] = [objectIn(service, 'metadata'), objectIn(service, 'spec')];
  const address = textIn(spec, 'clusterIP');
  return {
    namespace: textIn(metadata, 'namespace'),
    name: textIn(metadata, 'name'),
    type: textIn(spec, 'type') || 'ClusterIP',
    address: address === 'None' ? '' : address,
    isHeadless: address === 'None',
    selector: textsIn(spec, 'selector'),
    ports: objectsIn(spec, 'ports').map((port) => ({
      name: textIn(port, 'name'),
      port: numberIn(port, 'port'),
      protocol: textIn(port, 'protocol') || 'TCP',
      target: textIn(port, 'targetPort') || textIn(port, 'port'),
    })),
  };
}

/** Those that it declares, and the one of a sidecar's agent. */
export function portsOf(container: JsonObject): readonly ContainerPort[] {
  const declared = objectsIn(container, 'ports').map((port) => ({
    name: textIn(port, 'name'),
    port: numberIn(port, 'containerPort'),
    protocol: textIn(port, 'protocol') || 'TCP',
  }));
  const ofAgent = objectsIn(container, 'env').flatMap((variable) => {
    const port = statusPortIn(textIn(variable, 'name'), textIn(variable, 'value'));
    return port === undefined ? [] : [{ name: '', port, protocol: 'TCP' }];
  });
  return [...declared, ...ofAgent];
}

const PROBES = [
  ['startup', 'startupProbe'],
  ['liveness', 'livenessProbe'],
  ['readiness', 'readinessProbe'],
] as const;

/** The defaults are those of the API (kubernetes.io/docs/tasks/configure-pod-container, Configure probes). */
export function probesOf(container: JsonObject): readonly Probe[] {
  return PROBES.flatMap(([of, field]): Probe[] => {
    const probe = objectIn(container, field);
    const action = actionOf(probe);
    if (action === undefined) return [];
    return [
      {
        of,
        ...action,
        delaySeconds: numberIn(probe, 'initialDelaySeconds'),
        timeoutSeconds: numberIn(probe, 'timeoutSeconds') || 1,
        periodSeconds: numberIn(probe, 'periodSeconds') || 10,
        failureThreshold: numberIn(probe, 'failureThreshold') || 3,
      },
    ];
  });
}

function actionOf(probe: JsonObject): Pick<Probe, 'by' | 'port' | 'path'> | undefined {
  const { httpGet, grpc, tcpSocket, exec } = probe;
  if (isObject(httpGet)) return { by: 'http', port: textIn(httpGet, 'port'), path: textIn(httpGet, 'path') || '/' };
  if (isObject(grpc)) return { by: 'grpc', port: textIn(grpc, 'port'), path: '' };
  if (isObject(tcpSocket)) return { by: 'tcp', port: textIn(tcpSocket, 'port'), path: '' };
  return isObject(exec) ? { by: 'exec', port: '', path: '' } : undefined;
}

export function addressesOf(container: JsonObject): readonly Address[] {
  return objectsIn(container, 'env').flatMap((variable) => {
    const name = textIn(variable, 'name');
    const address = addressIn(name, textIn(variable, 'value'));
    return address === undefined ? [] : [{ variable: name, ...address }];
  });
}

/** The host and the port in the value of a variable that holds an address, and nothing else; else undefined. */
export function addressIn(variable: string, value: string): Readonly<{ host: string; port: number }> | undefined {
  if (!OF_ADDRESSES.test(variable) || value.length > LONGEST_ADDRESS) return undefined;
  const [, host = '', port = '0'] = ADDRESS.exec(value) ?? [];
  return host === '' ? undefined : { host, port: Number(port) };
}

const OF_ADDRESSES = /(?:^|_)(?:ADDR(?:ESS)?|HOST(?:NAME)?|ENDPOINT|URL|URI|SERVER)$/;

/** No name of a host is longer (RFC 1035), and a port has five digits. */
const LONGEST_ADDRESS = 300;

/** A name, not an IP address, with an optional scheme and port: no user, no path and no query, which may hold secrets. */
const ADDRESS =
  /^(?:[a-z][a-z0-9+-]{0,20}:\/\/)?((?=[a-z0-9.-]*[a-z])[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9][a-z0-9-]{0,62}){0,8}):?(\d{1,5})?\/?$/;

/** The variable in which Istio passes its ProxyConfig to the sidecar. */
const PROXY_CONFIG = 'PROXY_CONFIG';
const STATUS_PORT = /"statusPort": ?(\d{1,5})\b/;

/** The port of a sidecar's own agent, where a variable sets it (Istio, ProxyConfig: `statusPort`); else undefined. */
export function statusPortIn(variable: string, value: string): number | undefined {
  const [, port] = variable === PROXY_CONFIG ? (STATUS_PORT.exec(value) ?? []) : [];
  return port === undefined ? undefined : Number(port);
}
