/** Labels of pods, and the selectors of Services and Deployments by which they are found. */
import type { Sides } from '#model/changes/effect.ts';

/** Labels that selectors use, by the conventions of Kubernetes, Helm and Kustomize. */
const LABEL =
  /^\s{0,40}["']?(?:app|k8s-app|name|component|tier|release|instance|app\.kubernetes\.io\/[a-z-]{2,30})["']?:\s{1,4}["']?[\w.{][^#\n]{0,80}$/gim;
const OF_SELECTORS = /\b(?:matchLabels|selector|labels)\b|\bkind:\s{0,3}(?:Service|Deployment|StatefulSet)\b/i;
const OF_KUBERNETES = /\bapp\.kubernetes\.io\/|\bk8s-app\b/;

/** Inside of a selector each line is a label, whatever its name: `track: stable`. */
const SELECTS = /^\s{0,40}(?:selector|matchLabels):\s{0,3}$/im;
const ANY_LABEL = /^\s{0,40}["']?[a-z][\w./-]{0,80}["']?:\s{1,4}["']?[a-z][\w.-]{0,62}["']?\s{0,3}$/gim;

/** A label or a selector has another name or another value than before. */
export function otherLabels({ added, removed }: Sides, context: string): boolean {
  const words = SELECTS.test(context) ? ANY_LABEL : LABEL;
  const [now, before] = [added, removed].map((text) => (text.match(words) ?? []).map((line) => line.trim()).sort());
  if (now === undefined || before === undefined || before.length + now.length === 0) return false;
  const isOfCluster =
    OF_SELECTORS.test(`${context}\n${added}\n${removed}`) || OF_KUBERNETES.test(`${added}\n${removed}`);
  return isOfCluster && before.join('\n') !== now.join('\n');
}
