/** `spanhound services`: the services that are known, whose they are, and where the sources contradict each other. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { readOnce } from '#cli/note-read.ts';
import { openOutput } from '#cli/output.ts';
import { openProgress } from '#cli/progress.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { composeStoreToRead } from '#compose/store.ts';
import { loadConfig } from '#config/load.ts';
import type { Contradiction } from '#model/services/catalogue.ts';
import { servicesJson } from '#present/json/services-json.ts';
import { shown } from '#present/words/plain-text.ts';
import { contradictionsText, serviceListText, serviceText } from '#present/words/service-list.ts';
import { catalogueNow, serviceNamed } from '#workflows/services/services-now.ts';

export type ServicesOptions = Readonly<{ contradictions?: true }>;

export async function services(call: Call, name: string | undefined, options: ServicesOptions): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const config = loadConfig(call.env, call.options.config);
  const [investigation, store] = await Promise.all([
    composeInvestigation(config, { systems: config }),
    composeStoreToRead(config),
  ]);
  const progress = openProgress();
  progress.say('Asking every source for its services…');
  const asked = catalogueNow(investigation, { store, deadlineMs: investigation.deadlineMs });
  const found = await (store ? readOnce(store, 'services', asked) : asked).finally(async () => {
    progress.end();
    await investigation.stop();
  });

  const { catalogue, warnings, isUnanswered } = found;
  const code = isUnanswered ? EXIT.noSource : EXIT.done;
  const service = name === undefined ? undefined : serviceNamed(catalogue, name);
  const isAbout = ({ subject }: Contradiction) =>
    service === undefined || catalogue.named(subject) === service || subject === name;
  const contradictions = catalogue.contradictions.filter(isAbout);
  if (output.form === 'json') {
    const chosen = service === undefined ? catalogue.services : [service];
    await output.write(`${JSON.stringify(servicesJson({ services: chosen, contradictions, warnings }), null, 2)}\n`);
    return code;
  }
  const text = options.contradictions
    ? contradictionsText(contradictions)
    : service === undefined
      ? serviceListText(catalogue, output.text.width)
      : serviceText(service, contradictions);
  await output.write(`${text}${warningsText(warnings)}`);
  return code;
}

function warningsText(warnings: readonly string[]): string {
  return warnings.length === 0 ? '' : `\nNot read:\n${warnings.map((warning) => `  ${shown(warning)}\n`).join('')}`;
}
