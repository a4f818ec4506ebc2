/**
 * Finds causes in an error object by numbers and words that the detectors know too: a full pool, an open circuit
 * breaker.
 */

import { poolCount, saysPoolIsFull } from '#model/sql/pool-state.ts';
import { saysCircuitOpen } from '#model/trace/views/failure-text.ts';
import { type JsonNode, nodesIn, pathText } from '#utilities/json-document.ts';

/** One sentence each; none where nothing is known. */
export function causesIn(document: JsonNode): readonly string[] {
  const causes: string[] = [];
  const texts: { path: string; text: string }[] = [];
  for (const { place, node } of nodesIn(document)) {
    if (node.kind === 'string') texts.push({ path: pathText(place), text: node.text });
    if (node.kind !== 'object') continue;
    const numbers = node.members.flatMap(({ name, value }) => (value.kind === 'number' ? [[name, value.text]] : []));
    const count = poolCount(Object.fromEntries(numbers));
    if (count !== undefined) {
      const { inUseName, inUse, sizeName, size } = count;
      causes.push(
        `${pathText(place)}: ${inUseName} ${inUse} ${inUse > size ? '>' : '='} ${sizeName} ${size}, so the connection pool is exhausted`,
      );
    }
  }
  const refused = texts.find(({ text }) => /\bECONNREFUSED\b/.test(text));
  if (causes.length > 0 && refused !== undefined) {
    causes.push(`${refused.path}: connection refused (ECONNREFUSED), probably because the pool is full`);
  }
  const full = causes.length === 0 ? texts.find(({ text }) => saysPoolIsFull(text)) : undefined;
  if (full !== undefined) causes.push(`${full.path} says that the connection pool is exhausted`);
  const open = texts.find(({ text }) => saysCircuitOpen(text));
  if (open !== undefined) causes.push(`${open.path} says that a circuit breaker is open: the caller sent nothing`);
  return causes;
}
