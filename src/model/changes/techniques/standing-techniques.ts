/**
 * Techniques of what stands and is changed beneath what runs: applied migrations, routes to stores, subscriptions, what a mesh
 * lets out, how long a router waits.
 *
 *   -  mode: ALLOW_ANY              "GET / HTTP/1.1" 502 … BlackHoleCluster
 *   +  mode: REGISTRY_ONLY          ◄── the mesh knows no way to a host that is on no list
 */
import type { Technique } from '#model/changes/techniques/platform-techniques.ts';

export const STANDING_TECHNIQUES: readonly Technique[] = [
  {
    // Flyway, Liquibase, sqlx, Prisma: a database remembers the text of what it has applied.
    // https://documentation.red-gate.com/flyway/reference/commands/validate
    kind: 'any-migration',
    said: 'it changes the text of a migration',
    changes: /\b[VR]\d{0,14}(?:[._]\d{1,6}){0,4}__\w|\bmigrations?\/|\bchange_?-?(?:log|set)s?\b/i,
    shows:
      /\bmigration checksum mismatch\b|\bchecksums? (?:mismatch|do not match)\b.{0,60}\bmigration\b|\bmigrations? have failed validation\b|\bchange ?sets? check ?sum\b|\bpreviously applied but has been modified\b|\bmigration \S{1,80} was modified after it was applied\b/,
  },
  {
    // Bigtable: https://cloud.google.com/bigtable/docs/app-profiles#single-row-transactions
    kind: 'other-consistency',
    said: 'it changes to which clusters of the store its requests go',
    changes: /\b(?:multi|single)_?-?cluster_?-?routing\w{0,10}|\ballow_?-?transactional_?-?writes\b/i,
    shows: /\bsingle-row transactions are not allowed\b/,
  },
  {
    // Pub/Sub, Pulsar, SNS, Service Bus, NATS: who reads has nothing to read from.
    kind: 'route-gone',
    said: 'it changes which subscriptions there are',
    changes: /\bsubscriptions?\b|\bgoogle_pubsub_\w{3,20}|\bdurable_?(?:name|consumer)s?\b/i,
    shows:
      /\bresource not found \(resource=|\bsubscription (?:\S{1,120} )?(?:does not exist|(?:was |is |could )?not (?:be )?found)\b|\bmessaging entity \S{1,120} could not be found\b/,
  },
  {
    // Istio: https://istio.io/latest/docs/tasks/traffic-management/egress/egress-control/
    kind: 'other-network',
    said: 'it changes which hosts outside the mesh may be called',
    changes: /\boutbound_?traffic_?policy\b|\bREGISTRY_ONLY\b|\bALLOW_ANY\b|\bServiceEntry\b/i,
    shows: /\bblackholecluster\b|\bblock_all\b/,
  },
  {
    // Envoy (flag UT), Contour, Istio, Gloo. https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts
    kind: 'shorter-timeout',
    said: 'it changes how long a router waits for an answer',
    changes: /\btimeout_?policy\b|\b(?:route|per_?try|request|response)_?timeouts?\b/i,
    shows: /\bupstream request timeout\b|\bresponse_timeout\b|\b504 ut\b/,
    isLess: true,
  },
  {
    // Db2: https://www.ibm.com/docs/en/db2/11.5.x?topic=statements-alter-table (statements that recommend a REORG)
    kind: 'locking-migration',
    said: 'it changes columns, after which Db2 wants the table reorganized',
    changes: /\b(?:alter|drop)\s{1,4}column\b|\bset\s{1,4}data\s{1,4}type\b|\bset\s{1,4}not\s{1,4}null\b/i,
    shows: /\bsqlcode=-668\b.{0,60}\bsqlerrmc=7\b|\bsql0668n\b.{0,120}\breason code "?7\b|\breorg(?:-| )pending\b/,
  },
  {
    // https://www.gnu.org/software/bash/manual/html_node/The-Set-Builtin.html (-u, nounset)
    kind: 'other-settings',
    said: 'it ends a script where a variable is missing',
    changes: /\bset\s{1,4}-[a-z]{0,6}u|\bnounset\b/i,
    shows: /\bunbound variable\b|\bparameter not set\b/,
  },
  {
    // https://neo4j.com/docs/operations-manual/current/performance/memory-configuration/, variable-length patterns of Cypher
    kind: 'costlier-work',
    said: 'it asks for paths of many steps',
    changes: /\[[\w:|]{0,60}\*\d{0,4}(?:\.\.\d{0,4})?\]|\bshortestPath\(|\)-\[[^\]\n]{0,60}\]-\{\d{0,4},\d{0,4}\}/i,
    shows: /\bmemory\.transaction\.(?:total\.)?max\b|\bmemorypooloutofmemory\w{0,8}/,
  },
];
