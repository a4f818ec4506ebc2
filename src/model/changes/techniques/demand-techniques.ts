/**
 * Techniques of what a store demands and how much it takes: a filter in each query of a table, and the room of a queue.
 *
 *   -  require_partition_filter: false      Cannot query over table 't' without a filter over column(s) 'day'
 *   +  require_partition_filter: true       ◄── the store refuses what it answered before
 */
import type { Technique } from '#model/changes/techniques/platform-techniques.ts';

export const DEMAND_TECHNIQUES: readonly Technique[] = [
  {
    // BigQuery, Hive, Trino and Athena, ClickHouse.
    // https://cloud.google.com/bigquery/docs/managing-partitioned-tables#require-filter,
    // https://issues.apache.org/jira/browse/HIVE-20284, https://trino.io/docs/current/connector/hive.html,
    // https://clickhouse.com/docs/operations/settings/settings#force_primary_key
    kind: 'refuses-more',
    said: 'it changes whether queries need a filter on the partitions',
    changes:
      /\brequire_?partition_?filter\b|\bpartition[-_. ]filters?[-_. ](?:is |are )?(?:required|mandatory)\b|\bno\.partition\.filter\b|\bchecks\.large\.query\b|\bhive\.mapred\.mode\b|\bforce_(?:primary_key|index_by_date)\b/i,
    shows:
      /\bwithout a filter over column\(?s?\)?|\bwithout a partition filter\b|\bno partition predicate\b|\bfilter required on \S{1,200}(?: for)? at least one (?:of the )?partition columns?\b|\bforce_(?:primary_key|index_by_date)\b/,
  },
  {
    // IBM MQ (2053), RabbitMQ (reject-publish), NATS, ActiveMQ and Artemis (AMQ229102), Service Bus, Pulsar, Solace.
    // https://www.ibm.com/docs/en/ibm-mq/9.3.x?topic=codes-2053-0805-rc2053-mqrc-q-full,
    // https://github.com/Azure/azure-service-bus/issues/683, https://docs.nats.io/nats-concepts/jetstream/streams
    kind: 'lower-limit',
    said: 'it changes how much a queue may hold',
    changes:
      /\bmaxdepth\b|\bx-max-length(?:-bytes)?\b|\bmax-length(?:-bytes)?\b|\bmax_?-?msgs(?:_per_subject)?\b|\bmax_?-?bytes\b|\bmax_?-?size_?-?(?:bytes|messages|in_?(?:mega|giga)bytes)\b|\bmax_?-?queue_?-?(?:depth|length|size)\b|\b(?:store|memory|temp)_?usage\b|\bbacklog_?-?quota\b|\bmax_?-?(?:msg_?)?spool_?-?(?:usage|size)\b/i,
    shows:
      /\bmqrc_q_full\b|\breason(?: code)? ?[:=]? ?['"]?2053\b|\bamq229102\b|\baddress ["']?\S{1,200} is full\b|\bmaximum (?:messages|bytes)(?: per subject)? exceeded\b|\bmaximum entity size has been reached or exceeded\b|\bbacklog quota exceeded\b|\bproducerblockedquotaexceeded\w{0,10}|\b(?:memory|store|temp) limit reached\b|\bspool over quota\b/,
    isLess: true,
  },
];
