/**
 * Properties that are made when they are first read. To whoever reads, spreads or clones the object they are there like
 * any other.
 *
 * A getter inside an object literal would do, but for one thing: it is a function of its own for each object, which gives
 * the object a hidden class of its own, and that is nothing that the collector of young objects takes away. Of a file with
 * thousands of traces each would stay until memory is short. Here all objects share one getter for each name.
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
