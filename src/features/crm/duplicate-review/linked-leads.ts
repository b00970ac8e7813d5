import type { PairLink } from './duplicate-pairs.repository.js';

/** Leads that hang together by links, by their ids in order, with the links among them. */
export interface LinkedLeads {
  readonly ids: readonly string[];
  readonly links: readonly PairLink[];
}

/** No group of duplicates is as large as this, so the weakest links of a larger web can be cut before anything is compared. */
const LARGEST_WEB = 1_000;

/** Collects links, strongest first, into webs of leads that hang together. */
export class LeadWebs {
  private readonly webOf = new Map<string, { ids: string[]; links: PairLink[] }>();

  add(link: PairLink): void {
    const one = this.webOf.get(link.leftId) ?? { ids: [link.leftId], links: [] };
    const other = this.webOf.get(link.rightId) ?? { ids: [link.rightId], links: [] };
    if (one === other) {
      one.links.push(link);
      return;
    }
    if (one.ids.length + other.ids.length > LARGEST_WEB) return;
    const [large, small] = one.ids.length >= other.ids.length ? [one, other] : [other, one];
    large.ids.push(...small.ids);
    large.links.push(...small.links, link);
    for (const id of [...small.ids, link.leftId, link.rightId]) this.webOf.set(id, large);
  }

  /** Webs packed together, so that each lot has some hundred leads. */
  lots(size: number): LinkedLeads[][] {
    const lots: LinkedLeads[][] = [];
    let room = 0;
    for (const { ids, links } of new Set(this.webOf.values())) {
      if (ids.length > room) {
        lots.push([]);
        room = size;
      }
      lots.at(-1)?.push({ ids: ids.sort(), links });
      room -= ids.length;
    }
    return lots;
  }
}
