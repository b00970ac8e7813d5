/**
 * `rankBetween` of `src/shared/rank.ts` inside the database, so that a card moves in one statement: same keys, byte for byte
 * (`test/database/rank.db.spec.ts`). Change both or neither; keys already stored stay valid only if the order rules do.
 * Bytes: '0' 48, '9' 57, 'A' 65, 'Z' 90, 'a' 97, 'z' 122.
 */
export const RANK_SQL = `
create function concord_rank_between(before text, after text, jitter text) returns text
language plpgsql immutable parallel safe as $rank$
declare
  digits constant text := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  key text := coalesce(before, after);
  lower_bytes bytea;
  upper_bytes bytea;
  lower_length int;
  is_bounded boolean := after is not null;
  head int;
  len int;
  number text;
  kept text;
  low int;
  high int;
  step int;
  at int := 0;
  stem text;
begin
  if jitter is null or before !~ '^[0-9A-Za-z]*[1-9A-Za-z]$' or after !~ '^[0-9A-Za-z]*[1-9A-Za-z]$' or jitter !~ '^[0-9A-Za-z]*$' then
    raise exception 'Not an order key or jitter' using errcode = 'invalid_parameter_value';
  end if;

  if before is not null and after is not null then
    if before collate "C" >= after collate "C" then
      raise exception 'Order keys out of order' using errcode = 'invalid_parameter_value';
    end if;
  elsif key is null then
    stem := 'a0';
  else
    -- One open end: count the whole number up (after is null) or down.
    head := ascii(key);
    len := case when head >= 97 then head - 96 when head >= 65 then 91 - head else 0 end;
    if len > 0 then
      number := rpad(substr(key, 2, len), len, '0');
      if after is null then
        kept := rtrim(number, 'z');
        if kept <> '' then
          stem := chr(head) || left(kept, -1) || substr(digits, strpos(digits, right(kept, 1)) + 1, 1) || repeat('0', len - length(kept));
        elsif head <> 122 then
          head := case when head = 90 then 97 else head + 1 end;
          stem := chr(head) || repeat('0', case when head >= 97 then head - 96 else 91 - head end);
        end if;
      else
        kept := rtrim(number, '0');
        if kept <> '' then
          stem := chr(head) || left(kept, -1) || substr(digits, strpos(digits, right(kept, 1)) - 1, 1) || repeat('z', len - length(kept));
        elsif head <> 65 then
          head := case when head = 97 then 90 else head - 1 end;
          stem := chr(head) || repeat('z', case when head >= 97 then head - 96 else 91 - head end);
        end if;
      end if;
    end if;
  end if;

  if stem is null then
    lower_bytes := coalesce(before, '')::bytea;
    upper_bytes := coalesce(after, '')::bytea;
    lower_length := length(lower_bytes);
  end if;
  while stem is null loop
    -- Equal bytes leave no room whatever their digit is; only the first difference needs the digits.
    if at < lower_length and is_bounded and get_byte(lower_bytes, at) = get_byte(upper_bytes, at) then
      at := at + 1;
    else
      low := case when at < lower_length then strpos(digits, chr(get_byte(lower_bytes, at))) - 1 else 0 end;
      high := case when is_bounded then strpos(digits, chr(get_byte(upper_bytes, at))) - 1 else 62 end;
      step := greatest(1, (high - low) >> 2);
      if high - low > 1 then
        stem := rpad(coalesce(left(before, at), ''), at, '0') || substr(digits, case when is_bounded then high - step else low + step end + 1, 1);
      end if;
      is_bounded := is_bounded and high = low;
      at := at + 1;
    end if;
  end loop;

  stem := stem || jitter;
  return case when right(stem, 1) = '0' then stem || 'V' else stem end;
end
$rank$`;
