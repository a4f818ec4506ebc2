/** The part of docs/accuracy.md about Kubernetes: what `node bench/clusters.ts` printed, by class. */
export const CLUSTERS_TEXT = `## Kubernetes
Somebody injected 235 faults of 49 kinds into two shops on real clusters ([Cloud-OpsBench](https://github.com/LLM4Ops/Cloud-OpsBench)) and recorded what kubectl showed, sometimes with log lines or metrics. The authors read half of these cases while they wrote the detectors. The other half stayed unread. \`node bench/clusters.ts\` repeats the measurement if the cases lie beside the checkout.

| class                                                     | cases | object first | cause in words | wrong and sure | nothing found |
|-----------------------------------------------------------|-------|--------------|----------------|----------------|---------------|
| admission: quotas, service accounts                       | 22    | 0.73         | 0.73           | 0.00           | 0.00          |
| infrastructure: kubelet, runtime, scheduler, network      | 19    | 0.63         | 0.63           | 0.00           | 0.00          |
| performance: CPU, network of a pod                        | 24    | 0.71         | 0.67           | 0.08           | 0.00          |
| runtime: probes, memory, databases, replicas              | 51    | 0.90         | 0.67           | 0.00           | 0.08          |
| scheduling: resources, affinity, taints, volumes          | 57    | 1.00         | 1.00           | 0.00           | 0.00          |
| service: selectors, ports, addresses, routes              | 32    | 0.69         | 0.56           | 0.03           | 0.00          |
| startup: images, secrets, volumes                         | 30    | 1.00         | 0.97           | 0.00           | 0.00          |
| the half that the authors read                            | 120   | 0.85         | 0.78           | 0.00           | 0.03          |
| the half that they did not read                           | 115   | 0.85         | 0.77           | 0.03           | 0.01          |
| all                                                       | 235   | 0.85         | 0.77           | 0.01           | 0.02          |

The authors wrote a list of patterns for each kind; a cause counts as said if they match. Spanhound does not name these yet, and most of them do not show in such lists:

- a database that is read-only, while no log line says so
- a kube-proxy that is gone, and a delay or a loss of packets on a node: every node and pod is Ready
- a gateway that sends requests to the wrong service
- a quota on Services or on storage: these recordings lack the list of quotas. The answer names the missing Service or claim, is inconclusive, and names the list that decides. With that list it names the namespace
- the login or the port of a database in a program without log lines: the answer names only the program that exits
- the access mode, the size and the selector of volumes: these recordings lack the list of volumes. The answer names all of these as candidates. With that list it names what does not fit
- failed jobs, autoscalers, expired certificates, Ingresses, network policies, limit ranges: the recordings have none of these faults. Only drawn clusters test them`;
