CREATE TABLE "audit_outbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kept_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"count" integer NOT NULL,
	"leaves" text NOT NULL,
	"details" text NOT NULL,
	"hashes" "bytea" NOT NULL,
	"salts" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "collapsed_read" (
	"key" "bytea" PRIMARY KEY NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"window_end" timestamp with time zone NOT NULL,
	"repeats" integer DEFAULT 0 NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	"draft" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "dead_letter" (
	"id" uuid PRIMARY KEY NOT NULL,
	"envelope_id" uuid NOT NULL,
	"kept_at" timestamp with time zone NOT NULL,
	"leaf" text NOT NULL,
	"details" text NOT NULL,
	"leaf_hash" "bytea" NOT NULL,
	"salt" "bytea" NOT NULL,
	"error_code" text NOT NULL,
	"error" text NOT NULL,
	"attempts" integer NOT NULL,
	"set_aside_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "event_claim" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"content_hash" "bytea" NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"answer" "bytea" NOT NULL
) PARTITION BY RANGE ("id");
--> statement-breakpoint
CREATE TABLE "event_day" (
	"day" date NOT NULL,
	"code" text NOT NULL,
	"severity" text NOT NULL,
	"status" text NOT NULL,
	"shard" smallint NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "event_day_day_code_severity_status_shard_pk" PRIMARY KEY("day","code","severity","status","shard")
);
--> statement-breakpoint
CREATE TABLE "event_log" (
	"id" uuid NOT NULL,
	"policy" text NOT NULL,
	"code" text NOT NULL,
	"category" text NOT NULL,
	"severity" text NOT NULL,
	"status" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"actor_type" text NOT NULL,
	"actor_id" text,
	"object_type" text,
	"object_id" text,
	"target_type" text,
	"target_id" text,
	"request_method" text,
	"endpoint" text,
	"request_id" text,
	"source" text NOT NULL,
	"approval_id" text,
	"leaf" text NOT NULL,
	"leaf_hash" "bytea" NOT NULL,
	"details" text,
	"salt" "bytea",
	CONSTRAINT "event_log_id_policy_pk" PRIMARY KEY("id","policy")
) PARTITION BY LIST ("policy");
--> statement-breakpoint
CREATE TABLE "event_types" (
	"code" text PRIMARY KEY NOT NULL,
	"id" integer NOT NULL,
	"name" text NOT NULL,
	"category" text NOT NULL,
	"severity" text NOT NULL,
	"policy" text NOT NULL,
	"approval" text NOT NULL,
	"notify" boolean NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"locked" boolean NOT NULL,
	"seed" jsonb NOT NULL,
	"retired_at" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "event_types_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "ledger_pending" (
	"envelope_id" uuid NOT NULL,
	"part" integer DEFAULT 0 NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"ids" uuid[] NOT NULL,
	"hashes" "bytea" NOT NULL,
	CONSTRAINT "ledger_pending_envelope_id_part_pk" PRIMARY KEY("envelope_id","part")
);
--> statement-breakpoint
CREATE TABLE "retention_policy" (
	"policy" text PRIMARY KEY NOT NULL,
	"retain_days" integer,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "suppressed_day" (
	"day" date NOT NULL,
	"code" text NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "suppressed_day_day_code_pk" PRIMARY KEY("day","code")
);
--> statement-breakpoint
CREATE TABLE "permit_numbers" (
	"year" integer PRIMARY KEY NOT NULL,
	"last" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "permits" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "permits_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"permit_number" text NOT NULL,
	"type" text NOT NULL,
	"holder_name" text NOT NULL,
	"holder_contact" text,
	"site" text,
	"status" text DEFAULT 'pending' NOT NULL,
	"valid_from" date,
	"valid_to" date,
	"assigned_to" bigint,
	"assigned_at" timestamp with time zone,
	"assigned_by" bigint,
	"notes" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" bigint,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_by" bigint,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "permits_permit_number_unique" UNIQUE("permit_number"),
	CONSTRAINT "permits_dates" CHECK ("permits"."valid_from" <= "permits"."valid_to")
);
--> statement-breakpoint
CREATE TABLE "role_features" (
	"role_id" bigint NOT NULL,
	"feature" text NOT NULL,
	CONSTRAINT "role_features_role_id_feature_pk" PRIMARY KEY("role_id","feature")
);
--> statement-breakpoint
CREATE TABLE "roles" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "roles_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"name_folded" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "roles_name_folded_unique" UNIQUE("name_folded")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sessions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"token_hash" "bytea" NOT NULL,
	"user_id" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ip" text,
	"user_agent" text,
	CONSTRAINT "sessions_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "sign_in_failures" (
	"name_hash" "bytea" PRIMARY KEY NOT NULL,
	"failures" integer NOT NULL,
	"last_failed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "user_roles" (
	"user_id" bigint NOT NULL,
	"role_id" bigint NOT NULL,
	CONSTRAINT "user_roles_user_id_role_id_pk" PRIMARY KEY("user_id","role_id")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "users_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"username" text NOT NULL,
	"username_folded" text NOT NULL,
	"name" text NOT NULL,
	"email" text,
	"status" text DEFAULT 'active' NOT NULL,
	"password_hash" text,
	"must_change_password" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "users_username_folded_unique" UNIQUE("username_folded")
);
--> statement-breakpoint
ALTER TABLE "permits" ADD CONSTRAINT "permits_assigned_to_users_id_fk" FOREIGN KEY ("assigned_to") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "permits" ADD CONSTRAINT "permits_assigned_by_users_id_fk" FOREIGN KEY ("assigned_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "permits" ADD CONSTRAINT "permits_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "permits" ADD CONSTRAINT "permits_updated_by_users_id_fk" FOREIGN KEY ("updated_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_features" ADD CONSTRAINT "role_features_role_id_roles_id_fk" FOREIGN KEY ("role_id") REFERENCES "public"."roles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_roles" ADD CONSTRAINT "user_roles_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_roles" ADD CONSTRAINT "user_roles_role_id_roles_id_fk" FOREIGN KEY ("role_id") REFERENCES "public"."roles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "collapsed_read_end" ON "collapsed_read" USING btree ("window_end");--> statement-breakpoint
CREATE INDEX "event_log_code" ON "event_log" USING btree ("code","id");--> statement-breakpoint
CREATE INDEX "event_log_actor" ON "event_log" USING btree ("actor_id","id");--> statement-breakpoint
CREATE INDEX "event_log_object" ON "event_log" USING btree ("object_type","object_id","id");--> statement-breakpoint
CREATE INDEX "event_log_target" ON "event_log" USING btree ("target_type","target_id","id") WHERE target_id is not null;--> statement-breakpoint
CREATE INDEX "event_log_severe" ON "event_log" USING btree ("severity","id") WHERE severity in ('high', 'critical');--> statement-breakpoint
CREATE INDEX "event_log_not_success" ON "event_log" USING btree ("status","id") WHERE status <> 'success';--> statement-breakpoint
CREATE INDEX "permits_status" ON "permits" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "permits_assigned" ON "permits" USING btree ("assigned_to","id");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sessions_expires" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "user_roles_role" ON "user_roles" USING btree ("role_id");