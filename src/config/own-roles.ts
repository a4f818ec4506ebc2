/** The team's own roles, as a setting. */
import { z } from 'zod';
import { DEFAULTS } from '#config/defaults.ts';
import { settingFacts } from '#config/setting.ts';
import { readTeamRole } from '#model/incident/roles.ts';

/** `DBA=You look after the databases.` */
export const OwnRoles = () =>
  z
    .array(
      z.string('must be text').superRefine((entry, context) => {
        const read = readTeamRole(entry);
        if ('problem' in read) context.addIssue({ code: 'custom', message: read.problem });
      }),
      'must be a list of names with what each role does',
    )
    .max(10, 'must be at most 10')
    .refine(areDifferent, 'must have different names')
    .register(settingFacts, {
      env: 'SPANHOUND_ROLES',
      means:
        'The team’s own [roles](incidents.md#roles) with what each does, such as `DBA=You look after the databases.` Whoever takes one reads those words. In the variable, separate them with commas.',
    })
    .prefault([...DEFAULTS.incidents.roles]);

function areDifferent(entries: readonly string[]): boolean {
  const names = entries.map(readTeamRole).flatMap((read) => ('role' in read ? [read.role.toLowerCase()] : []));
  return new Set(names).size === names.length;
}
