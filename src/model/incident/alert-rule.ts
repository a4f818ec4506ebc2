/** What a system says about its alert rules. */

/** `paused`: somebody switched it off. `broken`: it cannot be evaluated. */
export type AlertRule = Readonly<{ name: string; state: 'active' | 'paused' | 'broken' }>;

/** `isAll`: a rule that is missing here does not exist. */
export type FoundRules = Readonly<{ rules: readonly AlertRule[]; isAll: boolean }>;
