/**
 * Properties that are computed on first access. Reading, spreading or cloning the object treats them like any other
 * property.
 *
 * A getter in an object literal would work, but it creates a function and a hidden class per object. The collector of
 * young objects does not free hidden classes. For a file with thousands of traces, they would stay until memory is
 * short. Here all objects share one getter per name.
 */
export function withLazyProperties<O extends object, L extends object>(object: O, make: Makers<L>): O & Readonly<L> {
  const descriptors: PropertyDescriptorMap = { [LATER]: { value: { make, made: new Map() } } };
  for (const name of Object.keys(make)) descriptors[name] = sharedGetter(name);
  return Object.defineProperties(object, descriptors) as O & Readonly<L>;
}

type Makers<L extends object> = { readonly [Name in keyof L]: () => L[Name] };

const LATER = Symbol('later');
type Later = Readonly<{
  [LATER]: { make: Readonly<Record<string, () => unknown>>; made: Map<string, unknown> };
}>;

const GETTERS = new Map<string, PropertyDescriptor>();

function sharedGetter(name: string): PropertyDescriptor {
  const known = GETTERS.get(name);
  if (known !== undefined) return known;
  const getter: PropertyDescriptor & ThisType<Later> = {
    enumerable: true,
    get() {
      const { make, made } = this[LATER];
      if (!made.has(name)) made.set(name, make[name]?.());
      return made.get(name);
    },
  };
  GETTERS.set(name, getter);
  return getter;
}
