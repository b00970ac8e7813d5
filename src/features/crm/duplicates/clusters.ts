/** A match between two places of a batch. */
export type Link = { left: number; right: number; weight: number };

/** Larger groups than this are never made: they come from a value that many records share. */
const LARGEST_CLUSTER = 50;

/**
 * Groups of records that are one person. Strongest links first; two groups join only when no member of one contradicts a member of the
 * other, so that a chain of weak likenesses does not pull strangers together.
 */
export function clusterLinks(links: readonly Link[], contradicts: (left: number, right: number) => boolean): number[][] {
  const groupOf = new Map<number, number[]>();
  for (const { left, right } of links.toSorted((a, b) => b.weight - a.weight || a.left - b.left || a.right - b.right)) {
    const one = groupOf.get(left) ?? [left];
    const other = groupOf.get(right) ?? [right];
    if (one === other || one.length + other.length > LARGEST_CLUSTER) continue;
    if (one.some((a) => other.some((b) => contradicts(a, b)))) continue;
    const joined = [...one, ...other];
    for (const member of joined) groupOf.set(member, joined);
  }
  return [...new Set(groupOf.values())].map((group) => group.sort((a, b) => a - b)).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
}

/** Log2 odds of the weakest of the strongest links that hold a group together. */
export function weakestLink(group: readonly number[], links: readonly Link[]): number {
  const part = new Map(group.map((member) => [member, member]));
  let weakest = Infinity;
  for (const { left, right, weight } of links.toSorted((a, b) => b.weight - a.weight)) {
    const [one, other] = [part.get(left), part.get(right)];
    if (one === undefined || other === undefined || one === other) continue;
    for (const [member, of] of part) if (of === other) part.set(member, one);
    weakest = weight;
  }
  return weakest;
}
