import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/tx.js';
import { bytesOf, checkedVector, cosine, signsOf } from './vector-codec.js';
import { NEAREST_EXACT, NEAREST_INDEXED, PUT, REMOVE, STORED } from './vector-statements.js';

/** What was embedded and by which model. Only vectors of one space are ever compared. */
export interface VectorSpace {
  /** What the owners are, as `lead` or `clause`. */
  readonly kind: string;
  readonly engine: string;
  readonly model: string;
}

/** Every piece of one owner's text, in order; none means that it has no text any more. */
export interface OwnedVectors {
  readonly ownerId: string;
  readonly chunks: readonly { readonly text: string; readonly vector: Float32Array }[];
}

export interface Neighbour {
  readonly ownerId: string;
  readonly chunk: number;
  /** Cosine, from -1 to 1. */
  readonly similarity: number;
}

/** How many are compared by their floats for k asked: recall at 10 of 0.99 and more (see bench/embeddings.mjs). */
const LEAST_COMPARED = 400;
const COMPARED_PER_RESULT = 40;
const MOST_RESULTS = 100;

/** Vectors of texts, kept for each organization, and the search for the nearest. */
@Injectable()
export class VectorStore {
  private isIndexed: boolean | undefined;

  /**
   * Stores all vectors of these owners, in one statement: it replaces what they had, by whatever model, and leaves alone what is the same.
   * An owner may stand in the list once.
   */
  async put(tx: Tx, space: VectorSpace, owners: readonly OwnedVectors[]): Promise<void> {
    if (owners.length === 0) return;
    const rows = owners.flatMap(({ ownerId, chunks }) =>
      chunks.map(({ text, vector }, chunk) => ({ ownerId, chunk, hash: contentHash(text), vector: checkedVector(vector) })),
    );
    await tx.query(PUT, [
      tx.scope.organizationId,
      ...[space.kind, space.engine, space.model],
      owners.map(({ ownerId }) => ownerId),
      owners.map(({ chunks }) => chunks.length),
      rows.map(({ ownerId }) => ownerId),
      rows.map(({ chunk }) => chunk),
      rows.map(({ hash }) => hash),
      rows.map(({ vector }) => signsOf(vector)),
      rows.map(({ vector }) => bytesOf(vector)),
    ]);
  }

  /** Forgets owners, by whatever model they were embedded. */
  async remove(tx: Tx, kind: string, ownerIds: readonly string[]): Promise<void> {
    if (ownerIds.length > 0) await tx.query(REMOVE, [tx.scope.organizationId, kind, ownerIds]);
  }

  /** Of these owners, those whose stored vectors are of exactly these texts and this model: they need not be embedded again. */
  async unchanged(
    tx: Tx,
    space: VectorSpace,
    owners: readonly { readonly ownerId: string; readonly texts: readonly string[] }[],
  ): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ ownerId: string; hashes: string }>(STORED, [
      tx.scope.organizationId,
      ...[space.kind, space.engine, space.model],
      owners.map(({ ownerId }) => ownerId),
    ]);
    const stored = new Map(rows.map(({ ownerId, hashes }) => [ownerId, hashes]));
    const isStored = ({ ownerId, texts }: (typeof owners)[number]): boolean =>
      (stored.get(ownerId) ?? '') === texts.map((text) => contentHash(text).toString('hex')).join(' ');
    return new Set(owners.filter(isStored).map(({ ownerId }) => ownerId));
  }

  /**
   * The `k` (at most 100) pieces nearest to a vector of the same space, nearest first. Signs choose the candidates and floats their order;
   * up to 20,000 pieces, and wherever pgvector is missing, every piece of the organization is a candidate.
   */
  async nearest(tx: Tx, space: VectorSpace, wanted: { readonly vector: Float32Array; readonly k: number }): Promise<Neighbour[]> {
    const k = Math.min(MOST_RESULTS, Math.max(0, Math.trunc(wanted.k)));
    if (k === 0) return [];
    const vector = checkedVector(wanted.vector);
    const compared = Math.max(LEAST_COMPARED, COMPARED_PER_RESULT * k);
    const asked = [space.kind, space.engine, space.model, signsOf(vector), compared];
    const rows = (await this.hasIndex(tx))
      ? await tx.query<Candidate>(NEAREST_INDEXED, asked)
      : await tx.query<Candidate>(NEAREST_EXACT, [tx.scope.organizationId, ...asked]);
    return rows
      .map(({ ownerId, chunk, vec }) => ({ ownerId, chunk, similarity: cosine(vector, vec) }))
      .sort((one, other) => other.similarity - one.similarity || order(one.ownerId, other.ownerId) || one.chunk - other.chunk)
      .slice(0, k);
  }

  /** Asked once in a process: a server that gets pgvector is used so after the next migrate and start. */
  private async hasIndex(tx: Tx): Promise<boolean> {
    if (this.isIndexed === undefined) {
      const found = await tx.first<{ there: boolean }>(`select to_regproc('public.concord_nearest_vectors') is not null as there`);
      this.isIndexed = found?.there === true;
    }
    return this.isIndexed;
  }
}

interface Candidate {
  readonly ownerId: string;
  readonly chunk: number;
  readonly vec: Buffer;
}

const contentHash = (text: string): Buffer => createHash('sha256').update(text).digest();
const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
