/** The automation of the playground: it accepts each request for a mitigation, says what it would run, and runs nothing. */
import { SEVERITIES } from '#model/incident/incident.ts';
import type { MitigationAction, MitigationDesk } from '#model/incident/mitigation.ts';

/** Resolves nowhere: nothing leaves the machine. */
const PLACE = 'https://automation.playground.invalid/mitigations';

const ACTIONS: readonly MitigationAction[] = [
  action('rollback', 'rollback', {
    what: 'Brings the version before the blamed one back. Takes about two minutes.',
    command: 'deploy rollback {service} --not {version} # {incident}',
  }),
  action('scale up', 'scale', {
    what: 'Doubles the instances of the service.',
    command: 'kubectl scale deploy/{service} --replicas=6',
  }),
  action('restart', 'restart', {
    what: 'Restarts the instances of the service, one after the other.',
    command: 'kubectl rollout restart deploy/{service}',
  }),
];

function action(
  name: string,
  kind: MitigationAction['kind'],
  { what, command }: Pick<MitigationAction, 'what' | 'command'>,
): MitigationAction {
  return { name, kind, what, command, url: new URL(PLACE), services: [], severities: SEVERITIES, allowed: [] };
}

/** `configured`: the actions of the settings, which stand in place of its own. */
export function playedAutomation(configured: readonly MitigationAction[]): MitigationDesk {
  return {
    actions: configured.length > 0 ? configured : ACTIONS,
    takesPrivate: true,
    async send({ body }) {
      const { command } = JSON.parse(body) as Readonly<{ command: string }>;
      return { kind: 'taken', said: `Nothing runs in the playground. Your automation would run: ${command}` };
    },
  };
}
