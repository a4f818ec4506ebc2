/**
 * Reads a body with responses of the Kubernetes API: one list, several of them in a JSON list or one per line (a case's
 * `platform.json`), or the output of `kubectl get … -o json`.
 */
import { UnreadableInputError } from '#core/errors.ts';
import type { BodyDecoder } from '#decode/body-decoder.ts';
import { instantIn, objectIn, objectsIn, parsed, textIn } from '#decode/json-value.ts';
import { latestMoment } from '#decode/kubernetes-moments.ts';
import { addressIn, statusPortIn } from '#decode/kubernetes-services.ts';
import { textBody } from '#decode/text-body.ts';
import { withheld } from '#model/redaction/redaction.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';

/**
 * One response: objects of one kind, or of several, each with its `kind`. `{ kind: 'Asked', at }` holds the time of the
 * request; where nobody recorded that, `{ kind: 'Latest', at }` holds the latest time in the responses.
 */
export type KubernetesList = JsonObject;

const ACCEPTED =
  'Spanhound reads responses of the Kubernetes API ({"kind": "PodList", "items": […]}), several of them in a JSON list or one after another, and the output of kubectl get -o json.';

export function kubernetesBody(source: string): BodyDecoder<readonly KubernetesList[]> & { damaged(): number } {
  let damaged = 0;
  const body = textBody(documentsIn, (read) => {
    damaged = read.damaged;
    const lists = read.values.flatMap((value) => (Array.isArray(value) ? value : [value])).filter(isList);
    if (lists.length === 0 && !read.values.some(isEmptyList)) {
      throw new UnreadableInputError(`${source} holds no readable response of the Kubernetes API in JSON`, ACCEPTED);
    }
    return lists;
  });
  /** Answers that were cut off or are no JSON. */
  return { ...body, damaged: () => damaged };
}

/** All of it is one value; else each that begins a line is one, indented as kubectl does or not, and what is cut off is lost. */
function documentsIn(text: string): Readonly<{ values: readonly unknown[]; damaged: number }> {
  const whole = parsed(text);
  if (whole !== undefined) return { values: [whole], damaged: 0 };
  const read = text.split(/^(?=\{)/m).map(documentsOf);
  return { values: read.flatMap(({ values }) => values), damaged: read.reduce((sum, one) => sum + one.damaged, 0) };
}

/** One value, or lines of which some are no JSON: each is read by itself then. */
function documentsOf(part: string): Readonly<{ values: readonly unknown[]; damaged: number }> {
  if (part.trim() === '') return { values: [], damaged: 0 };
  const whole = parsed(part);
  if (whole !== undefined) return { values: [whole], damaged: 0 };
  const lines = part.split('\n').filter((line) => line.trim() !== '');
  const values = lines.map(parsed).filter((value) => typeof value === 'object' && value !== null);
  return { values, damaged: values.length === 0 ? 1 : lines.length - values.length };
}

/** Lists, single objects of a kind that has a name, and the times of the answers. */
function isList(value: unknown): value is KubernetesList {
  if (!isObject(value)) return false;
  const kind = textIn(value, 'kind');
  if (kind === 'Asked' || kind === 'Latest') return true;
  return kind.endsWith('List')
    ? Array.isArray(value.items)
    : kind !== '' && textIn(objectIn(value, 'metadata'), 'name') !== '';
}

/** `items` of nothing at all is null in answers of Go. */
function isEmptyList(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && textIn(value, 'kind').endsWith('List') && (value.items ?? null) === null;
}

/** Every object of these lists, each with its kind. */
export function objectsOf(lists: readonly KubernetesList[]): readonly JsonObject[] {
  return lists.flatMap((list) => {
    const kind = textIn(list, 'kind');
    if (!kind.endsWith('List')) return [list];
    const single = kind.slice(0, -'List'.length);
    return objectsIn(list, 'items').map((item) => (single === '' ? item : { ...item, kind: single }));
  });
}

/**
 * The same responses without unread and secret parts: which client set which field, annotations that repeat the whole
 * object, and the values of environment variables, whose marks still show whether two are equal. The latest time is
 * kept, because the times of fields may be the only sign of when the cluster was asked.
 */
export function withoutSecrets(lists: readonly KubernetesList[]): readonly KubernetesList[] {
  const cleaned = lists.map((list) =>
    Array.isArray(list.items) ? { ...list, items: list.items.filter(isObject).map(cleanObject) } : cleanObject(list),
  );
  const objects = objectsOf(lists);
  if (askedUs(objects).length > 0) return cleaned;
  const at = latestMoment(objects);
  return [
    ...cleaned.filter((list) => textIn(list, 'kind') !== 'Latest'),
    ...(at === '' ? [] : [{ kind: 'Latest', at }]),
  ];
}

/** The time of the request, for each response that has one. Microseconds since the epoch. */
export function askedUs(objects: readonly JsonObject[]): readonly number[] {
  const asked = objects.filter((object) => textIn(object, 'kind') === 'Asked');
  return asked.map((one) => instantIn(one, 'at')).filter(Number.isFinite);
}

function cleanObject(object: JsonObject): JsonObject {
  const metadata = cleanMetadata(objectIn(object, 'metadata'));
  const spec = objectIn(object, 'spec');
  return {
    ...object,
    ...('metadata' in object && { metadata }),
    ...('spec' in object && {
      spec: {
        ...cleanSpec(spec),
        ...('jobTemplate' in spec && { jobTemplate: cleanTemplate(objectIn(spec, 'jobTemplate'), cleanSpec) }),
      },
    }),
  };
}

/** Of a pod, or of an owner whose template is a pod's. */
function cleanSpec(spec: JsonObject): JsonObject {
  return {
    ...cleanPodSpec(spec),
    ...('template' in spec && { template: cleanTemplate(objectIn(spec, 'template'), cleanPodSpec) }),
  };
}

function cleanTemplate(template: JsonObject, clean: (spec: JsonObject) => JsonObject): JsonObject {
  return {
    ...template,
    metadata: cleanMetadata(objectIn(template, 'metadata')),
    spec: clean(objectIn(template, 'spec')),
  };
}

function cleanMetadata({ managedFields: _, ...metadata }: JsonObject): JsonObject {
  if (!('annotations' in metadata)) return metadata;
  const annotations = Object.entries(objectIn(metadata, 'annotations')).filter(([name]) => READ_ANNOTATIONS.test(name));
  return { ...metadata, annotations: Object.fromEntries(annotations) };
}

/** Others hold whole objects, credentials of injectors, and more that nobody reads here. */
const READ_ANNOTATIONS =
  /^(?:deployment\.kubernetes\.io\/revision|rollout\.argoproj\.io\/revision|kubernetes\.io\/change-cause|kubectl\.kubernetes\.io\/restartedAt|resource\.opentelemetry\.io\/service\.name)$/;

function cleanPodSpec(spec: JsonObject): JsonObject {
  const lists = CONTAINER_LISTS.filter((name) => name in spec);
  return { ...spec, ...Object.fromEntries(lists.map((name) => [name, objectsIn(spec, name).map(cleanContainer)])) };
}

const CONTAINER_LISTS = ['containers', 'initContainers', 'ephemeralContainers'] as const;

function cleanContainer(container: JsonObject): JsonObject {
  if (!('env' in container)) return container;
  return { ...container, env: objectsIn(container, 'env').map(cleanVariable) };
}

/** Names of services are no secrets, and pods are found by them. */
const TELL_THE_SERVICE: ReadonlySet<string> = new Set(['OTEL_SERVICE_NAME', 'OTEL_RESOURCE_ATTRIBUTES']);

function cleanVariable(variable: JsonObject): JsonObject {
  const [name, value] = [textIn(variable, 'name'), textIn(variable, 'value')];
  // Which Service a container calls is no secret.
  if (value === '' || TELL_THE_SERVICE.has(name) || addressIn(name, value) !== undefined) return variable;
  const port = statusPortIn(name, value);
  return { ...variable, value: port === undefined ? withheld('env', value) : `{"statusPort":${port}}` };
}
