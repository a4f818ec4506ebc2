/** The part of docs/accuracy.md about Kubernetes. `node bench/clusters.ts --write` measures and writes it anew. */
import { readFileSync } from 'node:fs';
import { table } from '../tables.ts';

/** How many cases there are, and in how many each is so. */
export type Counts = Readonly<Record<'cases' | 'first' | 'words' | 'wrong' | 'silent', number>>;
/** By class of faults, by half, and of all. */
export type Measured = Readonly<Record<string, Counts>>;

/** What the last `--write` measured; it stays where the cases are missing. */
export const MEASURED_FILE = new URL('measured.json', import.meta.url);
const MEASURED = JSON.parse(readFileSync(MEASURED_FILE, 'utf8')) as Measured;

const NAMES: Readonly<Record<string, string>> = {
  admission: 'admission: quotas, service accounts',
  infrastructure: 'infrastructure: kubelet, runtime, scheduler, network',
  performance: 'performance: CPU, network of a pod',
  runtime: 'runtime: probes, memory, databases, replicas',
  scheduling: 'scheduling: resources, affinity, taints, volumes',
  service: 'service: selectors, ports, addresses, routes',
  startup: 'startup: images, secrets, volumes',
  read: 'the half that the authors read',
  unread: 'the half that they did not read',
  all: 'all',
};

function tableOf(measured: Measured): string {
  return table([
    ['class', 'cases', 'object first', 'cause in words', 'wrong and sure', 'nothing found'],
    ...Object.entries(measured).map(([name, { cases, ...counts }]) => {
      const share = (what: keyof typeof counts) => (counts[what] / cases).toFixed(2);
      return [NAMES[name] ?? name, `${cases}`, share('first'), share('words'), share('wrong'), share('silent')];
    }),
  ]);
}

export const clustersText = (measured: Measured = MEASURED): string => `## Kubernetes
Somebody injected 235 faults of 49 kinds into two shops on real clusters ([Cloud-OpsBench](https://github.com/LLM4Ops/Cloud-OpsBench)) and recorded what kubectl showed, sometimes with log lines or metrics. The authors read half of these cases while they wrote the detectors. The other half stayed unread. \`node bench/clusters.ts\` repeats the measurement if the cases lie beside the checkout.

${tableOf(measured)}

The authors wrote a list of patterns for each kind; a cause counts as said if they match. Spanhound does not name these yet, and most of them do not show in such lists:

- a database that is read-only, while no log line says so: every pod is Ready, and the lists show nothing else (\`db_read_only\`, 0 of 4)
- a kube-proxy that is gone (\`kube_proxy_unavailable\`, 0 of 3), a delay or a loss of packets on a node (\`node_network_delay\`, \`node_network_packet_loss\`, 0 of 4): every node and pod is Ready. The answer is inconclusive and names the services that suffer
- a quota on Services or on storage (\`namespace_service_quota\`, \`namespace_storage_quota\`, 0 of 6): these recordings lack the list of quotas. The answer names the missing Service or claim, is inconclusive, and names the list that decides. With that list it names the namespace
- the login or the port of a database in a program without log lines (\`mysql_invalid_port\`, in words 3 of 8; \`mysql_invalid_credentials\`, 4 of 8): the answer names only the program that exits
- the DNS of one pod (\`service_dns_resolution_failure\`, in words 0 of 6): the answer names the pod that does not stay up. Only the proxy beside its container complains about names
- the access mode, the size and the selector of volumes: these recordings lack the list of volumes. The answer names all of these as candidates. With that list it names what does not fit
- a gateway that sends requests to the wrong service: its own configuration is in no list. If all requests with the name of a service in their path fail, and others work, the answer names that service. It stays inconclusive
- failed jobs, autoscalers, expired certificates, Ingresses, network policies, limit ranges: the recordings have none of these faults. Only drawn clusters test them`;
