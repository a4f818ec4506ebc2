/** The catalogue of services as JSON, with the texts as people may see them. */
import type { CataloguedService, Contradiction } from '#model/services/catalogue.ts';
import { shown } from '#present/words/plain-text.ts';

export type ListedServices = Readonly<{
  services: readonly CataloguedService[];
  contradictions: readonly Contradiction[];
  notRead: readonly string[];
}>;

/** `warnings`: what could not be read. */
export function servicesJson({
  services,
  contradictions,
  warnings,
}: Omit<ListedServices, 'notRead'> & Readonly<{ warnings: readonly string[] }>): ListedServices {
  const clean = (_: string, value: unknown) => (typeof value === 'string' ? shown(value) : value);
  return JSON.parse(JSON.stringify({ services, contradictions, notRead: warnings }, clean));
}
