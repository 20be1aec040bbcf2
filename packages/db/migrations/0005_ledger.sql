CREATE TABLE "ledger_batch" (
	"epoch" integer NOT NULL,
	"first_index" bigint NOT NULL,
	"count" integer NOT NULL,
	"min_id" uuid NOT NULL,
	"max_id" uuid NOT NULL,
	"ids" uuid[] NOT NULL,
	"hashes" "bytea" NOT NULL,
	"sealed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "ledger_batch_epoch_first_index_pk" PRIMARY KEY("epoch","first_index")
);
--> statement-breakpoint
CREATE TABLE "ledger_checkpoint" (
	"epoch" integer NOT NULL,
	"size" bigint NOT NULL,
	"root" "bytea" NOT NULL,
	"note" text NOT NULL,
	"signed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "ledger_checkpoint_epoch_size_pk" PRIMARY KEY("epoch","size")
);
--> statement-breakpoint
CREATE TABLE "ledger_cosignature" (
	"epoch" integer NOT NULL,
	"size" bigint NOT NULL,
	"witness" text NOT NULL,
	"line" text NOT NULL,
	"cosigned_at" timestamp with time zone NOT NULL,
	CONSTRAINT "ledger_cosignature_epoch_size_witness_pk" PRIMARY KEY("epoch","size","witness")
);
--> statement-breakpoint
CREATE TABLE "ledger_key" (
	"vkey" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"added_at" timestamp with time zone NOT NULL,
	"retired_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "ledger_tile" (
	"epoch" integer NOT NULL,
	"level" smallint NOT NULL,
	"index" bigint NOT NULL,
	"hashes" "bytea" NOT NULL,
	CONSTRAINT "ledger_tile_epoch_level_index_pk" PRIMARY KEY("epoch","level","index")
);
--> statement-breakpoint
CREATE TABLE "ledger_verification" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "ledger_verification_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"from_index" bigint NOT NULL,
	"done" bigint NOT NULL,
	"total" bigint NOT NULL,
	"ok" boolean,
	"report" jsonb,
	"started_by" text NOT NULL
);
--> statement-breakpoint
CREATE INDEX "ledger_batch_sealed" ON "ledger_batch" USING btree ("sealed_at");--> statement-breakpoint
CREATE INDEX "ledger_batch_ids" ON "ledger_batch" USING btree ("max_id","min_id");
--> statement-breakpoint
ALTER TABLE ledger_batch ALTER COLUMN hashes SET STORAGE EXTERNAL;
--> statement-breakpoint
ALTER TABLE ledger_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_batch FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger_batch FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_tile FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger_tile FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_cosignature FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger_cosignature FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger_key FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- Checkpoints go only by being thinned out, with the reason in the transaction's own setting.
CREATE FUNCTION guard_checkpoint() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF tg_op = 'DELETE' AND current_setting('countersign.thinning', true) = 'on' THEN RETURN OLD; END IF;
  RAISE EXCEPTION '% on % is refused: the log is append-only', tg_op, tg_table_name USING ERRCODE = '42501';
END $$;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_checkpoint FOR EACH ROW EXECUTE FUNCTION guard_checkpoint();
--> statement-breakpoint
-- A public key is retired once and otherwise stays as it is.
CREATE FUNCTION guard_ledger_key() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF tg_op = 'UPDATE' AND OLD.retired_at IS NULL AND NEW.retired_at IS NOT NULL AND NEW.vkey = OLD.vkey
      AND NEW.kind = OLD.kind AND NEW.added_at = OLD.added_at THEN RETURN NEW; END IF;
  RAISE EXCEPTION '% on % is refused: keys stay', tg_op, tg_table_name USING ERRCODE = '42501';
END $$;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_key FOR EACH ROW EXECUTE FUNCTION guard_ledger_key();
--> statement-breakpoint
-- All checkpoints of the last 7 days stay; of older ones the last of each hour, and the last that a witness signed.
CREATE FUNCTION thin_checkpoints(now timestamptz DEFAULT clock_timestamp()) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  gone integer;
BEGIN
  PERFORM set_config('countersign.thinning', 'on', true);
  WITH witnessed AS (
    SELECT c.*, EXISTS (SELECT FROM ledger_cosignature s WHERE s.epoch = c.epoch AND s.size = c.size) AS cosigned FROM ledger_checkpoint c
  ), kept AS (
    SELECT DISTINCT ON (epoch, date_trunc('hour', signed_at), cosigned) epoch, size FROM witnessed
    ORDER BY epoch, date_trunc('hour', signed_at), cosigned, size DESC
  )
  DELETE FROM ledger_checkpoint c WHERE signed_at < now - interval '7 days'
    AND NOT EXISTS (SELECT FROM kept k WHERE k.epoch = c.epoch AND k.size = c.size);
  GET DIAGNOSTICS gone = ROW_COUNT;
  PERFORM set_config('countersign.thinning', 'off', true);
  RETURN gone;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION thin_checkpoints FROM PUBLIC;
--> statement-breakpoint
INSERT INTO system_config (key, value) VALUES ('ledger.origin', to_jsonb('countersign.local/' || left(gen_random_uuid()::text, 8)));
