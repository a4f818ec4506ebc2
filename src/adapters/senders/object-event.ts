/**
 * Events of a cluster as apps show them: the kind and the name of the object as fields, and what happened in the title.
 * https://github.com/kubeshop/botkube/blob/main/internal/source/kubernetes/msg.go
 */
import { workloadOf } from '#adapters/alert-fields.ts';
import type { Field } from './payload-fields.ts';
import { wordsOf } from './state-words.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/ */
const KIND =
  /^(?:pod|deployment|statefulset|daemonset|replicaset|job|cronjob|node|service|ingress|persistentvolumeclaim|horizontalpodautoscaler|kustomization|helmrelease|application|rollout)s?$/i;

/** What somebody or a controller did with an object on purpose. */
const MADE = new Set(['created', 'create', 'updated', 'update', 'deleted', 'delete', 'added', 'removed', 'scaled']);

/** Reasons of warnings. https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/events/event.go */
const TROUBLE =
  /back-?off|fail|unhealthy|evict|oom|kill(?:ing|ed)|\berror|crash|not ?ready|deadline|exceeded|mismatch|pressure/i;

type ClusterObject = Readonly<{ kind: string; name: string }>;

function objectIn(fields: readonly Field[]): ClusterObject | undefined {
  const at = (names: RegExp) => fields.find(({ name }) => names.test(name))?.value ?? '';
  const [kind, name] = [at(/^(?:kind|resourcekind|objectkind)$/), at(/^(?:name|resourcename|objectname)$/)];
  return KIND.test(kind) && /^[a-z0-9][\w.-]{0,252}$/i.test(name) ? { kind, name } : undefined;
}

/** The workload of the object; empty where the fields name none. */
export function workloadIn(fields: readonly Field[]): string {
  const object = objectIn(fields);
  if (object === undefined) return '';
  return /^pods?$/i.test(object.kind) ? workloadOf(object.name) : object.name;
}

/** Whether the message only says that an object was made, changed or deleted. */
export function isObjectMade(title: string, fields: readonly Field[]): boolean {
  return objectIn(fields) !== undefined && MADE.has(wordsOf(title.slice(0, 300)).at(-1) ?? '');
}

/** Whether the message is an error or a warning about an object. */
export function isObjectInTrouble(title: string, fields: readonly Field[]): boolean {
  if (objectIn(fields) === undefined) return false;
  const reasons = fields.filter(({ name }) => /^(?:type|reason)$/.test(name)).map(({ value }) => value);
  return [title, ...reasons].some((text) => TROUBLE.test(text.slice(0, 300)));
}
