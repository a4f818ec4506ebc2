/**
 * What failing lines and spans say, as symptoms that a change leads to, beyond the kinds of failures.
 *
 *   QueuePool limit of size 5 overflow 10 reached          pool
 *   CircuitBreaker 'stock' is OPEN                         breaker
 *   Application maximum poll interval exceeded             backlog
 *   upstream prematurely closed connection                 bad-gateway
 */
import type { ChangeSymptom } from '#model/changes/change-symptoms.ts';

const SAID: readonly (readonly [ChangeSymptom, RegExp])[] = [
  [
    // HTTP 413 (RFC 9110), nginx's buffer of headers, Kafka's RecordTooLargeException, NATS' payload, gRPC's message size,
    // MySQL's packets, contexts of language models.
    'too-large',
    /context[_ ]length|maximum context|(?:payload|entity|body|message|record|packet|request|prompt) (?:length |size )?(?:is )?too (?:large|big|long)|recordtoolarge|larger than max|bytes when serialized which is larger than|max_allowed_packet|maximum payload|too big header|message size|\b413\b/,
  ],
  [
    // MySQL 1205 and 1213, PostgreSQL 40P01 and 55P03, Oracle ORA-00054 and ORA-00060, SQL Server 1205 and 1222.
    'lock',
    /lock wait timeout|deadlock (?:found|detected)|deadlock victim|could not obtain lock|row lock contention|lock request time ?out|\bora-000(?:54|60)\b/,
  ],
  [
    // HikariCP, Tomcat's pool, Agroal, SQLAlchemy, node-postgres, Sequelize, Knex, Npgsql, ADO.NET, pgx, Ecto, Rails, Lettuce.
    'pool',
    /\bconnection is not available, request timed out\b|\bpool ?(?:is )?(?:exhausted|empty|full|timeout)|\bpoolexhausted|\bpooltimeout|\bqueuepool limit\b|\btime(?:d )?-?out\b.{0,60}\b(?:from|in|of) (?:the )?(?:connection )?pool\b|\b(?:unable|failed|could not|cannot|can't) (?:to )?(?:acquire|obtain|get|borrow|check ?out)\b.{0,40}\bconnection|\bacquisition timeout\b|\bconnection not available and request was dropped from queue\b|\bconnectiontimeouterror\b.{0,80}\bpool\b|\ball pooled connections were in use\b|\btimeout (?:exceeded )?when trying to connect\b|\bwaiting for (?:a |an )?(?:free |idle |available )?connection\b/,
  ],
  [
    // Resilience4j, Polly, Hystrix, gobreaker, opossum, pybreaker, Envoy (flag UO), Sentinel.
    'breaker',
    /\bcircuit[- ]?breaker\b.{0,60}\bopen\b|\bcircuit is (?:now )?open\b|\bcallnotpermitted|\bbrokencircuit|\bcircuitbreakererror\b|\bbreaker is open\b|\bshort-circuited\b|\bupstream_overflow\b|\boverflow circuit\b/,
  ],
  [
    // librdkafka, Kafka's Java client, KafkaJS, Sarama, RabbitMQ, SQS, executors of the JVM.
    'backlog',
    /\bmax(?:imum)?[ ._]poll[ ._]interval\b|\bcommitfailedexception\b|\bgroup has already rebalanced\b|\bdelivery acknowledgement on channel \d+ timed out\b|\breceipt ?handle\b.{0,40}\b(?:expired|invalid)|\bconsumer lag\b|\b(?:falling|fell) behind\b|\bslow consumer\b|\bqueue (?:is )?full\b|\brejectedexecution/,
  ],
  [
    'retries',
    /\bretr(?:y|ies) (?:budget |attempts? )?(?:exhausted|limit)|\bretries_?exhausted|\bmax(?:imum)?(?: number of)? (?:retries|attempts)\b|\bgiving up after \d{1,3} (?:attempts?|tries|retries)\b|\btoo many retries\b/,
  ],
  [
    // nginx, HAProxy, Envoy (flags UC, UPE), Apache, AWS' load balancers.
    'bad-gateway',
    /\b502 bad gateway\b|\bbad_?gateway\b|\bupstream prematurely closed\b|\bupstream sent (?:invalid|too big)\b|\bupstream_reset_before_response|\bconnection_termination\b|\berror reading from remote server\b/,
  ],
  [
    // nginx, Envoy (flag UH), HAProxy, Traefik, gRPC, Kubernetes' proxy.
    'no-endpoints',
    /\bno (?:healthy|live) upstreams?\b|\bno_healthy_upstream\b|\bno endpoints available\b|\bno (?:available|live) (?:server|backend|instance)s?\b|\bno server is available\b|\bno addresses\b/,
  ],
  [
    // The kubelet and the scheduler, in events and in what other programs repeat of them.
    'stopped',
    /\bcrashloopbackoff\b|\bback-off restarting failed container\b|\bcreatecontainer(?:config)?error\b|\bfailedscheduling\b|\bfailedcreate\b|\bexceeded quota:|\b\d+ insufficient (?:cpu|memory|pods)\b/,
  ],
  ['image', /\berrimage(?:pull|neverpull)\b|\bimagepullbackoff\b|\bmanifest unknown\b|\bpull access denied\b/],
];

/** \`said\`: in lower case. */
export function saidSymptoms(said: string): readonly ChangeSymptom[] {
  return said === '' ? [] : SAID.flatMap(([symptom, words]) => (words.test(said) ? [symptom] : []));
}
