/** Vectors of one kind and model up to which an organization is always searched exactly. */
export const EXACT_UP_TO = 20_000;

/**
 * Makes the approximate index and the function that uses it, where the server has pgvector; elsewhere it says so and changes nothing. May
 * run again at any time, so a server that gets pgvector later is served by it after the next migrate.
 *
 * 0.8 at least: the index spans all organizations, and without the iterative scan of 0.8 most of what it finds belongs to others.
 * Distances of signs stand in no condition but only in the order, so row-level security does not keep them from the index, and the
 * function needs no rights of its own.
 */
export const VECTOR_INDEX = `
  do $vectors$
  begin
    if not exists (
      select from pg_available_extension_versions where name = 'vector' and version ~ '^(0[.]([89]|[1-9][0-9]+)|[1-9][0-9]*)[.]'
    ) then
      raise notice 'pgvector 0.8 or newer is not there: vectors are searched exactly';
      return;
    end if;
    begin
      create extension if not exists vector with schema public;
      if (select extversion ~ '^0[.][0-7][.]' from pg_extension where extname = 'vector') then
        alter extension vector update;
      end if;
    exception when insufficient_privilege or feature_not_supported or undefined_file then
      raise notice 'pgvector cannot be installed (%): vectors are searched exactly', sqlerrm;
      return;
    end;
    execute 'create index if not exists vectors_by_bits on vectors using hnsw (bits bit_hamming_ops)';
    execute $create$
      create or replace function concord_nearest_vectors(of_kind text, of_engine text, of_model text, near bit, most integer)
      returns table (owner_id uuid, chunk integer, vec bytea)
      language plpgsql stable
      set search_path = pg_catalog, public, pg_temp
      set hnsw.iterative_scan = relaxed_order
      set hnsw.ef_search = 400
      set hnsw.max_scan_tuples = 200000
      as $search$
      declare
        organization constant uuid := current_setting('app.organization_id')::uuid;
        held bigint;
      begin
        select count(*) into held from (
          select from public.vectors v
          where v.organization_id = organization and v.kind = of_kind and v.engine = of_engine and v.model = of_model
          limit ${EXACT_UP_TO + 1}) counted;
        if held <= ${EXACT_UP_TO} then
          return query select v.owner_id, v.chunk, v.vec from public.vectors v
            where v.organization_id = organization and v.kind = of_kind and v.engine = of_engine and v.model = of_model
            order by bit_count(v.bits # near), v.owner_id, v.chunk limit most;
        else
          return query select v.owner_id, v.chunk, v.vec from public.vectors v
            where v.organization_id = organization and v.kind = of_kind and v.engine = of_engine and v.model = of_model
            order by v.bits <~> near limit most;
        end if;
      end
      $search$
    $create$;
    revoke execute on function concord_nearest_vectors(text, text, text, bit, integer) from public;
    grant execute on function concord_nearest_vectors(text, text, text, bit, integer) to concord_app, concord_system;
  end
  $vectors$`;
