/** What brokers write when they take no more messages (RabbitMQ, docs/alarms and docs/connection-blocked). */

/** `memory resource limit alarm set on node rabbit@rabbit-0`, `disk resource limit alarm set on node …` */
export const ALARM_SET = /\b(?:memory|disk) resource limit alarm set\b/i;
/** `memory resource limit alarm cleared on node rabbit@rabbit-0`, `… cleared across the cluster` */
export const ALARM_CLEARED = /\b(?:memory|disk) resource limit alarm cleared\b/i;
/** Which resource the alarm is about. */
export const ALARM_RESOURCE = /\b(memory|disk) resource limit alarm\b/i;

/** The broker blocks publishers for its memory: RabbitMQ, Artemis (flow control), ActiveMQ Classic (producer flow control). */
export const BLOCKS_PUBLISHERS =
  /\bmemory resource limit alarm set\b|\bconnection[ .](?:is )?blocked\b.{0,80}: low on memory\b|\bAMQ222183\b|\bblocking message production on address\b|\busage manager memory limit\b/i;
