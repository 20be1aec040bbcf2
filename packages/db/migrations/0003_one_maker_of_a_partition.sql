-- to_regclass() answers from a cache that waiting for an advisory lock does not bring up to date, so that two who needed the
-- same partition at once both made it. A query sees what was committed while it waited. And whoever does not wait for the
-- lock may see the new table before inserts into its parent do.
CREATE OR REPLACE FUNCTION is_table(name text) RETURNS boolean LANGUAGE sql VOLATILE SET search_path = pg_catalog
  RETURN EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = name);
--> statement-breakpoint
-- Makes the partition of one policy and UTC month; true when it was missing. ATTACH locks out no writer, CREATE ... PARTITION OF would.
CREATE OR REPLACE FUNCTION ensure_partition(for_policy text, for_month timestamptz) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  first timestamp := date_trunc('month', for_month AT TIME ZONE 'UTC');
  parent text := 'event_log_' || for_policy;
  part text := parent || to_char(first, '_YYYY_MM');
BEGIN
  IF NOT EXISTS (SELECT FROM retention_policy WHERE policy = for_policy) THEN
    RAISE EXCEPTION 'there is no retention policy %', for_policy USING ERRCODE = '22023';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('countersign.partitions'));
  IF is_table(part) THEN RETURN false; END IF;
  EXECUTE format('CREATE TABLE public.%I (LIKE public.event_log INCLUDING DEFAULTS INCLUDING STORAGE)', part);
  EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.%I FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change()', part);
  EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', parent, part,
    uuid7_floor(first AT TIME ZONE 'UTC'), uuid7_floor((first + interval '1 month') AT TIME ZONE 'UTC'));
  PERFORM lean_statistics(part);
  RETURN true;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION ensure_claim_partition(for_day timestamptz) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  first timestamp := date_trunc('day', for_day AT TIME ZONE 'UTC');
  part text := 'event_claim' || to_char(first, '_YYYY_MM_DD');
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('countersign.partitions'));
  IF is_table(part) THEN RETURN false; END IF;
  EXECUTE format('CREATE TABLE public.%I (LIKE public.event_claim INCLUDING DEFAULTS INCLUDING STORAGE)', part);
  EXECUTE format('ALTER TABLE public.event_claim ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', part,
    uuid7_floor(first AT TIME ZONE 'UTC'), uuid7_floor((first + interval '1 day') AT TIME ZONE 'UTC'));
  RETURN true;
END $$;
