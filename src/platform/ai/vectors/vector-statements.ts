/** Chunks an owner has no more of go, the others are written over where their text or model is another. */
export const PUT = `
  with gone as (
    delete from vectors v using unnest($5::uuid[], $6::integer[]) as kept (owner_id, chunks)
    where v.organization_id = $1 and v.kind = $2 and v.owner_id = kept.owner_id and v.chunk >= kept.chunks
  )
  insert into vectors as v (organization_id, kind, engine, model, owner_id, chunk, content_hash, bits, vec)
  select $1, $2, $3, $4, made.owner_id, made.chunk, made.content_hash, made.bits::bit(1024), made.vec
  from unnest($7::uuid[], $8::integer[], $9::bytea[], $10::text[], $11::bytea[]) as made (owner_id, chunk, content_hash, bits, vec)
  on conflict (organization_id, kind, owner_id, chunk) do update
    set engine = excluded.engine, model = excluded.model, content_hash = excluded.content_hash, bits = excluded.bits, vec = excluded.vec,
      created_at = excluded.created_at
    where (v.engine, v.model, v.content_hash) is distinct from (excluded.engine, excluded.model, excluded.content_hash)`;

export const REMOVE = `delete from vectors where organization_id = $1 and kind = $2 and owner_id = any($3::uuid[])`;

/** The hashes of an owner's chunks in their order; nothing of an owner with a chunk of another model. */
export const STORED = `
  select owner_id as "ownerId", string_agg(encode(content_hash, 'hex'), ' ' order by chunk) as hashes
  from vectors
  where organization_id = $1 and kind = $2 and owner_id = any($5::uuid[])
  group by owner_id
  having bool_and(engine = $3 and model = $4)`;

/** The distance stands in the order only, so it runs behind the policy without a leakproof operator, over the thin rows without floats. */
export const NEAREST_EXACT = `
  select owner_id as "ownerId", chunk, vec
  from vectors
  where organization_id = $1 and kind = $2 and engine = $3 and model = $4
  order by bit_count(bits # $5::bit(1024)), owner_id, chunk
  limit $6`;

export const NEAREST_INDEXED = `
  select owner_id as "ownerId", chunk, vec from concord_nearest_vectors($1, $2, $3, $4::bit(1024), $5)`;
