/** Stores that say themselves that their memory is full, and the names by which settings of such a store go. */
import type { Change } from '#model/changes/change.ts';

/** `says`: in what fails, in lower case. `named`: in the change. */
const STORES: readonly Readonly<{ says: RegExp; named: RegExp }>[] = [
  {
    says: /oom command not allowed|used memory > 'maxmemory'/,
    named: /redis|valkey|keydb|dragonfly|memorystore|elasticache|memorydb/i,
  },
  { says: /server_error out of memory storing object/, named: /memcache|memorystore|elasticache/i },
  {
    says: /circuit_?breaking_?exception|\bdata too large, data for\b/,
    named: /elastic|opensearch|\bes\b/i,
  },
  {
    says: /memory resource limit alarm|vm_memory_high_watermark|blocked\b.{0,80}: low on memory/,
    named: /rabbit|amqp|\bmq\b/i,
  },
  { says: /insufficient system memory in resource pool/, named: /sql/i },
  { says: /memory_limit_exceeded|memory limit \((?:total|for query|for user)\) exceeded/, named: /click-?house/i },
  { says: /insufficient storage resources available/, named: /nats|jetstream/i },
];

/** Whether the failures are the words of such a store, and the change is of one. */
export function isOfFullStore({ service, id, text, files, diff }: Change, said: string): boolean {
  const store = STORES.find(({ says }) => says.test(said));
  return store?.named.test([service, id, text, ...files, diff].join('\n')) === true;
}
