/** `spanhound detectors`: lists the detectors and their thresholds. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { openOutput } from '#cli/output.ts';
import { loadAnalysisConfig } from '#config/analysis.ts';
import { type CatalogueEntry, detectorCatalogue } from '#config/catalogue.ts';

export async function detectors(call: Call): Promise<number> {
  const output = openOutput(call, ['text', 'json', 'md']);
  const configured = await loadAnalysisConfig(call.env, call.options.config);
  const catalogue = detectorCatalogue(configured.detectors);
  await output.write({ text, md, json }[output.form as 'text' | 'md' | 'json'](catalogue));
  return EXIT.done;
}

function json(catalogue: readonly CatalogueEntry[]): string {
  return `${JSON.stringify(catalogue, null, 2)}\n`;
}

function text(catalogue: readonly CatalogueEntry[]): string {
  const idWidth = Math.max(...catalogue.map(({ id }) => id.length));
  const indent = ' '.repeat(idWidth + 2);
  return catalogue
    .map(({ id, why, runbook, thresholds, ...entry }) =>
      [
        `${id.padEnd(idWidth)}  ${why}`,
        ...standing(entry).map((said) => `${indent}${said}`),
        ...thresholds.map((threshold) => `${indent}${threshold.name} = ${amount(threshold)}: ${threshold.means}`),
        `${indent}${runbook}`,
      ].join('\n'),
    )
    .join('\n\n')
    .concat('\n');
}

function md(catalogue: readonly CatalogueEntry[]): string {
  const rows = catalogue.map(({ id, why, runbook, thresholds, ...entry }) => {
    const values = [
      ...standing(entry),
      ...thresholds.map((threshold) => `${threshold.name} = ${amount(threshold)}`),
    ].join('<br>');
    return `| [${id}](${runbook}) | ${why} | ${values} |`;
  });
  return ['| detector | why | thresholds |', '|---|---|---|', ...rows, ''].join('\n');
}

/** The configured changes other than thresholds. */
function standing({ enabled, severity }: Pick<CatalogueEntry, 'enabled' | 'severity'>): string[] {
  return [
    ...(enabled ? [] : ['switched off (configured)']),
    ...(severity ? [`severity = ${severity} (configured)`] : []),
  ];
}

function amount({ value, unit, default: preset }: CatalogueEntry['thresholds'][number]): string {
  return value === preset ? `${value} ${unit}` : `${value} ${unit} (configured; default ${preset})`;
}
