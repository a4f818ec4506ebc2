/** Parts that objects of every kind have. */

/** The object of an event or an owner reference. `namespace` is empty for nodes. */
export type ObjectName = Readonly<{ kind: string; namespace: string; name: string }>;

export type Condition = Readonly<{
  type: string;
  status: string;
  reason: string;
  message: string;
  sinceUs: number;
}>;
