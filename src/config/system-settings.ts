/** Merges the settings of the external systems: several systems may have settings in one group. */
import { z } from 'zod';
import type { SettingGroups, SettingsOf, System } from '#adapters/system.ts';

type Every<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

export type GroupsOf<Systems extends readonly Readonly<{ settings: SettingGroups }>[]> = Every<
  Systems[number]['settings']
>;

type SchemasOf<All> = {
  [Group in keyof All]: undefined extends SettingsOf<All>[Group]
    ? z.ZodOptional<z.ZodType<SettingsOf<All>[Group]>>
    : z.ZodType<SettingsOf<All>[Group]>;
};

/** A group without required settings always exists. */
export function settingGroupsOf<const Systems extends readonly Pick<System, 'settings'>[]>(
  systems: Systems,
): SchemasOf<GroupsOf<Systems>> {
  const shapes: Record<string, z.core.$ZodLooseShape> = {};
  for (const { settings } of systems) {
    for (const [group, shape] of Object.entries(settings)) shapes[group] = { ...shapes[group], ...shape };
  }
  return Object.fromEntries(
    Object.entries(shapes).map(([group, shape]) => {
      const schema = z.strictObject(shape);
      // Setting by setting: parsing the whole group would compile it even if it is not configured.
      const mayBeEmpty = Object.values(shape).every((setting) => z.safeParse(setting, undefined).success);
      return [group, mayBeEmpty ? schema.prefault({}) : schema.optional()];
    }),
  ) as unknown as SchemasOf<GroupsOf<Systems>>;
}
