/** Words for why calls to a Service reach no container. */
import type { CauseWords } from '#detect/signs/cause-words.ts';
import type { DeadCause } from '#detect/signs/cluster/dead-service.ts';

type Named = Readonly<Record<'called' | 'says' | 'found' | 'service', string>>;

export const DEAD_SERVICE_WORDS: Readonly<Record<DeadCause, (named: Named) => CauseWords>> = {
  selector: ({ called, says, found }) => ({
    is: `the selector of Service ${called} (${says}) matches no pod; its pods have ${found}`,
    remedy: `Correct the selector of the Service ${called} (${says}), or the labels in the template of its pods (${found}). Every pair must be equal.`,
    check: `The Service has endpoints (kubectl get endpoints ${called}).`,
  }),
  'port-name': ({ called, says, found }) => ({
    is: `Service ${called}: ${says}, and no container declares a port with that name (${found})`,
    remedy: `Correct targetPort of the Service ${called}, or name the container’s port.`,
    check: `The endpoints of the Service have a port (kubectl get endpoints ${called}).`,
  }),
  port: ({ called, says, found }) => ({
    is: `Service ${called}: ${says}, but the containers listen on ${found}`,
    remedy: `Correct targetPort of the Service ${called}: the containers listen on ${found}.`,
    check: 'A connection to the pod’s own address at the target port succeeds.',
  }),
  protocol: ({ called, says, found }) => ({
    is: `Service ${called} has the wrong protocol: ${says}, but the containers listen on ${found}`,
    remedy: `Correct the protocol of the port of the Service ${called}. TCP is the default.`,
    check: 'Clients use the protocol that the Service names.',
  }),
  'missing-service': ({ called, says }) => ({
    is: `the Service ${called} does not exist, and ${says} needs it`,
    remedy: `Create the Service ${called}. If the API server refuses it, read its message: a quota on services may be used up (kubectl describe resourcequota).`,
    check: `The Service exists in that namespace (kubectl get service ${called}).`,
  }),
  'no-such-name': ({ called, says, service }) => ({
    is: `${says} in ${service} is a wrong address: no Service has the name ${called}`,
    remedy: `Correct ${says} in the manifest of ${service}: name and namespace of a Service that exists.`,
    check: `The name resolves in a pod of ${service} (nslookup ${called}).`,
  }),
  'not-offered': ({ called, says, found, service }) => ({
    is: `${says} in ${service} is a wrong address: the Service ${called} offers port ${found}`,
    remedy: `Correct the port of ${says} in the manifest of ${service}: the Service ${called} offers ${found}.`,
    check: `A connection from a pod of ${service} to this address succeeds.`,
  }),
  'ingress-service': ({ called, says, service }) => ({
    is: `the Ingress ${service} sends ${says} to the Service ${called}, which does not exist`,
    remedy: `Create the Service ${called} in the namespace of the Ingress, or correct the backend of the Ingress ${service}.`,
    check: `The Service exists in the namespace of the Ingress (kubectl get service ${called}).`,
  }),
  'ingress-port': ({ called, says, found, service }) => ({
    is: `the Ingress ${service} sends ${says} to port ${found} of the Service ${called}, which has no such port`,
    remedy: `Correct the port in the backend of the Ingress ${service}: a number or a name of the Service’s ports, not of the container’s.`,
    check: `The Service has this port (kubectl get service ${called}).`,
  }),
  'no-endpoints': ({ called }) => ({
    is: `the Service ${called} has no selector, and nobody entered a ready address for it`,
    remedy: `Enter the addresses (an EndpointSlice of the Service ${called}), or give the Service a selector.`,
    check: `The Service has endpoints (kubectl get endpointslices -l kubernetes.io/service-name=${called}).`,
  }),
  policy: ({ called, says, found }) => ({
    is: `the network policy ${says} does not allow connections from ${found} to ${called}`,
    remedy: `Add a rule for ${found} to the policy ${says}: the labels of its pods, its namespace, and the port of the container.`,
    check: 'The network plugin does not enforce policies, or another policy allows the connection.',
  }),
  'egress-policy': ({ called, says, found }) => ({
    is: `the network policy ${says} does not allow connections of ${found} to ${called}`,
    remedy: `Add an egress rule for ${called} to the policy ${says}.`,
    check: 'The network plugin does not enforce policies, or another policy allows the connection.',
  }),
  'egress-dns': ({ says, found }) => ({
    is: `the network policy ${says} does not let ${found} ask the DNS server (port 53)`,
    remedy: `Add an egress rule for port 53, UDP and TCP, to the policy ${says}.`,
    check: 'A pod of the caller resolves names (nslookup), or the network plugin does not enforce policies.',
  }),
  'no-route': ({ called, says, found }) => ({
    is: `no route leads to ${called}: all ${found} requests with its name in the path get ${says}, and other paths work`,
    remedy: `Compare the routes of the gateway with the paths of ${called}: prefix, rewrite, and the service behind each. Then look for a change of them.`,
    check: `${called} itself answers this path with ${says} when it is asked directly.`,
  }),
  'unanswered-route': ({ called, says, found }) => ({
    is: `the route to ${called} gets no response: all ${found} requests with its name in the path get ${says}, and other paths work`,
    remedy: `Ask ${called} directly, then through the gateway. Look at the address and the port behind the route, and at the proxy beside the container.`,
    check: `${called} itself answers this path with ${says} when it is asked directly.`,
  }),
};
