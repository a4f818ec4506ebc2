/**
 * A change takes a topic, a queue, a stream or a bucket out of the list of what there is, and the failure misses that one.
 *
 *   -  - name: orders.paid            This server does not host this topic-partition. (orders.paid)
 *   ▲── what keeps the list removes what does not stand there
 */
import type { Touched } from '#model/changes/said/values.ts';

/**
 * How brokers and stores say that there is no such place, in lower case: Kafka (error 3) and its clients, RabbitMQ (404),
 * Pulsar, NATS, RocketMQ, SQS, SNS, Kinesis, S3, Google Cloud Storage and Pub/Sub, Azure Service Bus and Blob Storage,
 * DynamoDB, Elasticsearch, MinIO.
 * https://kafka.apache.org/protocol#protocol_error_codes, https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html,
 * https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes
 */
const SAYS_NO_PLACE =
  /\bunknown_topic_(?:or_partition|id)\b|\bunknown topic or part|\bdoes not host this topic|\bnot present in metadata\b|\b(?:topic|queue|exchange|stream|bucket|subscription|consumer|index|table|namespace|messaging entity)\b.{0,120}\b(?:does not exist|doesn['’]t exist|not found|could not be found)\b|\b(?:topic|stream|subscription)_?not_?found\b|\bno (?:such )?(?:queue|exchange|topic|stream|bucket|index)\b|\bno route info of this topic\b|\bno_route\b|\bnosuchbucket\b|\bnonexistentqueue\b|\bqueue_?does_?not_?exist\b|\bresourcenotfoundexception\b|\bcontainer_?not_?found\b|\bcontainer does not exist\b|\bindex_not_found_exception\b|\bresource not found \(resource=/;
/** A value: in quotes, or behind a colon, an equals sign or the dash of a list. */
const VALUE =
  /["'`]([a-z\d][\w./-]{2,200})["'`]|(?:[:=]|^\s{0,40}-)\s{1,4}([a-z\d][\w.-]{2,200})(?=\s{0,4}(?:[,}\]]|$))/gim;
/** The end of a dotted name is its last word. */
const OF_NAME = /[\w-]/;
/** What stands there as a value and names no place. */
const NO_NAME =
  /^(?:[\d.]+[a-z]{0,3}|true|false|null|none|delete|compact|topics?|queues?|buckets?|streams?|standard|fifo|name|aws_\w{1,60}|google_\w{1,60}|azurerm_\w{1,60})$/i;

/** The place that it takes away; empty where the failure misses another one. `failure`: in lower case. */
export function placeGone({ added, removed, context }: Touched, failure: string): string {
  if (!SAYS_NO_PLACE.test(failure)) return '';
  const left = new Set(valuesIn(`${added}\n${context}`));
  const gone = valuesIn(removed).find((name) => !NO_NAME.test(name) && !left.has(name) && isNamed(name, failure));
  return gone === undefined ? '' : `it takes “${gone}” away, which the failure misses`;
}

/** In lower case. */
function valuesIn(text: string): readonly string[] {
  return Array.from(text.matchAll(VALUE), ([, quoted, plain]) => (quoted ?? plain ?? '').toLowerCase());
}

/** The whole name, and not only a part of a longer one. */
function isNamed(name: string, failure: string): boolean {
  for (let at = failure.indexOf(name); at >= 0; at = failure.indexOf(name, at + 1)) {
    const [before, after] = [failure[at - 1] ?? ' ', failure.slice(at + name.length, at + name.length + 2)];
    if (!OF_NAME.test(before) && before !== '.' && !/^(?:[\w-]|\.\w)/.test(after)) return true;
  }
  return false;
}
