// Stands in for Node's `util` where elfy is bundled: its classes are functions that inherit by prototypes.

export function inherits(derived: { prototype: object }, base: { prototype: object }): void {
  Object.setPrototypeOf(derived.prototype, base.prototype);
}
