CREATE TABLE "document_files" (
	"storage_key" text PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "documents" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "documents_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"permit_id" bigint NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"media_type" text NOT NULL,
	"size" bigint NOT NULL,
	"sha256" "bytea" NOT NULL,
	"storage_key" text NOT NULL,
	"state" text DEFAULT 'uploaded' NOT NULL,
	"uploaded_at" timestamp with time zone NOT NULL,
	"uploaded_by" bigint,
	"verified_at" timestamp with time zone,
	"verified_by" bigint,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "documents_storage_key_unique" UNIQUE("storage_key")
);
--> statement-breakpoint
CREATE TABLE "setup_steps" (
	"name" text PRIMARY KEY NOT NULL,
	"done_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "system_config" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_by" bigint
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "api_keys_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"public_id" text NOT NULL,
	"secret_hash" "bytea" NOT NULL,
	"codes" text[] NOT NULL,
	"networks" text[] NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"created_by" bigint,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"revoked_by" bigint,
	"last_used_at" timestamp with time zone,
	CONSTRAINT "api_keys_public_id_unique" UNIQUE("public_id")
);
--> statement-breakpoint
ALTER TABLE "event_types" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "retention_policy" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "roles" ADD COLUMN "shipped" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "authenticated_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "renew_due" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "previous_token_hash" "bytea";--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "renewed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_permit_id_permits_id_fk" FOREIGN KEY ("permit_id") REFERENCES "public"."permits"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_uploaded_by_users_id_fk" FOREIGN KEY ("uploaded_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_verified_by_users_id_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "system_config" ADD CONSTRAINT "system_config_updated_by_users_id_fk" FOREIGN KEY ("updated_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_revoked_by_users_id_fk" FOREIGN KEY ("revoked_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "documents_permit" ON "documents" USING btree ("permit_id","id");--> statement-breakpoint
CREATE INDEX "permits_due" ON "permits" USING btree ("valid_to") WHERE status in ('active', 'inactive');--> statement-breakpoint
ALTER TABLE "roles" ADD CONSTRAINT "roles_shipped_unique" UNIQUE("shipped");--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_previous_token_hash_unique" UNIQUE("previous_token_hash");--> statement-breakpoint
UPDATE roles SET shipped = 'administrator' WHERE name_folded = 'administrator';
--> statement-breakpoint
INSERT INTO system_config (key, value)
  SELECT key, jsonb_build_array(min(u.id)) FROM users u
  JOIN user_roles ur ON ur.user_id = u.id JOIN roles r ON r.id = ur.role_id AND r.shipped = 'administrator',
    unnest(ARRAY['protected_users', 'notification.recipients', 'report.recipients']) AS key
  WHERE u.status = 'active' GROUP BY key;
--> statement-breakpoint
CREATE FUNCTION is_protected_user(user_id bigint) RETURNS boolean LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, public
  RETURN EXISTS (SELECT FROM public.system_config WHERE key = 'protected_users' AND value @> to_jsonb(user_id));
--> statement-breakpoint
CREATE FUNCTION refuse_protected(sentence text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION '%', sentence USING ERRCODE = 'CS403';
END $$;
--> statement-breakpoint
-- A protected account can neither go nor be renamed, switched off or left without a password.
CREATE FUNCTION guard_user() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF is_protected_user(OLD.id) AND (tg_op = 'DELETE' OR NEW.id <> OLD.id OR NEW.status <> 'active'
      OR NEW.username <> OLD.username OR NEW.username_folded <> OLD.username_folded
      OR (NEW.password_hash IS NULL AND OLD.password_hash IS NOT NULL)) THEN
    PERFORM refuse_protected('user ' || OLD.id || ' is protected');
  END IF;
  RETURN CASE tg_op WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
--> statement-breakpoint
CREATE TRIGGER protected BEFORE UPDATE OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION guard_user();
--> statement-breakpoint
CREATE FUNCTION guard_role() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF OLD.shipped = 'administrator' AND (tg_op = 'DELETE' OR NEW.id <> OLD.id OR NEW.shipped IS DISTINCT FROM OLD.shipped
      OR NEW.name <> OLD.name OR NEW.name_folded <> OLD.name_folded) THEN
    PERFORM public.refuse_protected('the Administrator role is protected');
  END IF;
  RETURN CASE tg_op WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
--> statement-breakpoint
CREATE TRIGGER protected BEFORE UPDATE OR DELETE ON roles FOR EACH ROW EXECUTE FUNCTION guard_role();
--> statement-breakpoint
CREATE FUNCTION guard_role_feature() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF EXISTS (SELECT FROM roles WHERE id = OLD.role_id AND shipped = 'administrator') THEN
    PERFORM refuse_protected('the Administrator role keeps its features');
  END IF;
  RETURN CASE tg_op WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
--> statement-breakpoint
CREATE TRIGGER protected BEFORE UPDATE OR DELETE ON role_features FOR EACH ROW EXECUTE FUNCTION guard_role_feature();
--> statement-breakpoint
CREATE FUNCTION guard_user_role() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF is_protected_user(OLD.user_id) AND EXISTS (SELECT FROM roles WHERE id = OLD.role_id AND shipped = 'administrator') THEN
    PERFORM refuse_protected('user ' || OLD.user_id || ' is protected and keeps the Administrator role');
  END IF;
  RETURN CASE tg_op WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
--> statement-breakpoint
CREATE TRIGGER protected BEFORE UPDATE OR DELETE ON user_roles FOR EACH ROW EXECUTE FUNCTION guard_user_role();
--> statement-breakpoint
CREATE FUNCTION active_administrators() RETURNS SETOF bigint LANGUAGE sql STABLE SET search_path = pg_catalog, public
  BEGIN ATOMIC
    SELECT u.id FROM public.users u JOIN public.user_roles ur ON ur.user_id = u.id JOIN public.roles r ON r.id = ur.role_id
      WHERE u.status = 'active' AND r.shipped = 'administrator';
  END;
--> statement-breakpoint
-- Writing the role's row lets two transactions that each take away an administrator, or one that takes one away and one
-- that protects the same, see one another, at every isolation level.
CREATE FUNCTION keep_an_administrator() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE roles SET updated_at = updated_at WHERE shipped = 'administrator';
  IF FOUND AND (NOT EXISTS (SELECT FROM active_administrators())
      OR EXISTS (SELECT FROM system_config, jsonb_array_elements(value) AS listed (id)
        WHERE key = 'protected_users' AND listed.id NOT IN (SELECT to_jsonb(active.id) FROM active_administrators() AS active (id)))) THEN
    PERFORM refuse_protected('there must be an active administrator, and the protected ones stay');
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER an_administrator_on_update AFTER UPDATE OF id, status ON users FOR EACH ROW
  WHEN (OLD.status = 'active' AND (NEW.status <> 'active' OR NEW.id <> OLD.id)) EXECUTE FUNCTION keep_an_administrator();
--> statement-breakpoint
CREATE TRIGGER an_administrator_on_delete AFTER DELETE ON users FOR EACH ROW
  WHEN (OLD.status = 'active') EXECUTE FUNCTION keep_an_administrator();
--> statement-breakpoint
CREATE TRIGGER an_administrator AFTER UPDATE OR DELETE ON user_roles FOR EACH ROW EXECUTE FUNCTION keep_an_administrator();
--> statement-breakpoint
-- The list of the protected names active administrators only, is never empty and never goes.
CREATE FUNCTION guard_protected_users() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF tg_op <> 'INSERT' AND OLD.key = 'protected_users' AND (tg_op = 'DELETE' OR NEW.key <> OLD.key) THEN
    PERFORM refuse_protected('the list of protected users cannot be removed');
  END IF;
  IF tg_op <> 'DELETE' AND NEW.key = 'protected_users' THEN
    UPDATE roles SET updated_at = updated_at WHERE shipped = 'administrator';
    IF jsonb_typeof(NEW.value) <> 'array' OR jsonb_array_length(NEW.value) = 0
        OR EXISTS (SELECT FROM jsonb_array_elements(NEW.value) AS listed (id)
          WHERE listed.id NOT IN (SELECT to_jsonb(active.id) FROM active_administrators() AS active (id))) THEN
      PERFORM refuse_protected('only active administrators can be protected, and at least one');
    END IF;
  END IF;
  RETURN CASE tg_op WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
--> statement-breakpoint
CREATE TRIGGER protected BEFORE INSERT OR UPDATE OR DELETE ON system_config FOR EACH ROW EXECUTE FUNCTION guard_protected_users();
--> statement-breakpoint
CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION 'TRUNCATE on % is refused', tg_table_name USING ERRCODE = 'CS403';
END $$;
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON users FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON roles FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON user_roles FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON role_features FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON system_config FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
